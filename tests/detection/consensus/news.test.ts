import { describe, expect, it } from 'vitest';
import { ALARM_BOUNDARY } from '../../../detection/consensus/consensus.js';
import { NEWS_BOUNDARY, NEWS_NOVELTY, scoreWithNews } from '../../../detection/consensus/news.js';

describe('the score with news', () => {
  it('leaves a score alone of which no novelty is known', () => {
    for (const score of [0, 0.3, 0.5, 0.9, 1]) expect(scoreWithNews(score, -1)).toBe(score);
  });

  it('keeps the order of the consensus and its boundary, and puts no old state above news', () => {
    const scores = [0, 0.2, 0.5, 0.5000001, 0.6, 0.9, 1].map((score) => scoreWithNews(score, 1));
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(new Set(scores).size).toBe(scores.length);
    expect(scores[2]).toBe(ALARM_BOUNDARY);
    expect(scores[3]).toBeGreaterThan(ALARM_BOUNDARY);
    expect(scores.at(-1)).toBe(NEWS_BOUNDARY);
  });

  it('orders news by its novelty alone, up to 1', () => {
    const scores = [NEWS_NOVELTY, 6, 20, 1_000, 1e6].map((novelty) => scoreWithNews(0.1, novelty));
    expect(scores[0]).toBe(NEWS_BOUNDARY);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(new Set(scores).size).toBe(scores.length);
    expect(scores.at(-1)).toBeLessThanOrEqual(1);
    expect(scoreWithNews(1, 20)).toBe(scoreWithNews(0, 20));
  });
});
