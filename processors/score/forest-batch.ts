import { pathLengths, scoresOfLengths } from '../../detection/isolation-forest/score.js';
import type { ScoringModel } from './model.js';
import { leaveUnexplained, type ScoringRow } from './scoring-row.js';

/** Counts of checked explanations. */
export interface AdditivityFigures {
  readonly additivityChecked: number;
  readonly additivityBroken: number;
}

/** Brings the rows of a batch and a forest together. Without a model there is nothing to say: score 0, unexplained. */
export interface ForestBatch {
  /** Writes into all rows their scores and explanations, going through the forest tree by tree. */
  explain(model: ScoringModel | null, rows: readonly ScoringRow[]): void;
  /** Writes the same scores, bit for bit, and leaves the rows unexplained: less than half of the work. */
  measure(model: ScoringModel | null, rows: readonly ScoringRow[]): void;
  figures(): AdditivityFigures;
}

/** Rounding of a sum over some hundred trees stays under 1e-11. */
const ADDITIVITY_TOLERANCE = 1e-9;

/** Returns a batch; its arrays grow to the largest that comes and are used again. */
export function createForestBatch(additivityEvery: number): ForestBatch {
  let inputs = new Float64Array(0);
  let shap = new Float64Array(0);
  let lengths = new Float64Array(0);
  let scores = new Float64Array(0);
  let additivityChecked = 0;
  let additivityBroken = 0;

  const check = ({ explainer }: ScoringModel, place: number): void => {
    let sum = explainer.expectedValue;
    const players = explainer.playerCount;
    for (let player = 0; player < players; player += 1) sum += shap[place * players + player] as number;
    additivityChecked += 1;
    if (!(Math.abs(sum - (lengths[place] as number)) <= ADDITIVITY_TOLERANCE)) additivityBroken += 1;
  };

  const fill = (model: ScoringModel, rows: readonly ScoringRow[]): void => {
    const { featureCount } = model.inputs;
    inputs = grown(inputs, rows.length * featureCount);
    lengths = grown(lengths, rows.length);
    scores = grown(scores, rows.length);
    for (let i = 0; i < rows.length; i += 1)
      model.inputs.fill(rows[i] as ScoringRow, inputs, i * featureCount);
  };

  return {
    explain(model, rows) {
      if (model === null) return leaveOut(rows);
      const { explainer } = model;
      fill(model, rows);
      shap = grown(shap, rows.length * explainer.playerCount);
      explainer.explainBatch(inputs, rows.length, shap, lengths);
      scoresOfLengths(model.forest, lengths, rows.length, scores);
      for (let i = 0; i < rows.length; i += 1) {
        const row = rows[i] as ScoringRow;
        row.forestScore = scores[i] as number;
        if (row.event.sourceOffset % additivityEvery === 0) check(model, i);
        if (model.inputs.presentIn(row) === 0) leaveUnexplained(row);
        else explainRow(model, row, shap, i * explainer.playerCount);
      }
    },
    measure(model, rows) {
      if (model === null) return leaveOut(rows);
      fill(model, rows);
      pathLengths(model.forest, inputs, rows.length, lengths);
      scoresOfLengths(model.forest, lengths, rows.length, scores);
      for (let i = 0; i < rows.length; i += 1) {
        const row = rows[i] as ScoringRow;
        row.forestScore = scores[i] as number;
        leaveUnexplained(row);
      }
    },
    figures: () => ({ additivityChecked, additivityBroken }),
  };
}

function leaveOut(rows: readonly ScoringRow[]): void {
  for (const row of rows) {
    row.forestScore = 0;
    leaveUnexplained(row);
  }
}

function grown(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  return array.length >= length ? array : new Float64Array(length);
}

/** Copies the values of the row's own metrics, which begin at `from`; those of metrics that it lacks go into the expected value. */
function explainRow(
  { inputs, explainer }: ScoringModel,
  row: ScoringRow,
  shap: Float64Array,
  from: number,
): void {
  const players = inputs.playersOf(row);
  const room = roomFor(row, players.length);
  let shownPlayers = 0;
  let shown = 0;
  for (let i = 0; i < players.length; i += 1) {
    const player = players[i] as number;
    room[i] = 0;
    if (player < 0) continue;
    const value = shap[from + player] as number;
    room[i] = value;
    shown += value;
    shownPlayers += 1;
  }
  row.shap = room;
  row.expectedValue = explainer.expectedValue;
  if (shownPlayers === explainer.playerCount) return;
  let { expectedValue } = explainer;
  for (let i = 0; i < explainer.playerCount; i += 1) expectedValue += shap[from + i] as number;
  row.expectedValue = expectedValue - shown;
}

/** Filled with a fraction first: V8 then keeps 8 bytes for each number, and no object. */
function roomFor(row: ScoringRow, metricCount: number): number[] {
  if (row.shapRoom.length !== metricCount) row.shapRoom = new Array<number>(metricCount).fill(0.5);
  return row.shapRoom;
}
