import { describe, expect, it } from 'vitest';
import { scoreDetection, scoreWithRecord } from '../../../benchmarks/detection/score-allocation.js';
import { windowDetection, windowWithRecord } from '../../../benchmarks/detection/window-allocation.js';
import { createScorer } from '../../../processors/score/core.js';
import { keepMetrics, live, model } from '../../processors/score/scored-stream.js';

/**
 * Warm-ups are what the compiler takes, and the repeats lie between two doublings of the points, at which baselines are due. Of the repeats the
 * least counts: the profiler allocates too.
 */
const SIZES: Readonly<Record<number, { events: number; repeats: number; warmUps: number }>> = {
  3: { events: 1_024, repeats: 3, warmUps: 10 },
  38: { events: 256, repeats: 3, warmUps: 10 },
};

const scorer = createScorer({
  models: { current: () => model },
  mode: 'mean',
  explain: 'all',
  explainMetrics: 8,
  explainEvery: 100,
  additivityEvery: 64,
});
/** On a busy machine the compiler may be late: it has done its work by the next try. What allocates, allocates in all of them. */
const TRIES = { retry: 4 };
/** Long enough that what a batch allocates does not show. */
const features = Array.from({ length: 10 }, () => live.slice(0, 128)).flat();

// A double of each metric that crosses a call would be 48 bytes at 3 metrics and 608 at 38; a list of each statistic 2,000 and 8,000.
describe('what an event puts on the heap', () => {
  it.each([3, 38])(
    'is next to nothing while window looks and learns, of %i metrics',
    TRIES,
    async (metrics) => {
      const size = SIZES[metrics] ?? expect.fail('no size');
      const { bytes, where } = await windowDetection(metrics, size);
      expect(bytes.minimum, where).toBeLessThan(32);
    },
  );

  it.each([3, 38])(
    'is no number of the features record that window writes, of %i metrics',
    TRIES,
    async (metrics) => {
      const size = SIZES[metrics] ?? expect.fail('no size');
      const { heap, encodedBytes } = await windowWithRecord(metrics, size);
      expect(heap.bytes.minimum, heap.where).toBeLessThan(700);
      expect(encodedBytes).toBeGreaterThan(16 * 8 * metrics);
    },
  );

  it('is next to nothing while score goes through forest, methods and consensus', TRIES, async () => {
    const { bytes, where } = await scoreDetection({ scorer, features, repeats: 3 });
    expect(bytes.minimum, where).toBeLessThan(48);
  });

  it('is next to nothing where events of two kinds take turns', TRIES, async () => {
    const mixed = features.map((event, i) => (i % 2 === 0 ? event : keepMetrics(event, ['cpu', 'memory'])));
    const { bytes, where } = await scoreDetection({ scorer, features: mixed, repeats: 3 });
    expect(bytes.minimum, where).toBeLessThan(48);
  });

  it('is the shares and reasons of a prediction, and its bytes', TRIES, async () => {
    const { heap } = await scoreWithRecord({ scorer, features, repeats: 3 });
    expect(heap.bytes.minimum, heap.where).toBeLessThan(1_600);
  });
});
