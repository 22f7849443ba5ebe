import type { FeatureEvent } from '../../schemas/feature-event.js';

/** The newest rows that a training may use. */
export interface RowHistory {
  add(feature: FeatureEvent): void;
  /** Oldest first, at most the limit. */
  rows(): readonly FeatureEvent[];
}

/** Returns an empty history of at most `limit` rows. Rows that warm up or come late show nothing of what is normal and are left out. */
export function createRowHistory(limit: number): RowHistory {
  let kept: FeatureEvent[] = [];
  return {
    add: (feature) => {
      if (feature.warmingUp || feature.late) return;
      kept.push(feature);
      if (kept.length >= 2 * limit) kept = kept.slice(-limit);
    },
    rows: () => kept.slice(-limit),
  };
}
