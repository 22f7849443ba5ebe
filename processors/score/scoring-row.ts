import { newVerdict, type Verdict, type VerdictRoom } from '../../detection/consensus/consensus.js';
import type { FeatureLayout, FeatureView, LayoutCache } from '../../detection/detectors/feature-view.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';

/** One event of a batch and everything that is found about it. Rows are written again by the next batch. */
export interface ScoringRow extends FeatureView {
  layout: FeatureLayout;
  event: FeatureEvent;
  /** Version of the model that scores it; empty before the first. */
  modelVersion: string;
  /** Anomaly score of the model's forest, 0 to 1; 0 without a model. */
  forestScore: number;
  verdict: Verdict;
  readonly verdictRoom: VerdictRoom;
  /** SHAP value of each of the event's metrics, edges; 0 for metrics that the forest does not know; empty where nobody explained it. */
  shap: readonly number[];
  /** expectedValue + sum(shap) = the path length of the event, edges. What metrics that the event lacks would add is in here. */
  expectedValue: number;
  /** Room for `shap`: as many values as the event has metrics once it was explained. */
  shapRoom: number[];
}

/** Rows that are kept for the next batch; a longer one gets the others for once. */
const MOST_KEPT = 256;
const NONE: readonly never[] = [];

/**
 * Returns a function from events to a row for each. It hands out the same rows again at every call.
 * @param methodCount how many methods give an event a score, at most
 */
export function createScoringRows(
  layouts: LayoutCache,
  methodCount: number,
): (events: readonly FeatureEvent[]) => ScoringRow[] {
  const kept: ScoringRow[] = [];
  const rowOf = (event: FeatureEvent, place: number): ScoringRow => {
    const layout = layouts.layoutOf(event);
    const known = kept[place];
    if (known === undefined) {
      const row = newRow(event, layout, newVerdict(methodCount));
      if (place < MOST_KEPT) kept.push(row);
      return row;
    }
    known.layout = layout;
    known.event = event;
    return known;
  };
  return (events) => events.map(rowOf);
}

/** Numbers begin as fractions: V8 then keeps them in place. */
function newRow(event: FeatureEvent, layout: FeatureLayout, verdictRoom: VerdictRoom): ScoringRow {
  return {
    layout,
    event,
    modelVersion: '',
    forestScore: 0.5,
    verdict: verdictRoom.verdict,
    verdictRoom,
    shap: NONE,
    expectedValue: 0.5,
    shapRoom: [],
  };
}

/** Says that nobody explained the row, or that no forest scored it. */
export function leaveUnexplained(row: ScoringRow): void {
  row.shap = NONE;
  row.expectedValue = 0;
}
