import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { emptyHost, type HostState } from '../../../detection/series/host-state.js';
import { observe } from '../../../detection/series/observe.js';

const SEED = 11;
const DAY_MS = 86_400_000;
const EVENTS = 160;
/** `fresh` begins when `wild`, which stands before it in every event, is warm and far off. */
const BEGINS = 100;

/** Returns what is said of one metric of a reading, by name; not its novelty, which is the host's. */
function saidOf(host: HostState, minute: number, reading: ReadonlyMap<string, number>, metric: string) {
  const timestamp = 60_000 * minute;
  const metrics = [...reading.keys()];
  const seen = observe(
    host,
    { timestamp, appendTime: timestamp, metrics, values: [...reading.values()] },
    DAY_MS,
  );
  const place = metrics.indexOf(metric);
  return seen.statistics
    .filter(({ name }) => name !== 'novelty')
    .map(({ name, window, values }) => `${name} ${window} ${values[place]}`);
}

describe('the point that all metrics of a host share', () => {
  it('keeps nothing of the metric before: each has the numbers that it would have alone', () => {
    const random = seededRandom(SEED);
    const together = emptyHost();
    const alone = emptyHost();
    for (let minute = 0; minute < EVENTS; minute += 1) {
      const wild = gaussian(random) + (minute >= BEGINS ? 50 * (minute - BEGINS + 1) : 0);
      const reading = new Map([['wild', wild]]);
      if (minute >= BEGINS) reading.set('fresh', gaussian(random));
      // Every tenth comes late: then a metric may be looked at that is not kept.
      const at = minute % 10 === 9 ? minute - 5 : minute;
      const said = saidOf(together, at, reading, 'fresh');
      if (minute < BEGINS) continue;
      const own = new Map([['fresh', reading.get('fresh') ?? Number.NaN]]);
      expect(said, `seed ${SEED}, minute ${minute}`).toEqual(saidOf(alone, at, own, 'fresh'));
    }
  });
});
