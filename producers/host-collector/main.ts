import { arch, hostname, platform } from 'node:os';
import { Counter, Gauge } from 'prom-client';
import type { Settings } from '../../common/config.js';
import { startHealthServer } from '../../common/health-server.js';
import { createPublisher } from '../../common/kafka/publisher.js';
import { Lifecycle, type Running } from '../../common/lifecycle.js';
import type { MetricsRegistry } from '../../common/metrics.js';
import { createMetricStream, eventIds, metricRecord } from '../metric-stream.js';
import type { ProducerOptions } from '../producer-shell.js';
import { startTicker } from '../ticker.js';
import type { collectorSettings } from './config.js';
import { collectorStep, firstState } from './core.js';
import { type CpuCost, cpuCost, readCpuSeconds } from './cpu-cost.js';
import { linuxReader } from './linux-reader.js';
import { portableReader } from './portable-reader.js';
import type { MachineReader } from './reading.js';

export interface CollectorOptions extends ProducerOptions {
  readonly settings: Settings<typeof collectorSettings>;
}

/** A running collector. */
export interface RunningCollector extends Running {
  readonly url: string;
  /** Name of this host in the events. */
  readonly host: string;
  /** Returns what the whole process has cost since the collector started. */
  cost(): CpuCost;
}

/** Starts to collect this machine's metrics. Throws TOPIC_MISSING, PORT_TAKEN or the client's error; then nothing is left running. */
export async function runHostCollector(options: CollectorOptions): Promise<RunningCollector> {
  const { settings, log, now } = options;
  const host = settings.COLLECTOR_HOST ?? hostname();
  const lifecycle = new Lifecycle(log);
  const publisher = await lifecycle.start(
    'publisher',
    () => createPublisher({ ...options, topics: ['metrics'] }),
    (started) => started.close(),
  );
  const stream = createMetricStream({
    ...options,
    publisher,
    component: 'collector',
    maxInFlight: settings.COLLECTOR_MAX_IN_FLIGHT,
  });
  const startedAt = performance.now();
  const startedWith = readCpuSeconds();
  const cost = () => cpuCost(startedWith, readCpuSeconds(), performance.now() - startedAt);
  const skipped = collectorMetrics(options.registry, cost);
  const onTick = await collectTicks(options, host, (record) => stream.offer(record));
  const ticker = await lifecycle.start(
    'ticker',
    async () =>
      startTicker({
        intervalMs: settings.COLLECTOR_INTERVAL_MS,
        now,
        onTick: (at, missed) => {
          skipped.inc(missed);
          return onTick(at);
        },
      }),
    async (started) => {
      await started.stop();
      logCost(log, cost());
    },
  );
  const http = await lifecycle.start(
    'http server',
    () =>
      startHealthServer({
        address: settings.COLLECTOR_HTTP_ADDRESS,
        port: settings.COLLECTOR_HTTP_PORT,
        registry: options.registry,
        health: () => ({ ready: stream.healthy(), facts: { host } }),
      }),
    (started) => started.close(),
  );
  log.info({ url: http.url, host }, 'collecting metrics of this host');
  return { url: http.url, host, cost, done: ticker.done, stop: () => lifecycle.stop() };
}

/** Looks once, so that the first tick has rates, and returns what a tick does. */
async function collectTicks(
  options: CollectorOptions,
  host: string,
  offer: (record: ReturnType<typeof metricRecord>) => boolean,
): Promise<(at: number) => Promise<void>> {
  const { settings } = options;
  const reader = machineReader(options);
  const limits = {
    intervalMs: settings.COLLECTOR_INTERVAL_MS,
    countersEveryMs: reader.countersEveryMs,
    wordSize: reader.wordSize,
  };
  const nextId = eventIds(options.producerId);
  const labels = { group: settings.COLLECTOR_GROUP };
  let state = firstState(await reader.read());
  return async (at) => {
    const step = collectorStep(state, await reader.read(), limits);
    state = step.state;
    if (step.collected.metrics.length === 0) return;
    offer(
      metricRecord({ id: nextId(), host, timestamp: at, source: 'collector', ...step.collected, labels }),
    );
  };
}

function machineReader({ settings, now, log }: CollectorOptions): MachineReader {
  const system = platform();
  const readerOptions = {
    platform: system,
    intervalMs: settings.COLLECTOR_INTERVAL_MS,
    slowIntervalMs: settings.COLLECTOR_SLOW_INTERVAL_MS,
    wordSize: ['arm', 'ia32', 'mips', 'mipsel', 'ppc'].includes(arch()) ? 2 ** 32 : 2 ** 64,
    monotonicNow: () => performance.now(),
    wallNow: now,
    log,
  };
  return system === 'linux' ? linuxReader(readerOptions) : portableReader(readerOptions);
}

function logCost(log: CollectorOptions['log'], cost: CpuCost): void {
  const rounded = Object.fromEntries(
    Object.entries(cost).map(([name, value]) => [name, Math.round(value * 1000) / 1000]),
  );
  log.info(rounded, 'cost of collecting, whole process with its children');
}

function collectorMetrics(registry: MetricsRegistry, cost: () => CpuCost): Counter {
  const registers = [registry];
  new Gauge({
    name: 'tidewatch_collector_cpu_seconds_per_hour',
    help: 'CPU seconds that the whole process and its children spend per hour; 36 is 1 % of one processor',
    registers,
    collect() {
      this.set(cost().cpuSecondsPerHour);
    },
  });
  return new Counter({
    name: 'tidewatch_collector_ticks_skipped_total',
    help: 'Ticks left out because the process was asleep or held up',
    registers,
  });
}
