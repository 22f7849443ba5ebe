import type { IncidentKind } from '../../schemas/truth.js';
import type { Readings, SimulatedMetric } from './metrics.js';

/** What can be asked for: the scheduled kinds and the four kinds of stress. */
export const INCIDENT_NAMES = [
  'spike',
  'leak',
  'saturation',
  'silence',
  'level_shift',
  'restart',
  'cpu',
  'memory',
  'network',
  'disk',
] as const;

export type IncidentName = (typeof INCIDENT_NAMES)[number];

/** How far an incident is: `elapsedMs` since its first event, `progress` = share of its planned length, 0 to 1. */
export interface Progress {
  readonly elapsedMs: number;
  readonly progress: number;
  /** Strength; 1 is the default of the kind. */
  readonly magnitude: number;
}

/** One kind of incident. */
export interface IncidentForm {
  /** Its kind in the truth. */
  readonly truth: IncidentKind;
  /** Metrics that it moves clearly; those it moves mildly by correlation are not named. */
  readonly metrics: readonly SimulatedMetric[];
  /** Shortest and longest scheduled length, seconds. */
  readonly seconds: readonly [number, number];
  /** How often the schedule picks it, against the others; 0 = never. */
  readonly weight: number;
  /** Changes one tick's readings in place. */
  readonly apply: (readings: Readings, at: Progress) => void;
}

const ALL_METRICS: readonly SimulatedMetric[] = [
  'cpu_percent',
  'disk_read_bytes_per_second',
  'disk_write_bytes_per_second',
  'load_1m',
  'memory_percent',
  'network_in_bytes_per_second',
  'network_out_bytes_per_second',
];

/** Moves a percent towards a target: the whole way at magnitude 1, half of it at 0.5, never beyond. */
function pull(readings: Readings, metric: SimulatedMetric, target: number, share: number): void {
  readings[metric] += (target - readings[metric]) * Math.min(1, share);
}

function scale(readings: Readings, metrics: readonly SimulatedMetric[], factor: number): void {
  for (const metric of metrics) readings[metric] *= factor;
}

const NETWORK = ['network_in_bytes_per_second', 'network_out_bytes_per_second'] as const;
const DISK = ['disk_read_bytes_per_second', 'disk_write_bytes_per_second'] as const;

/** How much of a jump a one-minute load average has followed: the kernel averages exponentially over 60 s. */
function minuteAverage(elapsedMs: number): number {
  return 1 - Math.exp(-elapsedMs / 60_000);
}

const untouched = () => undefined;

/** The kinds of incidents; another kind is another line here. Level shifts and restarts act on the host itself (see host.ts). */
export const INCIDENT_FORMS: Readonly<Record<IncidentName, IncidentForm>> = {
  spike: {
    truth: 'spike',
    metrics: ['cpu_percent', 'load_1m', ...NETWORK],
    seconds: [10, 25],
    weight: 3,
    apply: (readings, { magnitude }) => {
      pull(readings, 'cpu_percent', 97, magnitude);
      scale(readings, NETWORK, 1 + 2.5 * magnitude);
      scale(readings, DISK, 1 + 0.4 * magnitude);
      readings.load_1m *= 1 + 1.5 * magnitude;
    },
  },
  leak: {
    truth: 'leak',
    metrics: ['memory_percent'],
    seconds: [120, 240],
    weight: 2,
    apply: (readings, { magnitude, progress }) => {
      pull(readings, 'memory_percent', 97, progress * magnitude);
      // Near the end the page cache is gone and reads go to the disk.
      scale(readings, ['disk_read_bytes_per_second'], 1 + 2 * magnitude * progress ** 4);
    },
  },
  saturation: {
    truth: 'saturation',
    metrics: ['load_1m', ...DISK],
    seconds: [40, 90],
    weight: 2,
    apply: (readings, { magnitude }) => {
      scale(readings, DISK, 1 + 5 * magnitude);
      scale(readings, NETWORK, 1 / (1 + 0.4 * magnitude));
      readings.cpu_percent += 8 * magnitude;
      readings.load_1m += 5 * magnitude;
    },
  },
  silence: { truth: 'silence', metrics: ALL_METRICS, seconds: [20, 45], weight: 1, apply: untouched },
  level_shift: {
    truth: 'level_shift',
    metrics: ['cpu_percent', ...DISK, ...NETWORK],
    seconds: [1, 1],
    weight: 1,
    apply: untouched,
  },
  restart: { truth: 'restart', metrics: ALL_METRICS, seconds: [8, 15], weight: 0.7, apply: untouched },
  cpu: {
    truth: 'stress',
    metrics: ['cpu_percent'],
    seconds: [10, 60],
    weight: 0,
    apply: (readings, { magnitude, elapsedMs }) => {
      pull(readings, 'cpu_percent', 99, magnitude);
      readings.load_1m *= 1 + magnitude * minuteAverage(elapsedMs);
      readings.memory_percent += 2 * magnitude;
      scale(readings, NETWORK, 1 + 0.1 * magnitude);
    },
  },
  memory: {
    truth: 'stress',
    metrics: ['memory_percent'],
    seconds: [10, 60],
    weight: 0,
    apply: (readings, { magnitude, elapsedMs }) => {
      pull(readings, 'memory_percent', 97, magnitude * Math.min(1, 0.5 + elapsedMs / 4_000));
      readings.cpu_percent += 3 * magnitude;
      scale(readings, ['disk_read_bytes_per_second'], 1 + 0.2 * magnitude);
    },
  },
  network: {
    truth: 'stress',
    metrics: NETWORK,
    seconds: [10, 60],
    weight: 0,
    apply: (readings, { magnitude }) => {
      scale(readings, NETWORK, 1 + 8 * magnitude);
      readings.cpu_percent += 4 * magnitude;
    },
  },
  disk: {
    truth: 'stress',
    metrics: DISK,
    seconds: [10, 60],
    weight: 0,
    apply: (readings, { magnitude }) => {
      scale(readings, DISK, 1 + 8 * magnitude);
      readings.load_1m *= 1 + 0.3 * magnitude;
      readings.cpu_percent += 3 * magnitude;
    },
  },
};

/** Returns true for incidents during which the host sends nothing. */
export function isSilent(name: IncidentName): boolean {
  return name === 'silence' || name === 'restart';
}
