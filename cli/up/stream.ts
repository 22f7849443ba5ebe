import type { Admin } from 'kafkajs';
import type { KafkaClient } from '../../common/kafka/client.js';
import { readTopic, type TopicReader } from '../../common/kafka/topic-reader.js';
import { topicName } from '../../common/kafka/topics.js';
import { pause, within } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import { predictionCodec } from '../../schemas/prediction.js';
import { HostView } from './host-view.js';
import { groupLag } from './lag.js';

export interface StreamWatchOptions {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  readonly now: () => number;
}

/** Group of `window+score`, whose lag is the stream's. */
const SCORING_GROUP = 'window-score';
const SINK_GROUP = 'sink-influxdb';
const ANSWER_DEADLINE_MS = 1_500;

/** What `up` sees of the stream: the newest verdicts, and how far behind the groups are. */
export class StreamWatch {
  readonly view = new HostView();
  readonly #options: StreamWatchOptions;
  readonly #admin: Admin;
  #reader: TopicReader | undefined;

  constructor(options: StreamWatchOptions) {
    this.#options = options;
    this.#admin = options.kafka.admin();
  }

  async start(): Promise<void> {
    await this.#admin.connect();
    this.#reader = await readTopic({
      ...this.#options,
      topic: topicName(this.#options.topicPrefix, 'predictions'),
      from: 'end',
      onRecords: (records) => {
        for (const { value } of records) {
          const decoded = value === null ? null : predictionCodec.decode(value);
          if (decoded?.ok === true) this.view.take(decoded.value, this.#options.now());
        }
      },
    });
  }

  /** Returns the metric events that are not scored yet; null when nobody can be asked. */
  scoringLag(): Promise<number | null> {
    return this.#lag(SCORING_GROUP, 'metrics', ANSWER_DEADLINE_MS);
  }

  /** Waits until every event is scored and every verdict has landed, at most `deadlineMs`. Returns whether it is so. */
  async drained(deadlineMs: number, withSink: boolean): Promise<boolean> {
    const end = performance.now() + deadlineMs;
    while (performance.now() < end) {
      const left = () => Math.min(ANSWER_DEADLINE_MS, Math.max(0, end - performance.now()));
      const scoring = await this.#lag(SCORING_GROUP, 'metrics', left());
      // The last record of the predictions is a transaction's marker: a group that has read everything may stand one before it.
      const landing = withSink && scoring === 0 ? await this.#lag(SINK_GROUP, 'predictions', left()) : 0;
      if (scoring === 0 && landing !== null && landing <= 0) return true;
      await pause(100);
    }
    return false;
  }

  async stop(): Promise<void> {
    const disconnected = within(
      this.#admin.disconnect(),
      ANSWER_DEADLINE_MS,
      'the admin client to disconnect',
    );
    await Promise.all([this.#reader?.stop(), disconnected.catch(() => undefined)]);
  }

  async #lag(group: string, topic: 'metrics' | 'predictions', patienceMs: number): Promise<number | null> {
    try {
      const name = topicName(this.#options.topicPrefix, topic);
      const asking = groupLag(this.#admin, `${this.#options.groupPrefix}${group}`, name);
      // kafkajs asks for as long as it takes; whoever wants to know does not wait for ever.
      return await within(asking, patienceMs, 'the lag of a group');
    } catch {
      return null;
    }
  }
}
