import { expect, it } from 'vitest';
import { createLayoutCache } from '../../../detection/detectors/feature-view.js';
import { createExplainChoice, type ExplainMode } from '../../../processors/score/explain-choice.js';

/** Offsets, of 0 to 9, that are explained whatever their verdict, and whether anomalies are. */
function chosen(explain: ExplainMode, metricCount: number) {
  const metrics = Array.from({ length: metricCount }, (_, i) => `m${i}`);
  const event = { host: 'h', metrics, values: metrics.map(() => 0), statistics: [], baseline: null };
  const view = createLayoutCache().viewOf(event);
  const choice = createExplainChoice({ explain, explainMetrics: 8, explainEvery: 4 });
  const offsets = Array.from({ length: 10 }, (_, offset) => offset);
  return [offsets.filter((offset) => choice.isAlways({ view, offset })), choice.anomalies];
}

it.each<[ExplainMode, number, number[], boolean]>([
  ['auto', 8, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], true],
  ['auto', 9, [0, 4, 8], true],
  ['all', 38, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], true],
  ['anomalies', 1, [], true],
  ['none', 1, [], false],
])('%s explains of %i metrics the offsets %j; anomalies: %s', (mode, metrics, offsets, anomalies) => {
  expect(chosen(mode, metrics)).toEqual([offsets, anomalies]);
});
