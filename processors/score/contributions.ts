import type { Detector } from '../../detection/detectors/detector.js';
import type { FeatureView } from '../../detection/detectors/feature-view.js';

/** Whoever can say of each metric of an event how strange it is. */
export type EvidenceSource = Pick<Detector, 'evidence'>;

/** Each metric's part in what makes an event strange. */
export interface EvidenceShares {
  /** In the order of the event's metrics, 0 to 1, sum 1; all 0 without any evidence. */
  readonly shares: number[];
  /** How many of the sources had any evidence. */
  readonly speaking: number;
}

/**
 * Returns a function from an event to each metric's share of the evidence. The evidence of a metric is the geometric mean of what the detectors and
 * the model's `spread` (none before the first model) say of it: what all find strange comes before what one of them finds very strange, and none
 * drowns the others because its numbers are larger. A source that says nothing of a metric is left out for it: a metric that is new to one
 * is judged by the others. O(sources x metrics).
 */
export function createEvidenceShares(
  detectors: readonly EvidenceSource[],
): (view: FeatureView, spread?: EvidenceSource | null) => EvidenceShares {
  let evidence = new Float64Array(16);
  let products = new Float64Array(16);
  let voices = new Uint8Array(16);

  /** Multiplies in what a source says; returns whether it says anything. */
  const hear = (source: EvidenceSource, view: FeatureView): boolean => {
    const count = view.layout.metrics.length;
    let speaks = false;
    source.evidence(view, evidence);
    for (let i = 0; i < count; i += 1) {
      const said = evidence[i] as number;
      if (!(said > 0)) continue;
      speaks = true;
      products[i] = (products[i] as number) * said;
      voices[i] = (voices[i] as number) + 1;
    }
    return speaks;
  };

  return (view, spread = null) => {
    const count = view.layout.metrics.length;
    if (evidence.length < count) {
      evidence = new Float64Array(count);
      products = new Float64Array(count);
      voices = new Uint8Array(count);
    }
    products.fill(1, 0, count);
    voices.fill(0, 0, count);
    let speaking = 0;
    for (const detector of detectors) if (hear(detector, view)) speaking += 1;
    if (spread !== null && hear(spread, view)) speaking += 1;
    return { shares: sharesOf(products, voices, count), speaking };
  };
}

/** The geometric means, divided by their sum. */
function sharesOf(products: Float64Array, voices: Uint8Array, count: number): number[] {
  const shares = new Array<number>(count);
  let total = 0;
  for (let i = 0; i < count; i += 1) {
    const heard = voices[i] as number;
    const mean = heard === 0 ? 0 : (products[i] as number) ** (1 / heard);
    shares[i] = mean;
    total += mean;
  }
  if (total > 0) for (let i = 0; i < count; i += 1) shares[i] = (shares[i] as number) / total;
  return shares;
}
