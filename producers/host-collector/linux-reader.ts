import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fullestDiskPercent, loadGauge, memoryGauges, processorTimes } from './gauges.js';
import { optionalReader } from './optional-value.js';
import { isRealDisk, parseDiskStatistics, parseNetworkDevices } from './proc-files.js';
import type { CounterReading } from './rates.js';
import type { ReaderOptions } from './reader-options.js';
import type { MachineReader, MachineReading } from './reading.js';
import { firstReadings, slowValue } from './slow-values.js';

/**
 * Returns a reader for Linux: counters straight from /proc, because systeminformation starts child processes for them
 * (measured per call: networkStats 47 ms of CPU, processes 187 ms, fsStats 20 ms, currentLoad 10 ms; the budget of a
 * whole tick is 10 ms). Memory comes from systeminformation (it reads /proc/meminfo); disk use too, at the slow rhythm.
 */
export function linuxReader(options: ReaderOptions): MachineReader {
  const { monotonicNow, wallNow, log, slowIntervalMs: everyMs } = options;
  const slow = { everyMs, monotonicNow, log };
  const diskUse = slowValue({ ...slow, name: 'disk use', read: fullestDiskPercent });
  const disks = slowValue({ ...slow, name: 'disks', read: realDisks });
  const waitForFirst = firstReadings([diskUse, disks]);
  const optional = optionalReader(log);
  const read = async (): Promise<MachineReading> => {
    await waitForFirst();
    const memory = await optional('memory', memoryGauges);
    const processes = await optional('processes', processGauge);
    const at = { monotonicMs: monotonicNow(), wallMs: wallNow() };
    const network = await optional('network counters', () => networkCounters(at));
    const disk = await optional('disk counters', () => diskCounters(at, disks.get() ?? new Set()));
    const use = diskUse.get();
    return {
      ...at,
      processors: processorTimes(),
      gauges: {
        ...memory,
        ...processes,
        ...loadGauge('linux'),
        ...(use === undefined ? {} : { disk_used_percent: use }),
      },
      counters: { ...network, ...disk },
    };
  };
  return { countersEveryMs: options.intervalMs, wordSize: options.wordSize, read };
}

type At = Omit<CounterReading, 'counters'>;

function networkCounters(at: At): Pick<MachineReading['counters'], 'networkIn' | 'networkOut'> {
  const { into, outOf } = parseNetworkDevices(readFileSync('/proc/net/dev', 'latin1'));
  return { networkIn: { ...at, counters: into }, networkOut: { ...at, counters: outOf } };
}

function diskCounters(
  at: At,
  disks: ReadonlySet<string>,
): Pick<MachineReading['counters'], 'diskRead' | 'diskWritten'> {
  const { into, outOf } = parseDiskStatistics(readFileSync('/proc/diskstats', 'latin1'), disks);
  return { diskRead: { ...at, counters: outOf }, diskWritten: { ...at, counters: into } };
}

async function realDisks(): Promise<ReadonlySet<string>> {
  return new Set((await readdir('/sys/block')).filter(isRealDisk));
}

async function processGauge(): Promise<{ readonly processes: number }> {
  const names = await readdir('/proc');
  return { processes: names.filter((name) => name >= '0' && name < ':').length };
}
