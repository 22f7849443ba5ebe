import type { ConsensusMode } from '../../detection/consensus/consensus.js';
import { createBaselineDetector } from '../../detection/detectors/baseline.js';
import { createLayoutCache } from '../../detection/detectors/feature-view.js';
import { createZscoreDetector } from '../../detection/detectors/zscore.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { Prediction } from '../../schemas/prediction.js';
import { byModel } from './by-model.js';
import { createRecorder, ownPrediction } from './compose.js';
import { createExplainChoice, type ExplainOptions } from './explain-choice.js';
import { createForestBatch } from './forest-batch.js';
import { createJudge } from './judge.js';
import type { ScoringModel } from './model.js';
import type { ModelProvider } from './model-table.js';
import { createScoringRows, type ScoringRow } from './scoring-row.js';

export interface ScorerOptions extends ExplainOptions {
  readonly models: ModelProvider;
  readonly mode: ConsensusMode;
  /** Every how many offsets of a partition an explanation is checked against its path length; 1 = all. */
  readonly additivityEvery: number;
}

/** What a scorer counted since it was made. */
export interface ScorerFigures {
  readonly scored: number;
  readonly anomalies: number;
  /** Explanations that were checked: expectedValue + sum of SHAP against the path length. */
  readonly additivityChecked: number;
  /** Those that were off by more than 1e-9 edges: 0, or tables and forest do not belong together. */
  readonly additivityBroken: number;
}

/** The verdicts on a batch of events, until the scorer is given the next one. */
export interface ScoredEvents {
  /** Returns the prediction of the i-th event. It lies in one record for all: what is read of it holds until the next call. */
  prediction(i: number): Prediction;
}

/** Turns features into verdicts. */
export interface Scorer {
  /**
   * Scores events: each verdict is a function of the event and the model in use alone, whatever else is in the
   * batch. Faster per event in batches of 64 and more, because a forest goes through a batch tree by tree. Allocates nothing per event; a prediction has lists of its own.
   */
  score(events: readonly FeatureEvent[]): ScoredEvents;
  /** Returns the same predictions in the order of the events, the caller's to keep. */
  scoreBatch(events: readonly FeatureEvent[]): Prediction[];
  figures(): ScorerFigures;
}

/** Returns a scorer. It keeps scratch memory and counters, nothing that a verdict depends on. */
export function createScorer({ models, mode, additivityEvery, ...explain }: ScorerOptions): Scorer {
  const detectors = [createZscoreDetector(), createBaselineDetector()];
  const rowsOf = createScoringRows(createLayoutCache(), detectors.length + 1);
  const judge = createJudge(detectors, mode);
  const record = createRecorder(detectors);
  const forest = createForestBatch(additivityEvery);
  const choice = createExplainChoice(explain);
  let scored = 0;
  let anomalies = 0;

  /** Scores rows that share a model. */
  const scoreRows = (model: ScoringModel | null, rows: readonly ScoringRow[]): void => {
    const isEveryRow = rows.every(choice.isAlways);
    if (isEveryRow) forest.explain(model, rows);
    else forest.measure(model, rows);
    for (const row of rows) {
      row.modelVersion = model?.version ?? '';
      judge(row, model);
      if (row.verdict.isAnomaly) anomalies += 1;
    }
    if (!isEveryRow) explainChosen(model, rows);
  };

  /** The chosen rows go through the forest a second time, and the others are spared the explanation. */
  const explainChosen = (model: ScoringModel | null, rows: readonly ScoringRow[]): void => {
    const chosen = rows.filter((row) => choice.isAlways(row) || (choice.anomalies && row.verdict.isAnomaly));
    if (chosen.length > 0) forest.explain(model, chosen);
  };

  const score = (events: readonly FeatureEvent[]): ScoredEvents => {
    const rows = rowsOf(events);
    for (const [model, ofModel] of byModel(rows, models)) scoreRows(model, ofModel);
    scored += events.length;
    return { prediction: (i) => record(rows[i] as ScoringRow) };
  };

  return {
    score,
    scoreBatch: (events) => {
      const { prediction } = score(events);
      return events.map((_, i) => ownPrediction(prediction(i)));
    },
    figures: () => ({ scored, anomalies, ...forest.figures() }),
  };
}
