import type { LiveScorer } from '../live-steps.js';
import { type Trained, type TrainOptions, train } from './core.js';
import { type FixedParameters, gridAround } from './grid.js';
import type { LabelledRow } from './judge.js';
import { type SearchReport, searchParameters } from './search.js';

/** What a search needs beside the rows. */
export interface SearchPlan {
  /** Settings that somebody gave: they are not searched. */
  readonly fixed: FixedParameters;
  /** Opens the scorer of the live system. */
  readonly openScorer: () => LiveScorer;
  /** A clock that only goes forward, milliseconds: for the figures alone. */
  readonly monotonicNow: () => number;
  /** Told how many fits of how many are done. */
  readonly onProgress: (done: number, total: number) => void;
}

/** The model of one group, or why there is none, and how its parameters were found. */
export interface GroupTraining {
  readonly group: string;
  readonly trained: Trained;
  /** null where the settings' own parameters were taken without a search. */
  readonly search: SearchReport | null;
  /** Warm rows that a search would have needed beyond those there are; 0 when none was wanted or one was made. */
  readonly missingForSearch: number;
}

/**
 * Trains on all rows, with the parameters that a search on them found, as long as there is a plan for one and rows enough; else with those of
 * the options. The search's figures become figures of the model. Throws BAD_MODEL when the scorer refuses a model. O(trees x rows).
 */
export async function trainSearched(
  rows: readonly LabelledRow[],
  options: TrainOptions,
  plan: SearchPlan | null,
): Promise<GroupTraining> {
  const own = rows.map(({ row }) => row);
  const { group } = options;
  if (plan === null) return { group, trained: train(own, options), search: null, missingForSearch: 0 };
  const found = await searchParameters(rows, {
    ...plan,
    training: options,
    grid: gridAround(options, plan.fixed),
  });
  if (!found.ok)
    return { group, trained: train(own, options), search: null, missingForSearch: found.missing };
  const trained = train(own, { ...options, ...found.report.chosen });
  return { group, trained: withFigures(trained, found.report), search: found.report, missingForSearch: 0 };
}

function withFigures(trained: Trained, search: SearchReport): Trained {
  if (!trained.ok) return trained;
  const { model } = trained;
  return { ok: true, model: { ...model, metrics: { ...model.metrics, ...figuresOf(search) } } };
}

/** What the model keeps of a search: how its parameters did on rows that no choice has seen. */
function figuresOf({
  test,
  stability,
  microsecondsPerRow,
  rows,
  candidates,
}: SearchReport): Record<string, number> {
  const judged = Object.entries(test).flatMap(([name, value]: [string, number | null]) =>
    value === null ? [] : [[`test.${name}`, value] as const],
  );
  return {
    ...Object.fromEntries(judged),
    'test.rows': rows.test,
    'search.candidates': candidates.length,
    stability,
    microsecondsPerRow,
  };
}
