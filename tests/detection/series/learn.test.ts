import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { emptySeries, momentsOf, type SeriesState } from '../../../detection/series/series-state.js';
import { learn, look, seriesOf } from './fed-series.js';

const DAY_MS = 86_400_000;

/** Sends a series normal noise of deviation 1 around a level. */
class Feed {
  readonly series: SeriesState = emptySeries();
  readonly published: number[] = [];
  private sent = 0;
  private readonly random = seededRandom(7);

  constructor(private readonly everyMs = 1000) {}

  send(count: number, level: number): void {
    for (let i = 0; i < count; i++, this.sent++) {
      const time = this.sent * this.everyMs;
      const moment = { timestamp: time, appendTime: time, event: this.sent };
      const baseline = learn(this.series, level + gaussian(this.random), moment);
      if (baseline !== null) this.published.push(baseline.sampleCount);
    }
  }
}

/** Distribution of one aspect. */
function distribution({ sketches }: SeriesState, k = 0) {
  return sketches[k] ?? expect.fail(`no aspect ${k}`);
}

describe('learning', () => {
  it('lets an incident of 300 points at 10 sd teach its allowance of 20 points, and no more', () => {
    const feed = new Feed();
    feed.send(4000, 50);
    const { series } = feed;
    const reading = distribution(series);
    const { mean } = momentsOf(series);
    const learnt = reading.count;
    const p98 = reading.quantile(0.98);
    feed.send(300, 60);
    expect(momentsOf(series).mean - mean).toBeLessThan(0.5);
    expect(reading.count - learnt).toBeGreaterThanOrEqual(20);
    expect(reading.count - learnt).toBeLessThan(30);
    expect(Math.abs(reading.quantile(0.98) - p98)).toBeLessThan(0.4);
    // Still an anomaly at its end.
    expect(look(series, 60)['zscore/0']).toBeGreaterThan(6);
    expect(look(series, 60)['tail/0']).toBeGreaterThan(3);
  });

  it('saves up 2 % of the points for what lies beyond the gate, no more than 20', () => {
    const learntOf = (quiet: number) => {
      const feed = new Feed();
      feed.send(quiet, 50);
      const before = distribution(feed.series).count;
      feed.send(quiet > 100 ? 40 : 5, 80);
      return distribution(feed.series).count - before;
    };
    // 100 points are worth 2, and 1,500 would be worth 30: each that is learnt gives back its 2 %.
    expect(learntOf(100)).toBe(2);
    expect(learntOf(1500)).toBe(20);
  });

  it('learns bursts that belong to a series, which without the allowance stay as strange as the first', () => {
    const random = seededRandom(3);
    const series = seriesOf(
      Array.from({ length: 6000 }, (_, i) => 50 + gaussian(random) + (i % 60 === 59 ? 40 : 0)),
    );
    expect(distribution(series).max).toBeGreaterThan(85);
    const known = look(series, 90)['tail/0'] ?? Number.NaN;
    expect(known).toBeLessThan(8);
    // The bursts are the tail: what is no burst of this series is five times as far out.
    expect(look(series, 250)['tail/0']).toBeGreaterThan(known + 5);
  });

  it('learns every aspect, each from the point on at which its window is full', () => {
    const points = (count: number) => Array.from({ length: count }, (_, i) => Math.sin(i * i));
    const counts = (count: number) => seriesOf(points(count)).sketches.map((sketch) => sketch.count);
    expect(counts(9)).toEqual([9, 0, 0, 0]);
    expect(counts(10)).toEqual([10, 1, 0, 0]);
    expect(counts(11)).toEqual([11, 2, 1, 0]);
    expect(counts(60)).toEqual([60, 51, 50, 1]);
    expect(counts(200)).toEqual([200, 191, 190, 141]);
  });

  it('learns a lasting shift in the end', () => {
    const feed = new Feed();
    feed.send(4000, 50);
    feed.send(300, 60);
    expect(distribution(feed.series).quantile(0.98)).toBeLessThan(55);
    feed.send(4000, 60);
    expect(Math.abs(look(feed.series, 60)['zscore/0'] ?? Number.NaN)).toBeLessThan(2);
    expect(distribution(feed.series).quantile(0.75)).toBeGreaterThan(57);
    expect(look(feed.series, 60)['tail/0']).toBeLessThan(3);
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
      const baseline = learn(series, event % 5, { timestamp: appendTime, appendTime, event });
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
      const baseline = learn(series, x, { timestamp: time, appendTime: time, event: i });
      if (baseline === null) continue;
      publications++;
      profile = baseline.hourOfDay;
      expect(profile === null).toBe(baseline.to - baseline.from < 2 * DAY_MS);
    }
    expect(publications).toBeGreaterThan(40);
    expect(profile).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
  });
});
