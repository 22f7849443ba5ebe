import { describe, expect, it } from 'vitest';
import { ANOMALY_DEVIATIONS, isReadingOff } from '../../../detection/detectors/reading-off.js';
import type { FeatureEvent } from '../../../schemas/feature-event.js';
import { type Prediction, predictionCodec } from '../../../schemas/prediction.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { trainedModel } from '../../support/trained-model.js';
import {
  at,
  centreOf,
  compiled,
  keepMetrics,
  live,
  model,
  record,
  SPIKE,
  score,
  scorerWith,
  stream,
  sum,
  TRAINED_ON,
  zscoresOf,
} from './scored-stream.js';

describe('createScorer', () => {
  it('flags a spike in one of three correlated metrics, and that metric leads the explanation', () => {
    const predictions = score(live, () => model);
    const spike = at(predictions, SPIKE - TRAINED_ON);
    expect(spike.isAnomaly).toBe(true);
    expect(spike.score).toBe(Math.max(...predictions.map((prediction) => prediction.score)));
    expect(spike.contributions.indexOf(Math.max(...spike.contributions))).toBe(1);
    expect(spike.shap.indexOf(Math.min(...spike.shap))).toBe(1);
    expect(spike.methods.map(({ name }) => name)).toEqual(['zscore', 'baseline', 'iforest']);
    // z-score and baseline agree; the forest draws the spiking metric in a third of its splits only.
    expect(spike.confidence).toBeGreaterThan(0.5);
    const quiet = predictions.filter((_, i) => i !== SPIKE - TRAINED_ON);
    expect(quiet.filter(({ isAnomaly }) => isAnomaly).length).toBeLessThan(0.05 * quiet.length);
  });

  it('calls an event an anomaly exactly where the shown score is above 0.5 and a reading is itself off', () => {
    const predictions = score(live, () => model);
    predictions.forEach(({ score: shown, isAnomaly, methods }, i) => {
      expect(isAnomaly).toBe(shown > 0.5 && isReadingOff(zscoresOf(at(live, i)), ANOMALY_DEVIATIONS));
      for (const method of methods) expect(method.isAnomaly).toBe(method.score > method.threshold);
    });
    // The windows remember the spike: the host is still in trouble, the events after it are none themselves.
    const echo = predictions.slice(SPIKE - TRAINED_ON + 1, SPIKE - TRAINED_ON + 6);
    expect(echo.every(({ score: shown, isAnomaly }) => shown > 0.5 && !isAnomaly)).toBe(true);
  });

  it('gives identical bytes on replay, in batches of any size', () => {
    const bytes = (size: number) => {
      const scorer = scorerWith(() => compiled(record));
      const parts: Buffer[] = [];
      for (let i = 0; i < live.length; i += size) {
        for (const prediction of scorer.scoreBatch(live.slice(i, i + size)))
          parts.push(predictionCodec.encode(prediction));
      }
      return Buffer.concat(parts);
    };
    const whole = bytes(live.length);
    expect(bytes(7).equals(whole)).toBe(true);
    expect(bytes(1).equals(whole)).toBe(true);
  });

  it('explains the path length: expected value and SHAP values add up, contributions to 1', () => {
    const scorer = scorerWith(() => model);
    const predictions = scorer.scoreBatch(live);
    expect(scorer.figures()).toEqual({
      scored: live.length,
      anomalies: predictions.filter(({ isAnomaly }) => isAnomaly).length,
      additivityChecked: live.length,
      additivityBroken: 0,
    });
    for (const { contributions } of predictions) expect(sum(contributions)).toBeCloseTo(1, 12);
  });

  it('counts an explanation that does not add up', () => {
    const explainer = { ...model.explainer, expectedValue: model.explainer.expectedValue + 0.1 };
    const scorer = scorerWith(() => ({ ...model, explainer }));
    scorer.scoreBatch(live.slice(0, 5));
    expect(scorer.figures().additivityBroken).toBe(5);
  });

  it('scores each event of a batch by the model of its own group, and follows a new one at the next batch', () => {
    const next = compiled(
      trainedModel(stream.slice(0, TRAINED_ON), { seed: 2, created: record.created + 1 }),
    );
    let web = model;
    const scorer = scorerWith((group) => (group === 'web' ? web : null));
    const mixed = live.slice(0, 4).map((event, i) => (i % 2 === 0 ? event : { ...event, group: 'other' }));
    const before = scorer.scoreBatch(mixed);
    web = next;
    const after = scorer.scoreBatch(mixed);
    expect(before.map(({ modelVersion }) => modelVersion)).toEqual([model.version, '', model.version, '']);
    expect(after.map(({ modelVersion }) => modelVersion)).toEqual([next.version, '', next.version, '']);
    expect(before.map(({ id }) => id)).toEqual(mixed.map(({ id }) => id));
    expect(at(after, 1)).toEqual(at(before, 1));
    expect(
      at(
        score([at(mixed, 0)], () => next),
        0,
      ),
    ).toEqual(at(after, 0));
  });

  it('scores by z-score and baseline alone before the first model, and says so', () => {
    const predictions = score(live, () => null);
    const spike = at(predictions, SPIKE - TRAINED_ON);
    expect(spike).toMatchObject({ isAnomaly: true, modelVersion: '', shap: [], expectedValue: 0 });
    expect(spike.methods.map(({ name }) => name)).toEqual(['zscore', 'baseline']);
    expect(predictions.filter(({ isAnomaly }) => isAnomaly).length).toBeLessThan(0.02 * live.length);
  });

  it('never alarms while the series are warming up, and reports the score all the same', () => {
    const warming = { ...at(live, SPIKE - TRAINED_ON), warmingUp: true };
    const [prediction] = score([warming], () => model);
    expect(prediction).toMatchObject({ isAnomaly: false, warmingUp: true });
    expect(prediction?.confidence).toBeLessThan(0.5);
    expect(prediction?.score).toBeGreaterThan(0.5);
  });

  it('is warming up while no method has anything to go by', () => {
    const bare = { ...at(live, 0), statistics: [], baseline: null };
    const [prediction] = score([bare], () => model);
    expect(prediction).toMatchObject({
      warmingUp: true,
      score: 0,
      confidence: 0,
      methods: [],
      contributions: [0, 0, 0],
    });
  });

  it('takes the training median for metrics that an event lacks; the explanation still adds up', () => {
    const event = keepMetrics(at(live, SPIKE - TRAINED_ON), ['memory']);
    const [prediction] = score([event], () => model);
    expect(prediction?.isAnomaly).toBe(true);
    expect(prediction?.shap).toHaveLength(1);
    const full = { ...at(live, SPIKE - TRAINED_ON) };
    const centred = {
      ...full,
      statistics: full.statistics.map((statistic) => ({
        ...statistic,
        values: statistic.values.map((value, i) =>
          full.metrics[i] === 'memory' ? value : (centreOf(full.metrics[i], statistic) ?? value),
        ),
      })),
    };
    const [reference] = score([centred], () => model);
    const length = ({ expectedValue, shap }: Prediction) => expectedValue + sum(shap);
    expect(length(prediction as Prediction)).toBeCloseTo(length(reference as Prediction), 9);
    expect(at(prediction?.methods ?? [], 2).score).toBe(at(reference?.methods ?? [], 2).score);
  });

  it('ignores metrics that the model does not know in the forest, and shows 0 for them', () => {
    const small = compiled(
      trainedModel(stream.slice(0, TRAINED_ON).map((row) => keepMetrics(row, ['cpu', 'memory']))),
    );
    const event = at(live, 5);
    const [prediction] = score([event], () => small);
    const [known] = score([keepMetrics(event, ['cpu', 'memory'])], () => small);
    expect(prediction?.shap).toEqual([...(known?.shap ?? []), 0]);
    expect(prediction?.expectedValue).toBe(known?.expectedValue);
  });

  it('leaves the forest out for an event of unknown metrics only', () => {
    const small = compiled(trainedModel(stream.slice(0, TRAINED_ON).map((row) => keepMetrics(row, ['cpu']))));
    const [prediction] = score([keepMetrics(at(live, 5), ['memory'])], () => small);
    expect(prediction?.methods.map(({ name }) => name)).toEqual(['zscore', 'baseline']);
    expect(prediction).toMatchObject({ shap: [], expectedValue: 0, modelVersion: small.version });
  });

  it('alarms by more than half of the votes in majority mode', () => {
    const predictions = scorerWith(() => model, { mode: 'majority' }).scoreBatch(live);
    predictions.forEach((prediction, i) => {
      const votes = prediction.methods.filter(({ isAnomaly }) => isAnomaly).length;
      expect(prediction.score > 0.5).toBe(votes >= 2);
      expect(prediction.isAnomaly).toBe(
        votes >= 2 && isReadingOff(zscoresOf(at(live, i)), ANOMALY_DEVIATIONS),
      );
    });
    expect(predictions.filter(({ isAnomaly }) => isAnomaly).length).toBeGreaterThan(0);
  });

  it('scores each host against what is normal on it, and a host of the same group that is new against the group', () => {
    const lifted = simulateFeatures({
      seed: 4,
      events: TRAINED_ON,
      host: 'web-2',
      group: 'web',
      disturb: (_, values) => {
        for (let i = 0; i < values.length; i += 1) values[i] = 10 * (values[i] ?? 0);
      },
    });
    const both = compiled(
      trainedModel([...stream.slice(0, TRAINED_ON), ...lifted.slice(0, TRAINED_ON - 100)]),
    );
    const forestOf = (event: FeatureEvent) =>
      at(
        score([event], () => both),
        0,
      ).methods.find(({ name }) => name === 'iforest')?.score ?? 0;
    for (const event of [at(live, 5), at(lifted, TRAINED_ON - 1)]) expect(forestOf(event)).toBeLessThan(0.5);
    // The level of one host is no level of the other.
    expect(forestOf({ ...at(lifted, TRAINED_ON - 1), host: 'web-1' })).toBeGreaterThan(
      forestOf(at(lifted, TRAINED_ON - 1)),
    );
  });
});
