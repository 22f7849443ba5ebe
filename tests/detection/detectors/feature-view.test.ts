import { describe, expect, it } from 'vitest';
import { createLayoutCache, type FeatureSource } from '../../../detection/detectors/feature-view.js';

const REMEMBERED = 64;

function event(metric: string, statistic = 'mean'): FeatureSource {
  return {
    host: 'a',
    metrics: [metric],
    values: [1],
    statistics: [{ name: statistic, window: 5, values: [1] }],
    baseline: null,
  };
}

describe('the cache of layouts', () => {
  it('knows events by their names, in any turn', () => {
    const { layoutOf } = createLayoutCache();
    const kinds = Array.from({ length: REMEMBERED }, (_, i) => `m${i}`);
    const first = kinds.map((metric) => layoutOf(event(metric)));
    expect(new Set(first).size).toBe(REMEMBERED);
    expect(kinds.map((metric) => layoutOf(event(metric)))).toEqual(first);
    expect(layoutOf(event('m3', 'other'))).not.toBe(first[3]);
    expect(layoutOf(event('m3')).slotOf({ name: 'mean', window: 5 })).toBe(0);
  });

  it('forgets the one that was not seen for longest when there are too many: names come from outside', () => {
    const { layoutOf } = createLayoutCache();
    const oldest = layoutOf(event('oldest'));
    const used = layoutOf(event('used'));
    for (let i = 0; i < REMEMBERED; i += 1) {
      layoutOf(event(`m${i}`));
      expect(layoutOf(event('used'))).toBe(used);
    }
    expect(layoutOf(event('oldest'))).not.toBe(oldest);
  });
});
