import { TidewatchError } from '../../common/errors.js';
import { alarmBoundary } from '../../detection/consensus/boundary.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { Prediction } from '../../schemas/prediction.js';
import type { LiveScorer } from '../live-steps.js';
import { excessOf } from '../score-excess.js';
import type { TrainingRow } from '../training-row.js';
import { leastBoundary } from './calibrate.js';
import { boundaryRows, type SharedTraining, train } from './core.js';

/** A model that was fitted on one part of the rows, to be judged on others by the scorer of the live system. */
export interface Fitted {
  /** Wall time of the fit, seconds. */
  readonly seconds: number;
  /**
   * Returns the boundary that a contamination comes to, in the units of `scores`. Forest and calibration do not depend on it: one fit serves
   * all contaminations.
   */
  boundary(contamination: number): number;
  /** Returns the consensus of each row in units of the fit's own boundary, 0 or more. */
  scores(rows: readonly TrainingRow[]): number[];
  /** Returns the forest's own score of each row, 0 where it says nothing. */
  forestScores(rows: readonly TrainingRow[]): number[];
  /** Mean time that the scorer took for a row so far, microseconds; 0 before the first. */
  microsecondsPerRow(): number;
}

export interface FitOptions {
  readonly training: SharedTraining;
  readonly openScorer: () => LiveScorer;
  /** A clock that only goes forward, milliseconds: for the figures alone. */
  readonly monotonicNow: () => number;
}

/** Rows that the live scorer is handed at once. */
const BATCH_ROWS = 256;

/** Returns a fit on rows, oldest first. Throws NOT_TRAINED when they are too few, BAD_MODEL when the scorer refuses the model. O(rows x trees). */
export function fitRows(
  rows: readonly TrainingRow[],
  { training, openScorer, monotonicNow }: FitOptions,
): Fitted {
  const started = monotonicNow();
  const trained = train(rows, { ...training, group: 'grid', parent: null, created: 0 });
  if (!trained.ok)
    throw new TidewatchError({ code: 'NOT_TRAINED', retriable: false, message: trained.reason });
  const seconds = (monotonicNow() - started) / 1000;
  const scorer = openScorer();
  scorer.use(trained.model);
  let scoredRows = 0;
  let scoredMs = 0;
  const predict = (wanted: readonly TrainingRow[]): Prediction[] => {
    const predictions: Prediction[] = [];
    for (let at = 0; at < wanted.length; at += BATCH_ROWS) {
      const batch = wanted.slice(at, at + BATCH_ROWS).map(eventOf);
      const since = monotonicNow();
      predictions.push(...scorer.scoreBatch(batch));
      scoredMs += monotonicNow() - since;
      scoredRows += batch.length;
    }
    return predictions;
  };
  const scores = (wanted: readonly TrainingRow[]) => predict(wanted).map(({ score }) => excessOf(score));
  const settledScores = () => {
    const { calibration, seen } = boundaryRows(rows, training.minimumRows);
    return {
      calibration: Float64Array.from(scores(calibration)),
      least: leastBoundary(Float64Array.from(scores(seen))),
    };
  };
  let settled: ReturnType<typeof settledScores> | null = null;
  return {
    seconds,
    scores,
    boundary: (contamination) => {
      settled ??= settledScores();
      return Math.max(alarmBoundary(settled.calibration, contamination), settled.least);
    },
    forestScores: (wanted) =>
      predict(wanted).map(({ methods }) => methods.find(({ name }) => name === 'iforest')?.score ?? 0),
    microsecondsPerRow: () => (1000 * scoredMs) / Math.max(1, scoredRows),
  };
}

/** The scorer reads of an event what training reads, and passes the rest on. Not what is new about it: boundaries are the consensus's. */
function eventOf(row: TrainingRow): FeatureEvent {
  const statistics = row.statistics.filter(({ name }) => name !== 'novelty');
  return { ...row, statistics, id: '', latenessMs: 0, labels: {} };
}
