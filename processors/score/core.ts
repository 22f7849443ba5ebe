import type { ConsensusMode, Verdict } from '../../detection/consensus/consensus.js';
import { createBaselineDetector } from '../../detection/detectors/baseline.js';
import { createLayoutCache } from '../../detection/detectors/feature-view.js';
import { createZscoreDetector } from '../../detection/detectors/zscore.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { Prediction } from '../../schemas/prediction.js';
import { byModel } from './by-model.js';
import { createComposer } from './compose.js';
import { createExplainChoice, type ExplainChoice, type ExplainOptions } from './explain-choice.js';
import {
  createForestBatch,
  type ForestBatchRunner,
  type ForestExplanation,
  type ForestRow,
  UNEXPLAINED,
} from './forest-batch.js';
import { createJudge } from './judge.js';
import type { ScoringModel } from './model.js';
import type { ModelProvider } from './model-table.js';

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

/** Turns features into verdicts. */
export interface Scorer {
  /**
   * Returns one prediction per event, in the same order: a function of the event and the model in use alone, whatever else is in the
   * batch. Faster per event in batches of 64 and more, because a forest goes through a batch tree by tree.
   */
  scoreBatch(events: readonly FeatureEvent[]): Prediction[];
  figures(): ScorerFigures;
}

/** Returns a scorer. It keeps scratch memory and counters, nothing that a verdict depends on. */
export function createScorer({ models, mode, additivityEvery, ...explain }: ScorerOptions): Scorer {
  const layouts = createLayoutCache();
  const detectors = [createZscoreDetector(), createBaselineDetector()];
  const judge = createJudge(detectors, mode);
  const compose = createComposer(detectors);
  const forestBatch = createForestBatch(additivityEvery);
  const choice = createExplainChoice(explain);
  let scored = 0;
  let anomalies = 0;

  /** Returns the predictions of events that share a model. */
  const predictAll = (model: ScoringModel | null, events: readonly FeatureEvent[]): Prediction[] => {
    const rows = events.map((event) => ({ view: layouts.viewOf(event), offset: event.sourceOffset }));
    const isEveryRow = rows.every((row) => choice.isAlways(row));
    const forest = isEveryRow ? forestBatch.explain(model, rows) : forestBatch.measure(model, rows);
    const verdicts = rows.map(({ view }, i) =>
      judge(events[i] as FeatureEvent, view, { model, pathLength: forest.pathLength(i) }),
    );
    const explanations = isEveryRow
      ? rows.map(({ view }, i) => forest.explain(i, view))
      : explainChosen(forestBatch, choice, { model, rows, verdicts });
    const modelVersion = model?.version ?? '';
    return rows.map(({ view }, i) => {
      const verdict = verdicts[i] as Verdict;
      if (verdict.isAnomaly) anomalies += 1;
      const { shap, expectedValue } = explanations[i] as ForestExplanation;
      return compose(events[i] as FeatureEvent, view, { verdict, shap, expectedValue, modelVersion });
    });
  };

  return {
    scoreBatch(events) {
      const predictions = new Array<Prediction>(events.length);
      for (const [model, places] of byModel(events, models)) {
        const predicted = predictAll(
          model,
          places.map((place) => events[place] as FeatureEvent),
        );
        predicted.forEach((prediction, row) => {
          predictions[places[row] as number] = prediction;
        });
      }
      scored += events.length;
      return predictions;
    },
    figures: () => ({ scored, anomalies, ...forestBatch.figures() }),
  };
}

interface JudgedRows {
  readonly model: ScoringModel | null;
  readonly rows: readonly ForestRow[];
  readonly verdicts: readonly Verdict[];
}

/** The chosen rows go through the forest a second time, and the others are spared the explanation. */
function explainChosen(
  forestBatch: ForestBatchRunner,
  choice: ExplainChoice,
  { model, rows, verdicts }: JudgedRows,
): ForestExplanation[] {
  const explanations = rows.map(() => UNEXPLAINED);
  const isChosen = (row: ForestRow, i: number): boolean =>
    choice.isAlways(row) || (choice.anomalies && verdicts[i]?.isAnomaly === true);
  const places = rows.flatMap((row, i) => (isChosen(row, i) ? [i] : []));
  if (places.length === 0) return explanations;
  const chosen = places.map((place) => rows[place] as ForestRow);
  const forest = forestBatch.explain(model, chosen);
  places.forEach((place, row) => {
    explanations[place] = forest.explain(row, (chosen[row] as ForestRow).view);
  });
  return explanations;
}
