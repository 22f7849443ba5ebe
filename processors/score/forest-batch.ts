import type { FeatureView } from '../../detection/detectors/feature-view.js';
import type { ScoringModel } from './model.js';

/** Explanation of one event by the forest. */
export interface ForestExplanation {
  /** SHAP value of each of the event's metrics, edges; 0 for metrics that the forest does not know. */
  readonly shap: readonly number[];
  /** expectedValue + sum(shap) = the path length of the event. What metrics that the event lacks would add is in here. */
  readonly expectedValue: number;
}

/** The forest's answers for the rows of the last batch; good until the next one runs. */
export interface ForestBatch {
  /** Mean path length of a row, edges. */
  pathLength(row: number): number;
  explain(row: number, view: FeatureView): ForestExplanation;
}

/** Counts of checked explanations. */
export interface AdditivityFigures {
  readonly additivityChecked: number;
  readonly additivityBroken: number;
}

export interface ForestBatchRunner {
  /** Runs all rows through the model's forest, tree by tree. `offsets` choose the rows that are checked. */
  run(model: ScoringModel | null, views: readonly FeatureView[], offsets: readonly number[]): ForestBatch;
  figures(): AdditivityFigures;
}

/** Rounding of a sum over some hundred trees stays under 1e-11. */
const ADDITIVITY_TOLERANCE = 1e-9;

/** Returns a runner; its arrays grow to the largest batch and are used again. */
export function createForestBatch(additivityEvery: number): ForestBatchRunner {
  let rows = new Float64Array(0);
  let shap = new Float64Array(0);
  let lengths = new Float64Array(0);
  let additivityChecked = 0;
  let additivityBroken = 0;

  const check = ({ explainer }: ScoringModel, row: number): void => {
    let sum = explainer.expectedValue;
    const players = explainer.playerCount;
    for (let player = 0; player < players; player += 1) sum += shap[row * players + player] as number;
    additivityChecked += 1;
    if (!(Math.abs(sum - (lengths[row] as number)) <= ADDITIVITY_TOLERANCE)) additivityBroken += 1;
  };

  return {
    run(model, views, offsets) {
      if (model === null) return NO_FOREST;
      const { inputs, explainer } = model;
      const count = views.length;
      rows = grown(rows, count * inputs.featureCount);
      shap = grown(shap, count * explainer.playerCount);
      lengths = grown(lengths, count);
      views.forEach((view, row) => {
        inputs.fill(view, rows, row * inputs.featureCount);
      });
      explainer.explainBatch(rows, count, shap, lengths);
      offsets.forEach((offset, row) => {
        if (offset % additivityEvery === 0) check(model, row);
      });
      return {
        pathLength: (row) => lengths[row] as number,
        explain: (row, view) => explainRow(model, { shap, from: row * explainer.playerCount }, view),
      };
    },
    figures: () => ({ additivityChecked, additivityBroken }),
  };
}

const NO_FOREST: ForestBatch = {
  pathLength: () => 0,
  explain: () => ({ shap: [], expectedValue: 0 }),
};

function grown(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  return array.length >= length ? array : new Float64Array(length);
}

/** Where the values of one row begin: a view of them would cost more to make than to read. */
interface RowValues {
  readonly shap: Float64Array;
  readonly from: number;
}

function explainRow(
  { inputs, explainer }: ScoringModel,
  { shap, from }: RowValues,
  view: FeatureView,
): ForestExplanation {
  const players = inputs.playersOf(view);
  const ofMetrics = new Array<number>(players.length);
  let shownPlayers = 0;
  let shown = 0;
  for (let i = 0; i < players.length; i += 1) {
    const player = players[i] as number;
    const value = player < 0 ? 0 : (shap[from + player] as number);
    ofMetrics[i] = value;
    if (player < 0) continue;
    shown += value;
    shownPlayers += 1;
  }
  let { expectedValue } = explainer;
  if (shownPlayers < explainer.playerCount) {
    for (let i = 0; i < explainer.playerCount; i += 1) expectedValue += shap[from + i] as number;
    expectedValue -= shown;
  }
  return { shap: ofMetrics, expectedValue };
}
