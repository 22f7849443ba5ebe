import { expect, test } from 'vitest';
import { collectorStep, firstState } from '../../../producers/host-collector/core.js';
import type { CounterName, MachineReading } from '../../../producers/host-collector/reading.js';

const limits = { intervalMs: 1000, countersEveryMs: 1000, wordSize: 2 ** 64 };

function look(
  seconds: number,
  counts: Partial<Record<CounterName, number>>,
  changes: Partial<MachineReading> = {},
): MachineReading {
  const at = { monotonicMs: seconds * 1000, wallMs: 1e12 + seconds * 1000 };
  const counters = Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, { ...at, counters: new Map([['dev', count]]) }]),
  );
  return {
    ...at,
    processors: [{ busy: seconds * 25, idle: seconds * 75 }],
    gauges: { memory_percent: 40, load_1m: 0.5 },
    counters,
    ...changes,
  };
}

test('one event: gauges as read, counters as rates, names sorted', () => {
  const state = firstState(look(0, { networkIn: 0, diskRead: 0 }));
  const { collected } = collectorStep(state, look(1, { networkIn: 500, diskRead: 4096 }), limits);
  expect(collected).toEqual({
    metrics: [
      'cpu_percent',
      'disk_read_bytes_per_second',
      'load_1m',
      'memory_percent',
      'network_in_bytes_per_second',
    ],
    values: [25, 4096, 0.5, 40, 500],
  });
});

test('after a sleep the event has its gauges but no rate and no cpu; the next one has all again', () => {
  const asleep = collectorStep(firstState(look(0, { networkIn: 0 })), look(60, { networkIn: 500 }), limits);
  expect(asleep.collected.metrics).toEqual(['load_1m', 'memory_percent']);
  const awake = collectorStep(asleep.state, look(61, { networkIn: 700 }), limits);
  expect(awake.collected.metrics).toContain('network_in_bytes_per_second');
  expect(awake.collected.metrics).toContain('cpu_percent');
});

test('counters that are read seldom: their rate stands until the next reading', () => {
  const slow = { ...limits, countersEveryMs: 30_000 };
  const first = look(0, { networkIn: 0 });
  const second = look(30, { networkIn: 3_000 });
  const between = look(31, {}, { counters: second.counters });
  const step = collectorStep(firstState(first), second, slow);
  const repeated = collectorStep(step.state, between, slow);
  const rateIn = ({ metrics, values }: typeof step.collected) =>
    values[metrics.indexOf('network_in_bytes_per_second')];
  expect(rateIn(step.collected)).toBe(100);
  expect(rateIn(repeated.collected)).toBe(100);
});

test('disk counters of a 32-bit kernel wrap in sectors, not in bytes', () => {
  const limits32 = { ...limits, wordSize: 2 ** 32 };
  const before = look(0, { diskRead: (2 ** 32 - 10) * 512 });
  const { collected } = collectorStep(firstState(before), look(1, { diskRead: 20 * 512 }), limits32);
  expect(collected.values[collected.metrics.indexOf('disk_read_bytes_per_second')]).toBe(30 * 512);
});

test('a value that is not a number is left out', () => {
  const now = look(1, {}, { gauges: { memory_percent: Number.NaN, load_1m: 1 } });
  expect(collectorStep(firstState(look(0, {})), now, limits).collected.metrics).toEqual([
    'cpu_percent',
    'load_1m',
  ]);
});
