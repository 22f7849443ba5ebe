import { busyPercent, type CounterReading, ratedSeconds, totalRate } from './rates.js';
import { COUNTER_NAMES, type CounterName, type MachineReading, RATE_METRICS } from './reading.js';

/** Largest rate that one network interface or disk can have, bytes per second (800 Gbit/s). */
const MAX_BYTES_PER_SECOND = 1e11;

/** Bytes of one unit of the disk counters, which are kept in sectors by the kernel: they wrap at so much more. */
const SECTOR_BYTES = 512;

export interface CollectorLimits {
  /** Planned time between two events, ms. */
  readonly intervalMs: number;
  /** Planned time between two readings of the counters, ms. */
  readonly countersEveryMs: number;
  /** Where counters begin again at 0: 2^32 or 2^64. */
  readonly wordSize: number;
}

/** What the collector remembers between two looks at the machine. */
export interface CollectorState {
  readonly last: MachineReading;
  /** Newest rates; where counters are read seldom they stand until the next reading. */
  readonly rates: Readonly<Partial<Record<CounterName, number>>>;
}

/** One event's content: sorted names and their values. */
export interface CollectedValues {
  readonly metrics: readonly string[];
  readonly values: readonly number[];
}

export interface CollectorStep {
  readonly state: CollectorState;
  readonly collected: CollectedValues;
}

/** Returns the state after the first look, which gives no rates yet. */
export function firstState(reading: MachineReading): CollectorState {
  return { last: reading, rates: {} };
}

/** Returns the values of a look at the machine and the state for the next one. A value that cannot be told is left out. */
export function collectorStep(
  state: CollectorState,
  reading: MachineReading,
  limits: CollectorLimits,
): CollectorStep {
  const rates: Partial<Record<CounterName, number>> = {};
  for (const name of COUNTER_NAMES) {
    const rate = rateOf(name, state, reading, limits);
    if (rate !== undefined) rates[name] = rate;
  }
  const named = new Map<string, number>(Object.entries(reading.gauges));
  for (const name of COUNTER_NAMES) {
    const rate = rates[name];
    if (rate !== undefined) named.set(RATE_METRICS[name], rate);
  }
  const cpu = cpuPercent(state.last, reading, limits.intervalMs);
  if (cpu !== null) named.set('cpu_percent', cpu);
  return { state: { last: reading, rates }, collected: sorted(named) };
}

function rateOf(
  name: CounterName,
  state: CollectorState,
  reading: MachineReading,
  limits: CollectorLimits,
): number | undefined {
  const before: CounterReading | undefined = state.last.counters[name];
  const now: CounterReading | undefined = reading.counters[name];
  if (before === undefined || now === undefined) return undefined;
  if (now === before) return state.rates[name];
  const wrapAt = limits.wordSize * (name.startsWith('disk') ? SECTOR_BYTES : 1);
  const rate = totalRate(before, now, {
    intervalMs: limits.countersEveryMs,
    wrapAt,
    maxPerSecond: MAX_BYTES_PER_SECOND,
  });
  return rate ?? undefined;
}

function cpuPercent(before: MachineReading, now: MachineReading, intervalMs: number): number | null {
  return ratedSeconds(before, now, intervalMs) === null
    ? null
    : busyPercent(before.processors, now.processors);
}

function sorted(named: ReadonlyMap<string, number>): CollectedValues {
  const finite = [...named].filter(([, value]) => Number.isFinite(value));
  finite.sort(([left], [right]) => (left < right ? -1 : 1));
  return { metrics: finite.map(([metric]) => metric), values: finite.map(([, value]) => value) };
}
