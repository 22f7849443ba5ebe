/* Above 300 lines: one object owns everything that a run has started, so that a start that fails half-way stops exactly that. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../common/config.js';
import { codeOf, messageOf, TidewatchError } from '../../common/errors.js';
import { type HealthServer, startHealthServer } from '../../common/health-server.js';
import { applyTopics } from '../../common/kafka/apply-topics.js';
import { createKafka, type KafkaClient } from '../../common/kafka/client.js';
import type { kafkaSettings, topicSettings } from '../../common/kafka/settings.js';
import { pause, within } from '../../common/lifecycle.js';
import { createLogger, type Logger } from '../../common/log.js';
import { createRegistry } from '../../common/metrics.js';
import { freePort, isPortFree } from '../../infra/local/ports.js';
import {
  findOrStartInfluxOnly,
  findOrStartKafkaOnly,
  type RunningServices,
} from '../../infra/local/services.js';
import type { simulatorSettings } from '../../producers/simulator/config.js';
import type { influxdbSettings } from '../../sinks/influxdb/config.js';
import { countStream } from '../check/counts.js';
import { countsLine } from '../commands/check.js';
import type { Io } from '../io.js';
import { kafkaSecurity } from '../kafka-connection.js';
import { serviceSettings } from '../service-settings.js';
import type { localServiceSettings, processSettings } from '../settings.js';
import { SupervisedChild } from './child-process.js';
import { type Plan, planChildren } from './plan.js';
import type { upSettings } from './settings.js';
import { StreamWatch } from './stream.js';
import { SummaryDisplay } from './terminal.js';

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

const READY_DEADLINE_MS = 90_000;
const DRAIN_DEADLINE_MS = 3_000;
/** The built command, beside this file's folder. */
const ENTRY = fileURLToPath(new URL('../main.js', import.meta.url));

/** Runs the whole stream on this machine until a signal, `--for`, or a start that fails; then stops all that it started, in order. */
export async function runUp(io: Io, options: UpOptions): Promise<void> {
  const home = resolve(options.process.TIDEWATCH_HOME);
  const log = createLogger({
    level: options.process.LOG_LEVEL === 'info' ? 'warn' : options.process.LOG_LEVEL,
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
  #services: { kafka?: RunningServices['kafka']; influx?: RunningServices['influx'] } = {};
  #client: KafkaClient | undefined;
  #stream: StreamWatch | undefined;
  #overview: HealthServer | undefined;
  #consumers: readonly SupervisedChild[] = [];
  #producers: readonly SupervisedChild[] = [];
  #addresses: readonly string[] = [];

  constructor(io: Io, options: UpOptions, log: Logger) {
    this.#io = io;
    this.#options = options;
    this.#log = log;
    this.#display = new SummaryDisplay(io);
  }

  async start(): Promise<void> {
    await this.#startServices();
    await this.#makeTopics();
    const plan = await this.#plan();
    this.#stream = new StreamWatch(this.#streamOptions());
    await this.#stream.start();
    this.#consumers = await this.#startChildren(plan.consumers);
    this.#producers = await this.#startChildren(plan.producers);
    this.#overview = await this.#startOverview();
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
      await this.#showOnce();
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
    await Promise.all(this.#producers.map((child) => child.stop()));
    await this.#finishStream();
    await Promise.all(this.#consumers.map((child) => child.stop()));
    await this.#stream?.stop();
    await this.#overview?.close();
    await Promise.all([this.#services.influx?.stop(), this.#services.kafka?.stop()]);
    this.#display.say('stopped');
  }

  async #finishStream(): Promise<void> {
    if (this.#producers.length === 0 || this.#stream === undefined) return;
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

  async #startServices(): Promise<void> {
    const { process, kafka, influx, ports } = this.#options;
    const options = {
      home: process.TIDEWATCH_HOME,
      settings: serviceSettings({ kafka, influx, ports }, this.#io),
      log: this.#log,
      owner: this.#io.pid,
      onProgress: (line: string) => this.#display.say(line),
    };
    this.#services.kafka = await findOrStartKafkaOnly(options);
    try {
      this.#services.influx = await findOrStartInfluxOnly(options);
    } catch (error) {
      if (codeOf(error) !== 'INFLUX_UNAVAILABLE') throw error;
      this.#display.say(`${messageOf(error)}. Everything but the sink runs.`);
    }
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

  async #startChildren(specs: Plan['consumers']): Promise<SupervisedChild[]> {
    const logFolder = join(this.#options.process.TIDEWATCH_HOME, 'logs');
    const children = specs.map(
      (spec) => new SupervisedChild(spec, { entry: ENTRY, logFolder, log: this.#log }),
    );
    for (const child of children) child.start();
    try {
      await Promise.all(children.map((child) => this.#untilReady(child, logFolder)));
    } catch (error) {
      await Promise.all(children.map((child) => child.stop()));
      throw error;
    }
    return children;
  }

  async #untilReady(child: SupervisedChild, logFolder: string): Promise<void> {
    const ready = async () => {
      while (!(await child.isReady()) && !this.#stopping.signal.aborted)
        await pause(100, this.#stopping.signal);
    };
    try {
      await within(ready(), READY_DEADLINE_MS, `${child.state.name} to be ready`);
    } catch (error) {
      const { name } = child.state;
      throw new TidewatchError({
        code: 'NOT_READY',
        retriable: true,
        cause: error,
        message: `starting ${name}: not ready after ${READY_DEADLINE_MS / 1000} s; its log is in ${logFolder}`,
      });
    }
  }

  #startOverview(): Promise<HealthServer> {
    const { up, environment, process } = this.#options;
    const children = () => [...this.#consumers, ...this.#producers].map((child) => child.state);
    const start = (port: number) =>
      startHealthServer({
        address: process.HTTP_ADDRESS,
        port,
        registry: createRegistry(),
        health: () => ({
          ready: children().every(({ pid }) => pid !== null),
          facts: { processes: children().length },
        }),
        routes: (server) =>
          server.get('/', () => ({
            processes: children(),
            kafka: this.#services.kafka?.brokers,
            influx: this.#services.influx?.url ?? null,
          })),
      });
    if (environment['TIDEWATCH_PORT'] !== undefined) return start(up.TIDEWATCH_PORT);
    return preferredPort(up.TIDEWATCH_PORT).then(start);
  }

  #describeAddresses(): string[] {
    const { kafka, influx } = this.#services;
    const control = this.#producers.find(({ state }) => state.name === 'simulator')?.state.url;
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
    const children = [...this.#consumers, ...this.#producers].map((child) => child.state);
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
