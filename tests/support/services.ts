import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { TidewatchError } from '../../common/errors.js';
import { runCommand } from '../../infra/local/commands.js';
import { holdsWithin } from '../../infra/local/wait.js';
import type { InfluxFixture, KafkaFixture } from './service-fixtures.js';

/** Where the Kafka of this run is. */
export type TestKafka = Omit<KafkaFixture, 'stop' | 'brokers'> & { readonly brokers: string[] };
/** Where the InfluxDB of this run is. */
export type TestInflux = Omit<InfluxFixture, 'stop'>;

declare module 'vitest' {
  interface ProvidedContext {
    kafka: TestKafka;
    influx: TestInflux;
  }
}

/** Returns the Kafka that the run's global set-up started. */
export function testKafka(): TestKafka {
  return inject('kafka');
}

/** Returns the InfluxDB that the run's global set-up started. */
export function testInflux(): TestInflux {
  return inject('influx');
}

/** Returns a name that no other test of this run uses: prefix, dash, 8 hexadecimal digits. Fit for topics and groups. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

/** What is waited for, and how long. */
export interface WaitForOptions {
  readonly timeoutMs: number;
  /** Completes the sentence "waiting for ...". */
  readonly what: string;
  /** Time between two looks; default 50 ms. */
  readonly everyMs?: number;
}

/** Resolves when the condition holds; throws WAIT_TIMEOUT naming `what` at the deadline. */
export async function waitFor(
  condition: () => Promise<boolean> | boolean,
  options: WaitForOptions,
): Promise<void> {
  if (await holdsWithin(condition, options)) return;
  throw new TidewatchError({
    code: 'WAIT_TIMEOUT',
    message: `waiting for ${options.what}: not within ${options.timeoutMs} ms`,
    retriable: false,
  });
}

/** What Kafka's console consumer reads. */
export interface ConsoleConsumeOptions {
  readonly topic: string;
  /** Default: the run's Kafka. */
  readonly brokers?: readonly string[];
  /** Default `read_committed`. */
  readonly isolation?: 'read_committed' | 'read_uncommitted';
  /** Stops after so many records; default: after `idleMs` without one. */
  readonly maxRecords?: number;
  /** Default 5,000 ms. */
  readonly idleMs?: number;
  /** Each adds a column, in this order, before the value; columns are divided by a tab. */
  readonly printTimestamp?: boolean;
  readonly printPartition?: boolean;
  readonly printOffset?: boolean;
  /** As `name:value,name:value`, or NO_HEADERS. */
  readonly printHeaders?: boolean;
  readonly printKey?: boolean;
  /** Default true; binary values may hold line ends: leave them out. */
  readonly printValue?: boolean;
}

const CONSOLE_TIMEOUT_MS = 120_000;

/**
 * Returns one line per record, read from the start of all partitions by Apache Kafka's own console consumer: the
 * independent reader against which our own reading is held. Starting it costs about 2 s of JVM.
 */
export async function consoleConsume(options: ConsoleConsumeOptions): Promise<string[]> {
  const { tools, brokers } = testKafka();
  const args = consoleArguments(options, options.brokers ?? brokers);
  const [file, before] =
    'libs' in tools
      ? [
          'java',
          [
            '-Xmx256m',
            '-XX:+UseSerialGC',
            '-XX:TieredStopAtLevel=1',
            QUIET,
            '-cp',
            `${tools.libs}/*`,
            CONSOLE_CONSUMER,
          ],
        ]
      : ['docker', ['exec', tools.container, '/opt/kafka/bin/kafka-console-consumer.sh']];
  const lines: string[] = [];
  const { code, output } = await runCommand(file, [...before, ...args], {
    environment: process.env,
    timeoutMs: CONSOLE_TIMEOUT_MS,
    onLine: (line) => lines.push(line),
  });
  if (code !== 0)
    throw new Error(`reading ${options.topic} with the console consumer: ${output.slice(-2_000)}`);
  return lines.filter((line) => !CONSOLE_NOISE.test(line));
}

const CONSOLE_CONSUMER = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
const QUIET = '-Dorg.slf4j.simpleLogger.defaultLogLevel=off';
/** What the tool says on standard error after the records, and when it ended by `--timeout-ms`. */
const CONSOLE_NOISE =
  /^Processed a total of \d+ messages$|^The consumer rebalance protocol \(KIP-848\)|TimeoutException|^\s+at org\.apache\.kafka/;

function consoleArguments(options: ConsoleConsumeOptions, brokers: readonly string[]): string[] {
  const shown = (name: string, on: boolean): string[] => ['--formatter-property', `print.${name}=${on}`];
  return [
    ...['--bootstrap-server', brokers.join(','), '--topic', options.topic, '--from-beginning'],
    ...['--isolation-level', options.isolation ?? 'read_committed'],
    ...['--timeout-ms', String(options.idleMs ?? 5_000)],
    ...(options.maxRecords === undefined ? [] : ['--max-messages', String(options.maxRecords)]),
    ...shown('timestamp', options.printTimestamp ?? false),
    ...shown('partition', options.printPartition ?? false),
    ...shown('offset', options.printOffset ?? false),
    ...shown('headers', options.printHeaders ?? false),
    ...shown('key', options.printKey ?? false),
    ...shown('value', options.printValue ?? true),
  ];
}
