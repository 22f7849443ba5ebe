import { describe, expect, it } from 'vitest';
import { mergedSegments, segments } from '../../../detection/evaluation/segments.js';

describe('segments', () => {
  it('finds runs at both ends and between', () => {
    expect(segments([1, 0, 1, 1, 0, 1])).toEqual([
      { start: 0, end: 0 },
      { start: 2, end: 3 },
      { start: 5, end: 5 },
    ]);
    expect(segments([])).toEqual([]);
    expect(segments([0, 0])).toEqual([]);
  });

  it('joins what fewer than `gap` rows part', () => {
    const apart = [
      { start: 0, end: 1 },
      { start: 4, end: 4 },
      { start: 8, end: 9 },
    ];
    expect(mergedSegments(apart, 3)).toEqual([
      { start: 0, end: 4 },
      { start: 8, end: 9 },
    ]);
    expect(mergedSegments(apart, 4)).toEqual([{ start: 0, end: 9 }]);
    expect(mergedSegments(apart, 0)).toEqual(apart);
  });
});
