import type { FeatureEvent } from '../../schemas/feature-event.js';
import { compactRow } from '../compact-row.js';
import { createRowKeeper, isTrainable, type TrainingRow } from '../training-row.js';

/** The newest rows that a training may use. */
export interface RowHistory {
  add(feature: FeatureEvent): void;
  /** Oldest first, at most the limit. */
  rows(): readonly TrainingRow[];
}

/**
 * Returns an empty history of at most `limit` rows, fewer wide ones, as the continuous trainer keeps them: 150 MB at most for 10,000 rows of any
 * width. Rows that warm up or come late show nothing of what is normal and are left out.
 */
export function createRowHistory(limit: number): RowHistory {
  const keeper = createRowKeeper(limit);
  return {
    add: (feature) => {
      if (isTrainable(feature)) keeper.add(compactRow(feature));
    },
    rows: () => keeper.rows(),
  };
}
