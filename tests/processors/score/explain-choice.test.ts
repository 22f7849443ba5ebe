import { describe, expect, it } from 'vitest';
import { createLayoutCache } from '../../../detection/detectors/feature-view.js';
import type { ScorerOptions } from '../../../processors/score/core.js';
import { createExplainChoice, type ExplainMode } from '../../../processors/score/explain-choice.js';
import type { FeatureEvent } from '../../../schemas/feature-event.js';
import { type Prediction, predictionCodec } from '../../../schemas/prediction.js';
import { at, live, model, SPIKE, scorerWith, sum, TRAINED_ON } from './scored-stream.js';

/** Offsets, of 0 to 9, that are explained whatever their verdict, and whether anomalies are. */
function chosen(explain: ExplainMode, metricCount: number) {
  const metrics = Array.from({ length: metricCount }, (_, i) => `m${i}`);
  const event = { host: 'h', metrics, values: metrics.map(() => 0), statistics: [], baseline: null };
  const layout = createLayoutCache().layoutOf(event);
  const choice = createExplainChoice({ explain, explainMetrics: 8, explainEvery: 4 });
  const offsets = Array.from({ length: 10 }, (_, offset) => offset);
  return [
    offsets.filter((offset) => choice.isAlways({ layout, event: { sourceOffset: offset } })),
    choice.anomalies,
  ];
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

describe('explanations of a scorer', () => {
  const withMode = (options: Partial<ScorerOptions>) => {
    const scorer = scorerWith(() => model, options);
    return { predictions: scorer.scoreBatch(live), figures: scorer.figures() };
  };
  const withoutExplanation = (predictions: readonly Prediction[]) =>
    predictions.map((prediction) => ({ ...prediction, shap: [], expectedValue: 0, why: [] }));
  const explained = (predictions: readonly Prediction[]) => predictions.filter(({ shap }) => shap.length > 0);

  it('changes no score and no verdict', () => {
    const all = withoutExplanation(withMode({ explain: 'all' }).predictions);
    for (const explain of ['auto', 'anomalies', 'none'] as const)
      expect(withoutExplanation(withMode({ explain }).predictions)).toEqual(all);
  });

  it('explains anomalies with the same values, and nothing else', () => {
    const all = withMode({ explain: 'all' }).predictions;
    const { predictions, figures } = withMode({ explain: 'anomalies' });
    const anomalies = all.filter(({ isAnomaly }) => isAnomaly);
    expect(anomalies.length).toBeGreaterThan(0);
    expect(explained(predictions)).toEqual(anomalies);
    expect(figures).toMatchObject({ additivityChecked: anomalies.length, additivityBroken: 0 });
  });

  it('explains every event of few metrics by itself', () => {
    const { predictions } = withMode({ explain: 'auto', explainMetrics: 3 });
    expect(predictions).toEqual(withMode({ explain: 'all' }).predictions);
  });

  it('explains of events with more metrics the anomalies and every n-th offset, whatever the batch', () => {
    const options = { explain: 'auto', explainMetrics: 2, explainEvery: 7 } as const;
    const { predictions } = withMode(options);
    const isChosen = ({ isAnomaly, sourceOffset }: Prediction) => isAnomaly || sourceOffset % 7 === 0;
    expect(explained(predictions)).toEqual(
      withMode({ explain: 'all' }).predictions.filter((prediction) => isChosen(prediction)),
    );
    const oneByOne = scorerWith(() => model, options);
    expect(live.flatMap((event) => oneByOne.scoreBatch([event]))).toEqual(predictions);
  });

  it('takes the forest into the reasons where it was explained, and says them without it elsewhere', () => {
    const [spike] = withMode({ explain: 'anomalies' }).predictions.slice(SPIKE - TRAINED_ON);
    const [quiet] = withMode({ explain: 'none' }).predictions;
    expect(spike?.why[0]?.metric).toBe('memory');
    expect(spike?.why[0]?.zscore).toBeGreaterThan(5);
    expect(sum(spike?.why.map(({ weight }) => weight) ?? [])).toBeLessThanOrEqual(1);
    expect(quiet?.why.map(({ weight }) => weight)).toEqual(
      [...(quiet?.contributions ?? [])].sort((a, b) => b - a),
    );
  });

  it('leaves an anomaly unexplained whose metrics the forest does not know', () => {
    const stranger = (event: FeatureEvent): FeatureEvent => ({
      ...event,
      metrics: event.metrics.map((name) => `other.${name}`),
    });
    const scorer = scorerWith(() => model, { explain: 'anomalies' });
    const [prediction] = scorer.scoreBatch([stranger(at(live, SPIKE - TRAINED_ON))]);
    expect(prediction).toMatchObject({ isAnomaly: true, shap: [], expectedValue: 0 });
  });

  it('writes records that readers take, also of a batch without anomalies', () => {
    const scorer = scorerWith(() => model, { explain: 'anomalies' });
    for (const prediction of scorer.scoreBatch(live.slice(0, 20)))
      expect(predictionCodec.decode(predictionCodec.encode(prediction)).ok).toBe(true);
  });
});
