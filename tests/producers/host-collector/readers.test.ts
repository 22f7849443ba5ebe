import { cpus, platform } from 'node:os';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../common/log.js';
import { holdsWithin } from '../../../infra/local/wait.js';
import { collectorStep, firstState } from '../../../producers/host-collector/core.js';
import { cpuCost, readCpuSeconds } from '../../../producers/host-collector/cpu-cost.js';
import { linuxReader } from '../../../producers/host-collector/linux-reader.js';
import { portableReader } from '../../../producers/host-collector/portable-reader.js';
import { GAUGE_METRICS, type MachineReader } from '../../../producers/host-collector/reading.js';

/** A reader of this machine with clocks that run a second from look to look. */
function readerOf(make: typeof linuxReader) {
  let looks = 0;
  return make({
    platform: platform(),
    intervalMs: 1000,
    slowIntervalMs: 60_000,
    wordSize: 2 ** 64,
    monotonicNow: () => looks * 1000,
    wallNow: () => {
      looks += 1;
      return 1e12 + looks * 1000;
    },
    log: silentLogger(),
  });
}

/** 1 % of one processor, milliseconds of each second. */
const ONE_PERCENT_MS = 10;

/** Looks once the kernel's processor times have moved: it counts in steps of 10 ms, and without a step there is no share of it. */
async function lookAgain(reader: MachineReader) {
  const times = () => cpus().reduce((sum, { times: { user, sys, idle } }) => sum + user + sys + idle, 0);
  const before = times();
  await holdsWithin(() => times() >= before + 50, { timeoutMs: 5_000, everyMs: 10 });
  return reader.read();
}

describe.runIf(platform() === 'linux')('on this machine', () => {
  test('the same metrics at every look, within their ranges', async () => {
    const reader = readerOf(linuxReader);
    const limits = { intervalMs: 1000, countersEveryMs: reader.countersEveryMs, wordSize: reader.wordSize };
    const first = await reader.read();
    const second = collectorStep(firstState(first), await lookAgain(reader), limits);
    const third = collectorStep(second.state, await lookAgain(reader), limits);
    expect(third.collected.metrics).toEqual(second.collected.metrics);
    expect(second.collected.metrics).toEqual(expect.arrayContaining([...GAUGE_METRICS]));
    expect(second.collected.metrics).toContain('network_in_bytes_per_second');
    second.collected.metrics.forEach((metric, index) => {
      const value = second.collected.values[index] ?? Number.NaN;
      expect(value >= 0 && value <= (metric.endsWith('_percent') ? 100 : 1e11)).toBe(true);
    });
  });

  test('the portable reader agrees on what both can see', async () => {
    const [linux, portable] = [await readerOf(linuxReader).read(), await readerOf(portableReader).read()];
    expect(Object.keys(portable.gauges).sort()).toEqual(Object.keys(linux.gauges).sort());
    const interfaces = linux.counters.networkIn?.counters.keys() ?? [];
    expect([...(portable.counters.networkIn?.counters.keys() ?? [])]).toEqual([...interfaces]);
  });

  test('a look a second, with what is looked at once a minute, takes far less than 1 % of a processor', async () => {
    const reader = readerOf(linuxReader);
    const look = async (times: number) => {
      for (let i = 0; i < times; i += 1) await reader.read();
    };
    await look(60);
    const start = readCpuSeconds();
    await look(120);
    const { cpuSeconds } = cpuCost(start, readCpuSeconds(), 120_000);
    expect((1000 * cpuSeconds) / 120).toBeLessThan(ONE_PERCENT_MS);
  });
});

test('cost: own time and children, scaled to an hour', () => {
  const start = { own: 1, children: 0.5 };
  expect(cpuCost(start, { own: 1.9, children: 0.6 }, 100_000)).toEqual({
    cpuSeconds: expect.closeTo(1, 9),
    elapsedSeconds: 100,
    cpuSecondsPerHour: expect.closeTo(36, 9),
  });
  expect(cpuCost(start, start, 0).cpuSecondsPerHour).toBe(0);
  expect(cpuCost({ own: 1, children: null }, { own: 2, children: null }, 3_600_000).cpuSeconds).toBe(1);
  expect(readCpuSeconds().own).toBeGreaterThan(0);
});
