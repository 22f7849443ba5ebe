import { Counter, Gauge } from 'prom-client';
import type { Settings } from '../../common/config.js';
import { startHealthServer } from '../../common/health-server.js';
import { createPublisher, type OutgoingRecord } from '../../common/kafka/publisher.js';
import { Lifecycle, type Running } from '../../common/lifecycle.js';
import type { MetricsRegistry } from '../../common/metrics.js';
import { type Truth, truthCodec } from '../../schemas/truth.js';
import { createMetricStream, metricRecord } from '../metric-stream.js';
import type { ProducerOptions } from '../producer-shell.js';
import { startTicker, type Ticker } from '../ticker.js';
import type { simulatorSettings } from './config.js';
import { addControl } from './control.js';
import { Simulation } from './core.js';

export interface SimulatorOptions extends ProducerOptions {
  readonly settings: Settings<typeof simulatorSettings>;
}

/** A running simulator and the address of its HTTP control. */
export interface RunningSimulator extends Running {
  /** For example http://127.0.0.1:8085. */
  readonly url: string;
  readonly hosts: readonly string[];
}

/** Starts the simulated hosts and the HTTP control. Throws TOPIC_MISSING, PORT_TAKEN or the client's error; then nothing is left running. */
export async function runSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { settings, log, now } = options;
  const lifecycle = new Lifecycle(log);
  const simulation = new Simulation(simulationOptions(options));
  const publisher = await lifecycle.start(
    'publisher',
    () => createPublisher({ ...options, topics: ['metrics', 'truth'] }),
    (started) => started.close(),
  );
  const stream = createMetricStream({
    ...options,
    publisher,
    component: 'simulator',
    maxInFlight: settings.SIM_MAX_IN_FLIGHT,
  });
  const ticks = tickMetrics(options.registry, simulation);
  const ticker = await lifecycle.start(
    'ticker',
    async (): Promise<Ticker> =>
      startTicker({
        intervalMs: settings.SIM_INTERVAL_MS,
        now,
        onTick: (at, skipped) => {
          ticks.skipped.inc(skipped);
          const { truths, events } = simulation.step(at);
          for (const truth of truths) {
            log.info({ incident: truth.kind, host: truth.host, cause: truth.cause }, 'incident begins');
            stream.offer(truthRecord(truth));
          }
          for (const event of events) stream.offer(metricRecord(event));
        },
      }),
    (started) => started.stop(),
  );
  const http = await lifecycle.start(
    'http control',
    () =>
      startHealthServer({
        address: settings.SIM_HTTP_ADDRESS,
        port: settings.SIM_HTTP_PORT,
        registry: options.registry,
        health: () => ({ ready: stream.healthy(), facts: { hosts: simulation.hostNames.length } }),
        routes: (server) => addControl(server, { simulation, nextAt: ticker.nextAt }),
      }),
    (started) => started.close(),
  );
  log.info({ url: http.url, hosts: simulation.hostNames.length }, 'simulating hosts');
  return {
    url: http.url,
    hosts: simulation.hostNames,
    done: ticker.done,
    stop: () => lifecycle.stop(),
  };
}

function simulationOptions({ settings, producerId, now }: SimulatorOptions) {
  return {
    hosts: settings.SIM_HOSTS,
    seed: settings.SIM_SEED,
    startAt: now(),
    dayMs: settings.SIM_DAY_SECONDS * 1000,
    group: settings.SIM_GROUP,
    producerId,
    incidents: {
      enabled: settings.SIM_INCIDENTS,
      everyMs: settings.SIM_INCIDENT_EVERY_SECONDS * 1000,
      quietMs: settings.SIM_QUIET_SECONDS * 1000,
    },
  };
}

function truthRecord(truth: Truth): OutgoingRecord {
  return {
    topic: 'truth',
    key: truth.host,
    value: truthCodec.encode(truth),
    headers: { 'tidewatch-id': truth.id },
  };
}

function tickMetrics(registry: MetricsRegistry, simulation: Simulation) {
  const registers = [registry];
  new Gauge({
    name: 'tidewatch_simulator_incidents_running',
    help: 'Incidents that go on, by host and kind',
    labelNames: ['host', 'kind'],
    registers,
    collect() {
      this.reset();
      for (const { host, name } of simulation.running()) this.inc({ host, kind: name });
    },
  });
  return {
    skipped: new Counter({
      name: 'tidewatch_simulator_ticks_skipped_total',
      help: 'Ticks left out because the process was asleep or held up',
      registers,
    }),
  };
}
