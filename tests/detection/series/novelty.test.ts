import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { NEWS_NOVELTY } from '../../../detection/consensus/news.js';
import { decodeHost, encodeHost } from '../../../detection/series/host-bytes.js';
import { emptyHost, type HostState } from '../../../detection/series/host-state.js';
import { observe } from '../../../detection/series/observe.js';

const SEED = 9;

/** Sends readings one a minute from `from` on; returns what is said of the first metric's novelty. */
function noveltyOf(host: HostState, from: number, readings: readonly Readonly<Record<string, number>>[]) {
  return readings.map((reading, i) => {
    const timestamp = 60_000 * (from + i);
    const { statistics } = observe(
      host,
      { timestamp, appendTime: timestamp, metrics: Object.keys(reading), values: Object.values(reading) },
      86_400_000,
    );
    return statistics.find(({ name }) => name === 'novelty')?.values[0];
  });
}

function readings(count: number) {
  const random = seededRandom(SEED);
  return Array.from({ length: count }, () => ({ cpu: gaussian(random) }));
}

describe('the novelty of a host', () => {
  it('is that of its only metric', () => {
    const host = emptyHost();
    const quiet = noveltyOf(host, 0, readings(200));
    expect(quiet[0]).toBe(-1);
    expect(quiet.at(-1)).toBeGreaterThanOrEqual(0);
    expect(noveltyOf(host, 200, [{ cpu: 40 }])[0]).toBeGreaterThan(
      Math.max(2 * NEWS_NOVELTY, ...quiet.map(Number)),
    );
  });

  it('ends for good when a second metric is warm, and is none from the start with several', () => {
    const host = emptyHost();
    noveltyOf(host, 0, readings(200));
    const both = readings(60).map(({ cpu }) => ({ cpu, disk: 10 * cpu }));
    const heard = noveltyOf(host, 200, both);
    // While the second one is too young to be heard, the host is judged as ever.
    expect(heard.slice(0, 30).every((one) => Number(one) >= 0)).toBe(true);
    expect(heard.slice(30)).toEqual(Array<number>(30).fill(-1));
    expect(host.novelty).toBeNull();
    expect(noveltyOf(host, 260, [{ cpu: 40 }])).toEqual([-1]);
    const several = emptyHost();
    noveltyOf(several, 0, [{ cpu: 1, disk: 1 }]);
    expect(several.novelty).toBeNull();
    expect(noveltyOf(several, 1, readings(200)).every((one) => one === -1)).toBe(true);
  });

  it('is that of the first metric wherever it stands among others, and alone', () => {
    const [host, alone] = [emptyHost(), emptyHost()];
    for (const one of [host, alone]) noveltyOf(one, 0, readings(200));
    // 'a' stands before it: the novelty is that of 'cpu' all the same.
    expect(noveltyOf(host, 200, [{ a: 1, cpu: 40 }])).toEqual([-1]);
    noveltyOf(alone, 200, [{ cpu: 40 }]);
    expect(noveltyOf(host, 201, [{ cpu: 1 }])).toEqual(noveltyOf(alone, 201, [{ cpu: 1 }]));
  });

  it('is not taught by a late reading, nor told of one', () => {
    const [host, other] = [emptyHost(), emptyHost()];
    for (const one of [host, other]) noveltyOf(one, 0, readings(100));
    expect(noveltyOf(host, 5, [{ cpu: 40 }])).toEqual([-1]);
    expect(noveltyOf(host, 100, [{ cpu: 40 }])).toEqual(noveltyOf(other, 100, [{ cpu: 40 }]));
  });

  it('goes on from a snapshot bit for bit', () => {
    const host = emptyHost();
    noveltyOf(host, 0, readings(300));
    const decoded = decodeHost(encodeHost(host));
    if (!decoded.ok) throw new Error(decoded.reason);
    expect(noveltyOf(decoded.host, 300, readings(100))).toEqual(noveltyOf(host, 300, readings(100)));
    expect(encodeHost(decoded.host)).toEqual(encodeHost(host));
  });
});
