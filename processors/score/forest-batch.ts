import type { FeatureView } from '../../detection/detectors/feature-view.js';
import { pathLengths } from '../../detection/isolation-forest/score.js';
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

/** One event of a batch. */
export interface ForestRow {
  readonly view: FeatureView;
  /** Chooses the rows whose explanation is checked. */
  readonly offset: number;
}

export interface ForestBatchRunner {
  /** Returns the path lengths of all rows with their explanations, tree by tree. */
  explain(model: ScoringModel | null, rows: readonly ForestRow[]): ForestBatch;
  /** Returns the same path lengths, bit for bit, and empty explanations: less than half of the work. */
  measure(model: ScoringModel | null, rows: readonly ForestRow[]): ForestBatch;
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

  const fill = ({ inputs }: ScoringModel, batch: readonly ForestRow[]): void => {
    rows = grown(rows, batch.length * inputs.featureCount);
    lengths = grown(lengths, batch.length);
    batch.forEach(({ view }, row) => {
      inputs.fill(view, rows, row * inputs.featureCount);
    });
  };
  const pathLength = (row: number): number => lengths[row] as number;

  return {
    explain(model, batch) {
      if (model === null) return NO_FOREST;
      const { explainer } = model;
      fill(model, batch);
      shap = grown(shap, batch.length * explainer.playerCount);
      explainer.explainBatch(rows, batch.length, shap, lengths);
      batch.forEach(({ offset }, row) => {
        if (offset % additivityEvery === 0) check(model, row);
      });
      return {
        pathLength,
        explain: (row, view) =>
          model.inputs.presentIn(view) === 0
            ? UNEXPLAINED
            : explainRow(model, { shap, from: row * explainer.playerCount }, view),
      };
    },
    measure(model, batch) {
      if (model === null) return NO_FOREST;
      fill(model, batch);
      pathLengths(model.forest, rows, batch.length, lengths);
      return { pathLength, explain: () => UNEXPLAINED };
    },
    figures: () => ({ additivityChecked, additivityBroken }),
  };
}

/** What stands in a prediction that nobody asked to explain, or that no forest scored. */
export const UNEXPLAINED: ForestExplanation = { shap: [], expectedValue: 0 };

const NO_FOREST: ForestBatch = {
  pathLength: () => 0,
  explain: () => UNEXPLAINED,
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
