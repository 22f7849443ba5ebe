import { describe, expect, it } from 'vitest';
import { decodeHost, encodeHost } from '../../../detection/series/host-bytes.js';
import { emptyHost, type HostState } from '../../../detection/series/host-state.js';
import type { Observation } from '../../../detection/series/observation.js';
import { observe } from '../../../detection/series/observe.js';

/** Feeds one metric a second to a host and returns what was said of the last. */
function fed(host: HostState, values: readonly number[]): Observation | null {
  let last: Observation | null = null;
  values.forEach((value, i) => {
    const reading = { timestamp: 1000 * i, appendTime: 1000 * i, metrics: ['cpu'], values: [value] };
    last = observe(host, reading, 86_400_000);
  });
  return last;
}

describe('publishBaseline', () => {
  it('divides by something in the smallest unit that a double can hold: a host that could not be restored would stop its partition', () => {
    const host = emptyHost();
    const said = fed(
      host,
      Array.from({ length: 200 }, (_, i) => (i % 2) * Number.MIN_VALUE),
    );
    expect(said?.statistics.flatMap(({ values }) => values).every(Number.isFinite)).toBe(true);
    expect(decodeHost(encodeHost(host))).toMatchObject({ ok: true });
  });

  it('takes a unit as small as a metric may be used in', () => {
    const host = emptyHost();
    const quiet = Array.from({ length: 200 }, (_, i) => (i % 10) * 1e-200);
    expect(
      fed(host, [...quiet, 1e-197])?.statistics.find(({ name }) => name === 'zscore')?.values[0],
    ).toBeGreaterThan(30);
  });
});
