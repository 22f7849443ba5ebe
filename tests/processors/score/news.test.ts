import { describe, expect, it } from 'vitest';
import { scoreWithNews } from '../../../detection/consensus/news.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { trainedModel } from '../../support/trained-model.js';
import { at, compiled, keepMetrics, score } from './scored-stream.js';

const EVENTS = 1_400;
const SHIFT = 1_200;

/** One metric that changes its level for good. */
const single = simulateFeatures({
  seed: 5,
  events: EVENTS,
  group: 'web',
  metrics: ['memory'],
  disturb: (event, values) => {
    if (event >= SHIFT) values[0] = (values[0] ?? 0) + 40;
  },
});

describe('the score of a single series', () => {
  it('says where a lasting state begins: its first rows stand above all the others, which stay abnormal', () => {
    for (const model of [null, compiled(trainedModel(single.slice(0, 1_000)))]) {
      const scores = score(single.slice(1_000), () => model).map((prediction) => prediction.score);
      const first = at(scores, SHIFT - 1_000);
      expect(first).toBeGreaterThan(0.75);
      const lasting = scores.slice(SHIFT - 1_000 + 2, SHIFT - 1_000 + 60);
      expect(Math.max(...lasting)).toBeLessThan(first);
      expect(Math.min(...lasting)).toBeGreaterThan(0.5);
      expect(lasting.filter((one) => one > 0.75).length).toBeLessThan(6);
    }
  });

  it('is the consensus where an event holds one metric of several: nothing is known of its novelty', () => {
    const several = simulateFeatures({ seed: 5, events: 400, group: 'web' });
    const alone = several.slice(200).map((event) => keepMetrics(event, ['cpu']));
    const without = alone.map((event) => ({
      ...event,
      statistics: event.statistics.filter(({ name }) => name !== 'novelty'),
    }));
    const shown = (events: typeof alone) => score(events, () => null).map((prediction) => prediction.score);
    expect(shown(alone)).toEqual(shown(without));
  });

  it('is told by the one metric that has a novelty, while a second one is too young to be heard', () => {
    const several = simulateFeatures({ seed: 5, events: 400, group: 'web' }).slice(200);
    for (const which of [0, 1]) {
      const told = several.map((event) => ({
        ...event,
        statistics: event.statistics.map((statistic) =>
          statistic.name === 'novelty'
            ? { ...statistic, values: statistic.values.map((_, i) => (i === which ? 20 : -1)) }
            : statistic,
        ),
      }));
      const consensus = score(several, () => null);
      expect(score(told, () => null)).toEqual(
        consensus.map((one) => ({ ...one, score: scoreWithNews(one.score, 20) })),
      );
    }
  });
});
