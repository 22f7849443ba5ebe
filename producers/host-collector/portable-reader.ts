import si from 'systeminformation';
import { fullestDiskPercent, loadGauge, memoryGauges, processorTimes } from './gauges.js';
import { isRealInterface } from './proc-files.js';
import type { CounterReading } from './rates.js';
import type { ReaderOptions } from './reader-options.js';
import type { CounterName, MachineReader, MachineReading } from './reading.js';
import { firstReadings, slowValue } from './slow-values.js';

/**
 * Returns a reader for every other system. Only processors and load are free there; all else costs child processes and
 * is read at the slow rhythm, its newest value repeated in between.
 */
export function portableReader(options: ReaderOptions): MachineReader {
  const { monotonicNow, wallNow, log, slowIntervalMs: everyMs } = options;
  const slow = { everyMs, monotonicNow, log };
  const moment = () => ({ monotonicMs: monotonicNow(), wallMs: wallNow() });
  const memory = slowValue({ ...slow, name: 'memory', read: memoryGauges });
  const diskUse = slowValue({ ...slow, name: 'disk use', read: fullestDiskPercent });
  const processes = slowValue({ ...slow, name: 'processes', read: async () => (await si.processes()).all });
  const network = slowValue({ ...slow, name: 'network counters', read: () => networkCounters(moment) });
  const disk = slowValue({ ...slow, name: 'disk counters', read: () => diskCounters(moment) });
  const waitForFirst = firstReadings([memory, diskUse, processes, network, disk]);
  const read = (): MachineReading => {
    const use = diskUse.get();
    const count = processes.get();
    return {
      ...moment(),
      processors: processorTimes(),
      gauges: {
        ...memory.get(),
        ...loadGauge(options.platform),
        ...(use === undefined ? {} : { disk_used_percent: use }),
        ...(count === undefined ? {} : { processes: count }),
      },
      counters: { ...network.get(), ...disk.get() },
    };
  };
  return {
    countersEveryMs: everyMs,
    wordSize: options.wordSize,
    read: async () => {
      await waitForFirst();
      return read();
    },
  };
}

type Counters = Readonly<Partial<Record<CounterName, CounterReading>>>;
type At = Omit<CounterReading, 'counters'>;

async function networkCounters(moment: () => At): Promise<Counters> {
  const stats = (await si.networkStats('*')).filter(({ iface }) => isRealInterface(iface));
  const at = moment();
  return {
    networkIn: { ...at, counters: new Map(stats.map(({ iface, rx_bytes }) => [iface, rx_bytes])) },
    networkOut: { ...at, counters: new Map(stats.map(({ iface, tx_bytes }) => [iface, tx_bytes])) },
  };
}

/** systeminformation has one sum over all disks, and nothing on Windows and some BSDs. */
async function diskCounters(moment: () => At): Promise<Counters> {
  const stats: si.Systeminformation.FsStatsData | null = await si.fsStats();
  if (stats === null) return {};
  const at = moment();
  return {
    diskRead: { ...at, counters: new Map([['all', stats.rx]]) },
    diskWritten: { ...at, counters: new Map([['all', stats.wx]]) },
  };
}
