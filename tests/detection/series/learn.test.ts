import { describe, expect, it } from 'vitest';
import { learnPoint } from '../../../detection/series/learn.js';
import { emptySeries, type SeriesState } from '../../../detection/series/series-state.js';
import { zscore } from '../../../detection/series/statistics.js';

const DAY_MS = 86_400_000;

/** Deterministic noise, mean 0, sd 1: twelve uniform numbers of a linear congruential generator, summed. */
function normalNoise(seed: number): () => number {
  let state = seed;
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sum += state / 2 ** 32;
    }
    return sum;
  };
}

class Feed {
  readonly series: SeriesState = emptySeries();
  readonly published: number[] = [];
  private sent = 0;
  private readonly noise = normalNoise(7);

  constructor(private readonly everyMs = 1000) {}

  send(count: number, level: number): void {
    for (let i = 0; i < count; i++, this.sent++) {
      const time = this.sent * this.everyMs;
      const moment = { timestamp: time, appendTime: time, event: this.sent };
      const baseline = learnPoint(this.series, level + this.noise(), moment, DAY_MS);
      if (baseline !== null) this.published.push(baseline.sampleCount);
    }
  }
}

describe('learning', () => {
  it('does not let an incident teach: 300 points at 10 sd', () => {
    const feed = new Feed();
    feed.send(4000, 50);
    const { series } = feed;
    const p99 = series.sketch.quantile(0.99);
    const { mean } = series.moments;
    const learnt = series.sketch.count;
    feed.send(300, 60);
    expect(series.moments.mean - mean).toBeLessThan(0.5);
    expect(Math.abs(series.sketch.quantile(0.99) - p99)).toBeLessThan(0.1);
    expect(series.sketch.count - learnt).toBeLessThan(5);
    expect(series.sketch.max).toBeLessThan(58);
    // Still an anomaly at its end.
    expect(zscore(series, 60)).toBeGreaterThan(6);
  });

  it('learns a lasting shift in the end', () => {
    const feed = new Feed();
    feed.send(4000, 50);
    feed.send(400, 60);
    expect(feed.series.sketch.quantile(0.99)).toBeLessThan(55);
    feed.send(4000, 60);
    expect(Math.abs(zscore(feed.series, 60))).toBeLessThan(2);
    expect(feed.series.sketch.quantile(0.75)).toBeGreaterThan(57);
    expect(feed.series.baseline?.tail.quantiles.at(-1)).toBeGreaterThan(59);
  });

  it('publishes at 30, 60, 120... points, then hourly', () => {
    const feed = new Feed(10_000);
    feed.send(1000, 50);
    // Hours: 360 points each, counted from the last publication.
    expect(feed.published).toEqual([30, 60, 120, 240, 480, 840, 960]);
    const slow = new Feed(600_000);
    slow.send(50, 50);
    expect(slow.published).toEqual([30, 36, 42, 48]);
  });

  it('does not renew a stale baseline by a single point', () => {
    const series = emptySeries();
    const counts: number[] = [];
    const learnAt = (appendTime: number, event: number) => {
      const baseline = learnPoint(series, event % 5, { timestamp: appendTime, appendTime, event }, DAY_MS);
      if (baseline !== null) counts.push(baseline.sampleCount);
    };
    for (let i = 0; i < 61; i++) learnAt(i, i);
    for (let i = 61; i < 100; i++) learnAt(2 * DAY_MS + i, i);
    expect(counts).toEqual([30, 60, 90]);
  });

  it('knows the hours of the day when two days are covered', () => {
    const series = emptySeries();
    let profile: readonly number[] | null = null;
    let publications = 0;
    for (let i = 0; i <= 50 * 6; i++) {
      const time = i * 600_000;
      const x = Math.floor(time / 3_600_000) % 24;
      const baseline = learnPoint(series, x, { timestamp: time, appendTime: time, event: i }, DAY_MS);
      if (baseline === null) continue;
      publications++;
      profile = baseline.hourOfDay;
      expect(profile === null).toBe(baseline.to - baseline.from < 2 * DAY_MS);
    }
    expect(publications).toBeGreaterThan(40);
    expect(profile).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
  });
});
