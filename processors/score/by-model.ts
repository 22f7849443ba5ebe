import type { ScoringModel } from './model.js';
import type { ModelProvider } from './model-table.js';
import type { ScoringRow } from './scoring-row.js';

/** Returns the rows by the model that scores them; each group's model is asked for once. */
export function byModel(
  rows: readonly ScoringRow[],
  models: ModelProvider,
): Map<ScoringModel | null, readonly ScoringRow[]> {
  const ofGroup = new Map<string, ScoringModel | null>();
  for (const { event } of rows)
    if (!ofGroup.has(event.group)) ofGroup.set(event.group, models.current(event.group));
  const used = [...new Set(ofGroup.values())];
  // Most batches are of one group: no list of its own then.
  if (used.length === 1) return new Map(used.map((model) => [model, rows]));
  return new Map(
    used.map((model) => [model, rows.filter(({ event }) => ofGroup.get(event.group) === model)]),
  );
}
