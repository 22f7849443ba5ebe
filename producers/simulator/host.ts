import { gaussian, type Random, seededRandom } from '../../common/random.js';
import { clampReadings, type Readings } from './metrics.js';
import { autoregress, follow } from './noise.js';
import { rhythm } from './rhythm.js';

/** What is normal for one host at a load factor of 1. */
export interface HostProfile {
  readonly name: string;
  readonly cores: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
  readonly networkBytesPerSecond: number;
  readonly diskBytesPerSecond: number;
  readonly diskUsedPercent: number;
  /** Shift of the host's day against UTC, days. */
  readonly dayShift: number;
}

/** State of one host between two ticks. */
export interface HostState {
  readonly profile: HostProfile;
  readonly random: Random;
  /** Time of the last tick, ms; null before the first. */
  lastAt: number | null;
  /** Level of the host's work since its last level shift; 1 = as profiled. */
  level: number;
  /** Slow wandering of the shared load, of memory and of the disk's use; standard deviation 1. */
  loadNoise: number;
  memoryNoise: number;
  /** Exponential means: load as the kernel shows it, and what memory follows. */
  load: number | null;
  memoryLoad: number | null;
  /** Time of the last restart's end, ms; memory fills again from there. */
  restartedAt: number | null;
}

/** Time constants, ms. A minute's load mean is the kernel's own definition; caches are warm again when the truth of a restart ends (RECOVERY_MS). */
const LOAD_NOISE_MS = 20_000;
const MEMORY_NOISE_MS = 120_000;
const LOAD_MEAN_MS = 60_000;
const MEMORY_FOLLOW_MS = 300_000;
const WARM_CACHE_MS = 30_000;

const MEGABYTE = 1_000_000;

/** Returns the profile of host number `index` (from 0): sim-1 is a small web server, sim-2 a busy one, sim-3 a database; then on in turn. */
export function hostProfile(index: number): HostProfile {
  const kinds = [
    { cores: 4, cpu: 24, memory: 42, network: 2, disk: 0.8, used: 37 },
    { cores: 8, cpu: 38, memory: 58, network: 9, disk: 2.2, used: 54 },
    { cores: 16, cpu: 31, memory: 71, network: 4, disk: 12, used: 68 },
  ] as const;
  const kind = kinds[index % kinds.length] ?? kinds[0];
  const size = 1 + 0.07 * (Math.floor(index / kinds.length) % 5);
  return {
    name: `sim-${index + 1}`,
    cores: kind.cores,
    cpuPercent: kind.cpu,
    memoryPercent: kind.memory,
    networkBytesPerSecond: kind.network * size * MEGABYTE,
    diskBytesPerSecond: kind.disk * size * MEGABYTE,
    diskUsedPercent: kind.used,
    dayShift: (index % 3) * 0.02,
  };
}

/** Returns a host that has not ticked yet. */
export function createHost(profile: HostProfile, seed: number): HostState {
  return {
    profile,
    random: seededRandom(seed),
    lastAt: null,
    level: 1,
    loadNoise: 0,
    memoryNoise: 0,
    load: null,
    memoryLoad: null,
    restartedAt: null,
  };
}

/**
 * Advances a host to `at` and returns its readings without incidents. One shared load factor drives cpu, network and
 * disk; the load average and memory follow it slowly. Always the same number of draws: an incident changes no noise.
 */
export function readHost(host: HostState, at: number, dayMs: number): Readings {
  const { profile, random } = host;
  const elapsedMs = host.lastAt === null ? 10 * MEMORY_FOLLOW_MS : Math.max(0, at - host.lastAt);
  host.lastAt = at;
  host.loadNoise = autoregress(host.loadNoise, elapsedMs, LOAD_NOISE_MS, random);
  host.memoryNoise = autoregress(host.memoryNoise, elapsedMs, MEMORY_NOISE_MS, random);
  const jitter = () => gaussian(random);

  const factor = rhythm(at + profile.dayShift * dayMs, dayMs) * (1 + 0.05 * host.loadNoise) * host.level;
  const warm = host.restartedAt === null ? 1 : 1 - Math.exp(-(at - host.restartedAt) / WARM_CACHE_MS);
  const cold = 1 - warm;
  // What the services do to start again counts in the load average as well.
  const cpu = profile.cpuPercent * factor + 20 * cold + 0.9 * jitter();
  const runnable = (profile.cores * Math.max(0, cpu)) / 100;
  host.load = follow(host.load ?? runnable, runnable, elapsedMs, LOAD_MEAN_MS);
  host.memoryLoad = follow(host.memoryLoad ?? factor, factor, elapsedMs, MEMORY_FOLLOW_MS);

  const network = profile.networkBytesPerSecond * factor;
  const disk = profile.diskBytesPerSecond * factor ** 0.8;
  return clampReadings({
    cpu_percent: cpu,
    disk_read_bytes_per_second: disk * 0.4 * Math.exp(0.12 * jitter()) * (1 + 5 * cold),
    disk_used_percent: profile.diskUsedPercent + 1.5 * Math.sin((2 * Math.PI * at) / dayMs) + 0.02 * jitter(),
    disk_write_bytes_per_second: disk * Math.exp(0.1 * jitter()),
    load_1m: host.load * (1 + 0.02 * jitter()),
    memory_percent:
      (profile.memoryPercent + 9 * (host.memoryLoad - 1) + 0.5 * host.memoryNoise) * (0.3 + 0.7 * warm) +
      0.12 * jitter(),
    network_in_bytes_per_second: network * Math.exp(0.06 * jitter()),
    network_out_bytes_per_second: network * 0.6 * Math.exp(0.06 * jitter()),
  });
}

/** Marks the end of a restart: memory starts nearly empty, caches are cold, the load average is zero. */
export function rebootHost(host: HostState, at: number): void {
  host.restartedAt = at;
  host.load = 0;
}
