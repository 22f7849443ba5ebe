import { describe, expect, it } from 'vitest';
import { HISTORY_WINDOWS, ROWS_PER_BLOCK, ThinnedSeries } from '../../../jobs/train/thinned-series.js';

const window = { blockMs: 6_000, windowBlocks: 4 };

/** A series with a reading each `everyMs` from `from` to `to`; the reading is its time. */
function seriesOf(from: number, to: number, everyMs: number): ThinnedSeries {
  const series = new ThinnedSeries(window);
  for (let time = from; time < to; time += everyMs) series.add(time, time);
  return series;
}

describe('a thinned series', () => {
  it('keeps the first reading of each sixtieth of a block, and says for how many it stands', () => {
    const { values, timestamps, rowsPerValue } = seriesOf(12_000, 18_000, 25).readings();
    expect(values).toHaveLength(ROWS_PER_BLOCK);
    expect([...values]).toEqual(Array.from({ length: 60 }, (_, i) => 12_000 + 100 * i));
    expect(timestamps).toEqual(values);
    expect(rowsPerValue).toBe(4);
  });

  it('keeps all of a series that is not denser', () => {
    const { values, rowsPerValue } = seriesOf(0, 60_000, 1_000).readings();
    expect(values).toHaveLength(60);
    expect(rowsPerValue).toBe(1);
  });

  it('holds the newest windows and no more, however long it goes on', () => {
    const { values, timestamps } = seriesOf(0, 100 * 24_000, 100).readings();
    expect(timestamps[0]).toBe((100 - HISTORY_WINDOWS) * 24_000);
    expect(values).toHaveLength(HISTORY_WINDOWS * 4 * 60);
  });

  it('is long enough for a reference when it spans five windows', () => {
    expect(seriesOf(0, 5 * 24_000 - 100, 100).isLongEnough).toBe(false);
    expect(seriesOf(0, 5 * 24_000, 100).isLongEnough).toBe(true);
    expect(new ThinnedSeries(window).isLongEnough).toBe(false);
  });

  it('takes a reading that comes again, or into a closed block, no second time; and no number that is none', () => {
    const series = seriesOf(0, 30_000, 100);
    for (let time = 0; time < 30_000; time += 100) series.add(-1, time);
    series.add(Number.NaN, 30_000);
    expect([...series.readings().values]).toEqual(Array.from({ length: 300 }, (_, i) => 100 * i));
  });
});
