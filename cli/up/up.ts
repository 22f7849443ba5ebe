/* Above 300 lines: one object owns everything that a run has started, so that a start that fails half-way stops exactly that. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../common/config.js';
import { TidewatchError } from '../../common/errors.js';
import type { HealthServer } from '../../common/health-server.js';
import { applyTopics } from '../../common/kafka/apply-topics.js';
import { createKafka, type KafkaClient } from '../../common/kafka/client.js';
import type { kafkaSettings, topicSettings } from '../../common/kafka/settings.js';
import { pause, within } from '../../common/lifecycle.js';
import { createLogger, type Logger } from '../../common/log.js';
import { freePort, isPortFree } from '../../infra/local/ports.js';
import type { ServicesOptions } from '../../infra/local/services.js';
import type { simulatorSettings } from '../../producers/simulator/config.js';
import type { influxdbSettings } from '../../sinks/influxdb/config.js';
import { countStream } from '../check/counts.js';
import { countsLine } from '../commands/check.js';
import type { Io } from '../io.js';
import { kafkaSecurity } from '../kafka-connection.js';
import { serviceSettings } from '../service-settings.js';
import type { localServiceSettings, processSettings } from '../settings.js';
import { ChildGroup } from './child-group.js';
import type { ChildState } from './child-process.js';
import { startOverview } from './overview.js';
import { type Plan, planChildren } from './plan.js';
import type { upSettings } from './settings.js';
import { StreamWatch } from './stream.js';
import { SummaryDisplay } from './terminal.js';
import { UpServices } from './up-services.js';

/** Everything that `up` was told. */
export interface UpOptions {
  readonly process: Settings<typeof processSettings>;
  readonly kafka: Settings<typeof kafkaSettings>;
  readonly topics: Settings<typeof topicSettings>;
  readonly influx: Settings<typeof influxdbSettings>;
  readonly simulator: Settings<typeof simulatorSettings>;
  readonly up: Settings<typeof upSettings>;
  readonly ports: Settings<typeof localServiceSettings>;
  /** Leaves the simulator out. */
  readonly onlyHost: boolean;
  /** Stops by itself after so many milliseconds of running; null = when told to. */
  readonly forMs: number | null;
  /** Environment of the children: the process's own, with the flags of this command laid over it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const START_GRACE_MS = 8_000;
const DRAIN_DEADLINE_MS = 3_000;
/** The built command, beside this file's folder. */
const ENTRY = fileURLToPath(new URL('../main.js', import.meta.url));

/** Runs the whole stream on this machine until a signal, `--for`, or a start that fails; then stops all that it started, in order. */
export async function runUp(io: Io, options: UpOptions): Promise<void> {
  const home = resolve(options.process.TIDEWATCH_HOME);
  const log = createLogger({
    level: options.process.LOG_LEVEL === 'info' ? 'error' : options.process.LOG_LEVEL,
    name: 'up',
  });
  const run = new UpRun(io, { ...options, process: { ...options.process, TIDEWATCH_HOME: home } }, log);
  const interrupted = io.interrupted.then(() => 'interrupted' as const);
  try {
    const started = await Promise.race([run.start().then(() => 'started' as const), interrupted]);
    if (started === 'started') await run.showUntil(interrupted);
  } finally {
    await run.stop();
  }
}

class UpRun {
  readonly #io: Io;
  readonly #options: UpOptions;
  readonly #log: Logger;
  readonly #display: SummaryDisplay;
  readonly #stopping = new AbortController();
  readonly #services: UpServices;
  #client: KafkaClient | undefined;
  #stream: StreamWatch | undefined;
  #overview: HealthServer | undefined;
  readonly #consumers: ChildGroup;
  readonly #producers: ChildGroup;
  #starting: Promise<void> | undefined;
  #addresses: readonly string[] = [];

  constructor(io: Io, options: UpOptions, log: Logger) {
    this.#io = io;
    this.#options = options;
    this.#log = log;
    this.#display = new SummaryDisplay(io);
    const group = {
      entry: ENTRY,
      logFolder: join(options.process.TIDEWATCH_HOME, 'logs'),
      log,
      signal: this.#stopping.signal,
    };
    this.#consumers = new ChildGroup(group);
    this.#producers = new ChildGroup(group);
    this.#services = new UpServices(
      {
        ...servicesOptions(io, options, log, (line) => this.#display.say(line)),
        signal: this.#stopping.signal,
      },
      (line) => this.#display.say(line),
    );
  }

  /** Resolves when everything runs, or early once the stop has begun. */
  start(): Promise<void> {
    this.#starting = this.#startAll();
    return this.#starting;
  }

  async #startAll(): Promise<void> {
    const { signal } = this.#stopping;
    await this.#services.start();
    if (signal.aborted) return;
    await this.#makeTopics();
    const plan = await this.#plan();
    this.#stream = new StreamWatch(this.#streamOptions());
    await this.#stream.start();
    if (signal.aborted) return;
    await this.#consumers.start(plan.consumers);
    if (signal.aborted) return;
    await this.#producers.start(plan.producers);
    this.#overview = await this.#openOverview();
    this.#addresses = this.#describeAddresses();
    for (const line of this.#addresses) this.#display.say(line);
    this.#display.say('running; Ctrl-C stops everything that was started');
  }

  /** Shows summaries until the signal or the end of `--for`. */
  async showUntil(interrupted: Promise<unknown>): Promise<void> {
    const { forMs, up } = this.#options;
    const over =
      forMs === null ? interrupted : Promise.race([interrupted, pause(forMs, this.#stopping.signal)]);
    let running = true;
    const ended = over.then(() => {
      running = false;
    });
    while (running) {
      // A broker that does not answer holds up the question for the lag; a signal must not wait for it.
      await Promise.race([ended, this.#showOnce()]);
      if (!running) break;
      await Promise.race([
        ended,
        pause(this.#display.isLive ? up.UP_SUMMARY_MS : up.UP_SUMMARY_MS * 10, this.#stopping.signal),
      ]);
    }
  }

  /** Producers first, then what is under way is finished, then the rest: nothing that was published is left unscored. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#display.say('stopping');
    // A start that is under way knows best what it has started; it ends at its next step.
    await within(this.#starting ?? Promise.resolve(), START_GRACE_MS, 'the start to end').catch(
      () => undefined,
    );
    await this.#producers.stop();
    await this.#finishStream();
    await this.#consumers.stop();
    await this.#stream?.stop();
    await this.#overview?.close();
    await this.#services.stop();
    this.#display.say('stopped');
  }

  async #finishStream(): Promise<void> {
    if (this.#producers.states.length === 0 || this.#stream === undefined) return;
    const drained = await this.#stream.drained(DRAIN_DEADLINE_MS, this.#services.influx !== undefined);
    if (!drained)
      this.#display.say('not everything is scored yet; the next start goes on where this one stopped');
    if (this.#options.forMs !== null && drained) await this.#sayCounts();
  }

  /** At the end of a run of fixed length, the proof that nothing was lost. */
  async #sayCounts(): Promise<void> {
    const { influx } = this.#services;
    if (influx === undefined) return;
    const counts = await countStream({
      ...this.#streamOptions(),
      influx: { url: influx.url, bucket: influx.bucket, token: influx.token, isVersion1: influx.api === 1 },
    });
    this.#display.say(countsLine(counts));
  }

  async #makeTopics(): Promise<void> {
    const { kafka, topics } = this.#options;
    const brokers = this.#services.kafka?.brokers ?? [];
    this.#client = createKafka(
      { brokers, clientId: 'tidewatch-up', ...kafkaSecurity(kafka, this.#io) },
      this.#log,
    );
    const admin = this.#client.admin();
    await admin.connect();
    try {
      await applyTopics(admin, kafka.TOPIC_PREFIX, topics);
    } finally {
      await admin.disconnect();
    }
  }

  async #plan(): Promise<Plan> {
    const { environment, process, simulator, onlyHost } = this.#options;
    const { kafka, influx } = this.#services;
    return planChildren({
      environment: { ...environment, TIDEWATCH_HOME: process.TIDEWATCH_HOME },
      brokers: kafka?.brokers ?? [],
      influx: influx ?? null,
      onlyHost,
      freePort: () => freePort(),
      simulatorPort: await this.#simulatorPort(simulator.SIM_HTTP_PORT),
    });
  }

  /** A port that was asked for is used or refused by the simulator; the usual one gives way to a free one. */
  async #simulatorPort(wanted: number): Promise<number> {
    return this.#options.environment['SIM_HTTP_PORT'] === undefined ? preferredPort(wanted) : wanted;
  }

  async #openOverview(): Promise<HealthServer> {
    const { up, environment, process } = this.#options;
    const isAsked = environment['TIDEWATCH_PORT'] !== undefined;
    return startOverview({
      address: process.HTTP_ADDRESS,
      port: isAsked ? up.TIDEWATCH_PORT : await preferredPort(up.TIDEWATCH_PORT),
      children: () => this.#states(),
      kafka: () => this.#services.kafka?.brokers ?? [],
      influx: () => this.#services.influx?.url ?? null,
    });
  }

  #states(): ChildState[] {
    return [...this.#consumers.states, ...this.#producers.states];
  }

  #describeAddresses(): string[] {
    const { kafka, influx } = this.#services;
    const control = this.#producers.states.find(({ name }) => name === 'simulator')?.url;
    return [
      `Kafka      ${kafka?.brokers.join(',')} (${kafka?.kind})`,
      influx === undefined
        ? 'InfluxDB   none'
        : `InfluxDB   ${influx.url} database ${influx.bucket} (${influx.kind}, ${influx.version})`,
      `overview   ${this.#overview?.url}`,
      ...(control === undefined
        ? []
        : [`simulator  ${control}  POST /stress {"kind":"cpu","hosts":"all","seconds":30}`]),
      `logs       ${join(this.#options.process.TIDEWATCH_HOME, 'logs')}`,
    ];
  }

  async #showOnce(): Promise<void> {
    const lag = (await this.#stream?.scoringLag()) ?? null;
    const children = this.#states();
    const hosts = this.#stream?.view.lines(this.#io.now()) ?? [];
    this.#display.show({ hosts, children, lag, addresses: this.#addresses });
  }

  #streamOptions() {
    const { kafka } = this.#options;
    if (this.#client === undefined)
      throw new TidewatchError({
        code: 'NOT_STARTED',
        retriable: false,
        message: 'watching the stream: Kafka is not there yet',
      });
    return {
      kafka: this.#client,
      log: this.#log,
      topicPrefix: kafka.TOPIC_PREFIX,
      groupPrefix: kafka.GROUP_PREFIX,
      now: this.#io.now,
    };
  }
}

/** A usual port that nobody asked for gives way when it is taken. */
async function preferredPort(usual: number): Promise<number> {
  return (await isPortFree(usual)) ? usual : freePort();
}

function servicesOptions(
  io: Io,
  { process, kafka, influx, ports }: UpOptions,
  log: Logger,
  onProgress: (line: string) => void,
): ServicesOptions {
  const settings = serviceSettings({ kafka, influx, ports }, io);
  return { home: process.TIDEWATCH_HOME, settings, log, owner: io.pid, onProgress };
}
