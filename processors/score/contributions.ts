import type { Detector } from '../../detection/detectors/detector.js';
import type { FeatureView } from '../../detection/detectors/feature-view.js';

/** Each metric's part in what some detectors say. */
export interface EvidenceShares {
  /** In the order of the event's metrics, 0 to 1, sum 1; all 0 without any evidence. */
  readonly shares: number[];
  /** How many of the detectors had any evidence. */
  readonly speaking: number;
}

/**
 * Returns a function from an event to each metric's share of the evidence: the mean over the detectors
 * of (evidence of the metric / evidence of all). Detectors without evidence are left out.
 * Shares, not sums: a method with larger numbers must not drown the other.
 */
export function createEvidenceShares(detectors: readonly Detector[]): (view: FeatureView) => EvidenceShares {
  let evidence = new Float64Array(16);
  let sums = new Float64Array(16);
  return (view) => {
    const count = view.layout.metrics.length;
    if (evidence.length < count) {
      evidence = new Float64Array(count);
      sums = new Float64Array(count);
    }
    sums.fill(0, 0, count);
    let speaking = 0;
    for (const detector of detectors) {
      detector.evidence(view, evidence);
      let total = 0;
      for (let i = 0; i < count; i += 1) total += evidence[i] as number;
      if (total === 0) continue;
      speaking += 1;
      for (let i = 0; i < count; i += 1) sums[i] = (sums[i] as number) + (evidence[i] as number) / total;
    }
    const divisor = Math.max(1, speaking);
    const shares = new Array<number>(count);
    for (let i = 0; i < count; i += 1) shares[i] = (sums[i] as number) / divisor;
    return { shares, speaking };
  };
}
