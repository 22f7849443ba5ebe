import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TidewatchError } from '../../common/errors.js';
import type { HealthServer } from '../../common/health-server.js';
import { applyTopics } from '../../common/kafka/apply-topics.js';
import { createKafka, type KafkaClient } from '../../common/kafka/client.js';
import { pause, within } from '../../common/lifecycle.js';
import { createLogger, type Logger } from '../../common/log.js';
import { freePort, isPortFree } from '../../infra/local/ports.js';
import type { ServicesOptions } from '../../infra/local/services.js';
import { type Counts, countStream } from '../check/counts.js';
import { countsLine } from '../commands/check.js';
import type { Io } from '../io.js';
import { kafkaSecurity } from '../kafka-connection.js';
import { serviceSettings } from '../service-settings.js';
import { describeAddresses } from './addresses.js';
import { ChildGroup } from './child-group.js';
import type { ChildState } from './child-process.js';
import type { UpOptions } from './options.js';
import { startOverview } from './overview.js';
import { type Plan, planChildren } from './plan.js';
import { stopInOrder } from './stop-in-order.js';
import { StreamWatch } from './stream.js';
import { SummaryDisplay } from './terminal.js';
import { UpServices } from './up-services.js';

/** At the end of `--for` nobody waits to kill, so each step goes on until it is done; these only bound what never would be. */
const END_GRACE_MS = 8_000;
const END_DRAIN_MS = 60_000;
const COUNT_DEADLINE_MS = 120_000;
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
    if (started === 'started' && (await run.showUntil(interrupted)) === 'over')
      await Promise.race([run.finishFixed(), interrupted]);
  } finally {
    await run.stop();
  }
}

/** Owns everything that a run has started, so that a start that fails half-way stops exactly that. */
class UpRun {
  readonly #io: Io;
  readonly #options: UpOptions;
  readonly #log: Logger;
  readonly #display: SummaryDisplay;
  readonly #stopping = new AbortController();
  readonly #stopBegun = new Promise<void>((resolve) => {
    this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
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
    await this.#unlessStopped(this.#makeTopics());
    const plan = await this.#plan();
    this.#stream = new StreamWatch(this.#streamOptions());
    await this.#unlessStopped(this.#stream.start());
    if (signal.aborted) return;
    await this.#consumers.start(plan.consumers);
    if (signal.aborted) return;
    await this.#producers.start(plan.producers);
    this.#overview = await this.#openOverview();
    this.#addresses = this.#describeAddresses();
    for (const line of this.#addresses) this.#display.say(line);
    this.#display.say('running; Ctrl-C stops everything that was started');
  }

  /** Shows summaries until the signal or the end of `--for`; returns which of them came. */
  async showUntil(interrupted: Promise<'interrupted'>): Promise<'interrupted' | 'over'> {
    const { forMs, up } = this.#options;
    const over = forMs === null ? [] : [pause(forMs, this.#stopping.signal).then(() => 'over' as const)];
    const ended = Promise.race([interrupted, ...over]);
    let running = true;
    void ended.then(() => {
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
    return ended;
  }

  /** Stops all that was started, in order and in time; says what had to be cut off. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#display.say('stopping');
    const cutOff = await stopInOrder({
      starting: this.#starting?.catch(() => undefined) ?? Promise.resolve(),
      stopProducers: (graceMs) => this.#producers.stop(graceMs),
      drain: async (ms) => {
        if (!(await this.#isDrained(ms)))
          this.#display.say('not everything is scored yet; the next start goes on where this one stopped');
      },
      stopConsumers: (graceMs) => this.#consumers.stop(graceMs),
      closeViews: async () => {
        await Promise.all([this.#stream?.stop(), this.#overview?.close()]);
      },
      stopServices: (graceMs) => this.#services.stop(graceMs),
    });
    if (cutOff.length === 0) return this.#display.say('stopped');
    this.#display.say(`stopped; did not end in time and was cut off: ${cutOff.join(', ')}`);
  }

  /** At the end of a run of fixed length, the proof that nothing was lost. */
  async finishFixed(): Promise<void> {
    await this.#producers.stop(END_GRACE_MS);
    if ((await this.#isDrained(END_DRAIN_MS)) && this.#services.influx !== undefined)
      this.#display.say(
        countsLine(await within(this.#count(this.#services.influx), COUNT_DEADLINE_MS, 'the counts')),
      );
  }

  /** Returns whether all that was published is scored and has landed, as soon as it is so. */
  async #isDrained(ms: number): Promise<boolean> {
    if (this.#producers.states.length === 0 || this.#stream === undefined) return true;
    return this.#stream.drained(ms, this.#services.influx !== undefined);
  }

  #count(influx: NonNullable<UpServices['influx']>): Promise<Counts> {
    const { url, bucket, token, api } = influx;
    return countStream({ ...this.#streamOptions(), influx: { url, bucket, token, isVersion1: api === 1 } });
  }

  /** Gives work with Kafka up when the stop begins: a broker that does not answer would keep it for ever. */
  #unlessStopped(work: Promise<void>): Promise<void> {
    return Promise.race([work, this.#stopBegun]);
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
    return describeAddresses({
      kafka: kafka ?? null,
      influx: influx ?? null,
      overview: this.#overview?.url ?? '',
      simulator: this.#producers.states.find(({ name }) => name === 'simulator')?.url ?? null,
      home: this.#options.process.TIDEWATCH_HOME,
    });
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
