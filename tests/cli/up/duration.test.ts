import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../cli/up/duration.js';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '90', 's', '-1s', '1d', '1s 2s', '1e3s'])('"%s" is none', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }));
  });
});
