import { readCsv } from '../../common/csv/read-csv.js';
import type { KafkaClient } from '../../common/kafka/client.js';
import type { Logger } from '../../common/log.js';
import { createProgressBar, type ProgressOutput } from '../../common/progress-bar.js';
import { type SelfEndingRun, startSelfEndingRun } from '../self-ending-run.js';
import type { ReplayFile, ReplayPlan } from './plan.js';
import { publishRows } from './publish-rows.js';

export interface ReplayOptions {
  readonly kafka: KafkaClient;
  /** Put before every topic name. */
  readonly topicPrefix: string;
  readonly log: Logger;
  readonly file: ReplayFile;
  readonly plan: ReplayPlan;
  /** Events per second; null = as fast as Kafka takes them. */
  readonly rate: number | null;
  readonly progress: ProgressOutput;
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicNow: () => number;
}

/** What was published. */
export interface ReplayReport {
  readonly host: string;
  readonly group: string;
  /** First part of the events' identities. */
  readonly replayId: string;
  readonly rows: number;
  /** Events that Kafka has stored; fewer than planned when it was stopped early. */
  readonly events: number;
  readonly planned: number;
  readonly seconds: number;
}

/** Starts to publish the rows of a planned file. Throws TOPIC_MISSING or the client's error. */
export function runReplay(options: ReplayOptions): Promise<SelfEndingRun<ReplayReport>> {
  const publishing = { ...options, topics: ['metrics'] as const, now: options.monotonicNow };
  return startSelfEndingRun(publishing, (publisher, signal) => publish(options, publisher, signal));
}

async function publish(
  { file, plan, rate, progress, monotonicNow }: ReplayOptions,
  publisher: Parameters<typeof publishRows>[1]['publisher'],
  signal: AbortSignal,
): Promise<ReplayReport> {
  const { identity, rows, events: planned } = plan;
  const started = monotonicNow();
  const bar = createProgressBar(progress, 'replaying', rows);
  const readings = readCsv(file.path, file.labelColumn, file.times);
  const published = { publisher, identity, rate, onRow: bar.show, monotonicNow, signal };
  const events = await publishRows(readings, published).finally(() => bar.end());
  return { ...identity, rows, events, planned, seconds: (monotonicNow() - started) / 1000 };
}
