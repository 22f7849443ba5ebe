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
 * Returns a function from an event to each metric's share of the evidence. The sources are witnesses: the evidence of a metric is the product of
 * (1 + what each says of it), less 1. What one alone says counts as it is, what several say multiplies, and one that knows nothing of
 * a metric yet changes nothing. O(sources x metrics).
 */
export function createEvidenceShares(
  sources: readonly EvidenceSource[],
): (view: FeatureView) => EvidenceShares {
  let said = new Float64Array(16);
  let products = new Float64Array(16);

  /** Multiplies in what a source says; returns whether it says anything. */
  const hear = (source: EvidenceSource, view: FeatureView): boolean => {
    source.evidence(view, said);
    let speaks = false;
    for (let i = 0; i < view.layout.metrics.length; i += 1) {
      const evidence = said[i] as number;
      if (evidence > 0) speaks = true;
      products[i] = (products[i] as number) * (1 + evidence);
    }
    return speaks;
  };

  return (view) => {
    const count = view.layout.metrics.length;
    if (said.length < count) {
      said = new Float64Array(count);
      products = new Float64Array(count);
    }
    products.fill(1, 0, count);
    let speaking = 0;
    for (const source of sources) if (hear(source, view)) speaking += 1;
    return { shares: sharesOf(products, count), speaking };
  };
}

function sharesOf(products: Float64Array, count: number): number[] {
  let total = 0;
  for (let i = 0; i < count; i += 1) total += (products[i] as number) - 1;
  const divisor = total > 0 ? total : 1;
  const shares = new Array<number>(count);
  for (let i = 0; i < count; i += 1) shares[i] = ((products[i] as number) - 1) / divisor;
  return shares;
}
