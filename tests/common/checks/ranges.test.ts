import { describe, expect, it } from 'vitest';
import { metricRanges } from '../../../common/checks/ranges.js';
import { COUNTER_NAMES, RATE_METRICS } from '../../../producers/host-collector/reading.js';
import { SIMULATED_METRICS } from '../../../producers/simulator/metrics.js';

const infinite = Number.POSITIVE_INFINITY;

describe('the ranges of metrics', () => {
  it('are declared for everything that the simulator and the collector send', () => {
    const rangeOf = metricRanges(null);
    const names = [...SIMULATED_METRICS, ...COUNTER_NAMES.map((name) => RATE_METRICS[name])];
    for (const metric of [...names, 'swap_percent', 'processes']) {
      const most = metric.endsWith('_percent') ? 100 : infinite;
      expect([metric, rangeOf(metric)]).toEqual([metric, { least: 0, most }]);
    }
    expect(rangeOf('temperature')).toEqual({ least: -infinite, most: infinite });
    expect(rangeOf('percent_change').least).toBe(-infinite);
  });

  it('of their own come first, with open ends and * for any text', () => {
    const rangeOf = metricRanges(['growth_percent=..', 'queue_*=0..500', 'a.b=-1.5..', '*_celsius=..90']);
    expect(rangeOf('growth_percent')).toEqual({ least: -infinite, most: infinite });
    expect(rangeOf('queue_mail')).toEqual({ least: 0, most: 500 });
    expect(rangeOf('a.b')).toEqual({ least: -1.5, most: infinite });
    expect(rangeOf('axb').least).toBe(-infinite);
    expect(rangeOf('cpu_celsius').most).toBe(90);
  });

  it.each(['queue', 'queue=5', '=0..1', 'queue=1..0', 'queue=a..b', 'qu eue=0..1'])('refuse %s', (text) => {
    expect(() => metricRanges([text])).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }));
  });
});
