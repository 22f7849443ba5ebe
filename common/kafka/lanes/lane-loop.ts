import type { Admin, Consumer, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs';
import { codeOf, TidewatchError } from '../../errors.js';
import { type Completion, completion, pause, type Running, within } from '../../lifecycle.js';
import type { Logger } from '../../log.js';
import type { StageMetrics } from '../../metrics.js';
import type { KafkaClient } from '../client.js';
import { partitionCounts } from '../partition-counts.js';
import type { ReadingAdmin } from '../patches/raw-records.js';
import { TOPICS, type TopicName, topicName } from '../topics.js';
import { watchConsumer } from '../watchdog.js';
import { type ConsumerControl, Lane } from './lane.js';
import { laneAssigner } from './lane-assigner.js';
import { groupByLane, laneOfPartition } from './lane-assignment.js';
import { type LanePositions, lanePositions } from './lane-positions.js';
import { LaneProducer } from './lane-producer.js';
import { type Processor, writtenTopics } from './processor.js';

/** Settings of a lane loop; every process of one group must have the same number of lanes. */
export interface LaneLoopOptions {
  readonly kafka: KafkaClient;
  readonly processor: Processor;
  /** Short name of the processor: part of the group, of the transactional ids and of the dead letters' headers. */
  readonly name: string;
  /** Which process of the group this is, for the dead letters' headers: host and pid, or what the platform calls it. */
  readonly instance: string;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  /** Unit of assignment and fencing: the upper bound of instances that share the work. */
  readonly lanes: number;
  readonly sessionTimeoutMs: number;
  readonly transactionTimeoutMs: number;
  readonly log: Logger;
  readonly metrics: StageMetrics;
  readonly now: () => number;
}

/** A running loop. */
export interface LaneLoop extends Running {
  /** Returns the group that it consumes in. */
  readonly groupId: string;
  /** Returns whether it has joined and every lane that it owns processes live records. */
  isReady(): boolean;
  /** Lanes owned now. */
  lanes(): number[];
}

const FETCH_WAIT_MS = 250;
const FETCH_BYTES_PER_PARTITION = 512 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
/** Together below the 8 s that a process gives its parts to stop (common/lifecycle.ts). */
const COMMIT_DEADLINE_MS = 5_000;
const LEAVE_DEADLINE_MS = 2_000;

/** Connects, joins the group and runs the processor until stopped. Throws when a topic is missing or Kafka is not there. */
export async function startLaneLoop(options: LaneLoopOptions): Promise<LaneLoop> {
  const admin = options.kafka.admin();
  await admin.connect();
  let loop: Loop | undefined;
  try {
    loop = new Loop(options, admin, await checkTopics(options, admin));
    await loop.start();
    return loop;
  } catch (error) {
    await (loop?.stop() ?? admin.disconnect());
    throw error;
  }
}

/** A record's output, snapshot and dead letter keep its partition number, so their topics must have as many. */
async function checkTopics(options: LaneLoopOptions, admin: Admin): Promise<number> {
  const { input } = options.processor;
  const names = [input, ...writtenTopics(options.processor)].map((topic) =>
    topicName(options.topicPrefix, topic),
  );
  const counts = await partitionCounts(admin, names);
  if (new Set(counts.values()).size > 1) {
    throw new TidewatchError({
      code: 'PARTITIONS_DIFFER',
      retriable: false,
      message: `checking topics: ${[...counts].map(([topic, count]) => `${topic} has ${count}`).join(', ')} partitions; they must have the same number`,
    });
  }
  return [...counts.values()][0] ?? 0;
}

class Loop implements LaneLoop {
  readonly groupId: string;
  readonly #options: LaneLoopOptions;
  readonly #admin: ReadingAdmin;
  readonly #consumer: Consumer;
  readonly #partitions: number;
  readonly #lanes: ReadonlyMap<number, Lane>;
  readonly #completion: Completion = completion();
  #owned: number[] = [];
  #memberId = '';
  #stopping: Promise<void> | undefined;
  #unwatch: () => void = () => undefined;

  constructor(options: LaneLoopOptions, admin: ReadingAdmin, partitions: number) {
    this.#options = options;
    this.#admin = admin;
    this.#partitions = partitions;
    this.groupId = `${options.groupPrefix}${options.name}`;
    this.#consumer = this.#createConsumer();
    this.#lanes = new Map(Array.from({ length: options.lanes }, (_, lane) => [lane, this.#createLane(lane)]));
  }

  get done(): Promise<void> {
    return this.#completion.done;
  }

  isReady(): boolean {
    return this.#memberId !== '' && this.#owned.every((lane) => this.#lanes.get(lane)?.isLive === true);
  }

  lanes(): number[] {
    return [...this.#owned];
  }

  async start(): Promise<void> {
    const { CRASH, GROUP_JOIN, START_BATCH_PROCESS } = this.#consumer.events;
    this.#consumer.on(CRASH, ({ payload }) => {
      if (!payload.restart) this.#fail(payload.error);
    });
    this.#consumer.on(GROUP_JOIN, (event) => this.#onJoin(event));
    this.#consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      // Where it was fetched, not its first record: patches/filtered-batch.ts.
      const { topic, partition, firstOffset, lastOffset } = payload;
      this.#lanes
        .get(laneOfPartition(partition, this.#options.lanes))
        ?.skip(topic, partition, Number(firstOffset), Number(lastOffset));
    });
    this.#unwatch = watchConsumer(
      this.#consumer,
      Math.max(3 * this.#options.sessionTimeoutMs, 2 * REQUEST_TIMEOUT_MS),
      (error) => this.#fail(error),
    );
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: this.#topics(), fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#partitions * 2,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** What is processed is committed first; then the group is left, so that the next owner starts at once. */
  async #stopAll(): Promise<void> {
    this.#unwatch();
    const lanes = [...this.#lanes.values()];
    await within(
      Promise.all(lanes.map((lane) => lane.drain())),
      COMMIT_DEADLINE_MS,
      'the lanes to commit',
    ).catch((error: unknown) =>
      this.#options.log.warn({ err: error }, 'leaving uncommitted work to the next owner'),
    );
    // kafkajs's disconnect can hang on a pending request (tulios/kafkajs 1122); side by side they hang together.
    await Promise.allSettled([
      within(this.#consumer.disconnect(), LEAVE_DEADLINE_MS, 'the consumer to disconnect'),
      within(this.#admin.disconnect(), LEAVE_DEADLINE_MS, 'the admin client to disconnect'),
    ]);
    this.#completion.finish();
  }

  #topics(): string[] {
    const { input, state } = this.#options.processor;
    return [input, ...(state === undefined ? [] : [state])].map((topic) =>
      topicName(this.#options.topicPrefix, topic),
    );
  }

  /** Everything is paused before the first fetch of the new generation; each lane resumes what it is ready for. */
  #onJoin({ payload }: ConsumerGroupJoinEvent): void {
    // A lane that has been drained for the stop must not be opened (and its successor fenced) by a late rebalance.
    if (this.#stopping !== undefined) return;
    this.#memberId = payload.memberId;
    const input = topicName(this.#options.topicPrefix, this.#options.processor.input);
    for (const topic of this.#topics()) this.#control().pause(topic, payload.memberAssignment[topic] ?? []);
    const byLane = groupByLane(payload.memberAssignment[input] ?? [], this.#options.lanes);
    this.#owned = [...byLane.keys()];
    for (const [number, lane] of this.#lanes) {
      const partitions = byLane.get(number);
      if (partitions === undefined) void lane.release();
      else lane.own(partitions);
    }
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    if (this.#stopping !== undefined) return;
    const { batch, resolveOffset, heartbeat, isStale } = payload;
    this.#options.metrics.lag.set({ partition: String(batch.partition) }, Number(batch.offsetLag()));
    await this.#lanes
      .get(laneOfPartition(batch.partition, this.#options.lanes))
      ?.onBatch({ batch, resolve: resolveOffset, heartbeat, isStale });
  }

  #createConsumer(): Consumer {
    const { kafka, lanes, sessionTimeoutMs } = this.#options;
    return kafka.consumer({
      groupId: this.groupId,
      partitionAssigners: [laneAssigner(lanes, () => this.#owned)],
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: 2 * sessionTimeoutMs,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      readUncommitted: false,
      allowAutoTopicCreation: false,
      // A crash is never answered by kafkajs's own restart: the process ends and its supervisor starts a clean one.
      retry: {
        retries: Number.MAX_SAFE_INTEGER,
        maxRetryTime: 5_000,
        restartOnFailure: () => Promise.resolve(false),
      },
    });
  }

  #createLane(lane: number): Lane {
    const { kafka, topicPrefix, name, transactionTimeoutMs } = this.#options;
    const transactionalId = `${this.groupId}.lane-${lane}`;
    return new Lane({
      ...this.#options,
      application: `tidewatch-${name}`,
      groupId: this.groupId,
      nameOf: namesOf(topicPrefix),
      control: this.#control(),
      transactionalId,
      newProducer: () => new LaneProducer(kafka, transactionalId, transactionTimeoutMs),
      ...this.#positions(),
      onFatal: (error) => this.#fail(error),
    });
  }

  #positions(): LanePositions {
    const { log, metrics, processor, topicPrefix } = this.#options;
    return lanePositions({
      admin: this.#admin,
      groupId: this.groupId,
      processor,
      nameOf: namesOf(topicPrefix),
      log,
      onLost: (records) => metrics.filtered.inc({ reason: 'lost_to_retention' }, records),
    });
  }

  #control(): ConsumerControl {
    return {
      seek: (topic, partition, offset) => this.#consumer.seek({ topic, partition, offset: String(offset) }),
      pause: (topic, partitions) => this.#consumer.pause([{ topic, partitions: [...partitions] }]),
      resume: (topic, partitions) => this.#consumer.resume([{ topic, partitions: [...partitions] }]),
      isMember: () => this.#isMember(),
    };
  }

  /** Asks until the coordinator answers: while nobody can be asked, nobody else can own the lane either. */
  async #isMember(): Promise<boolean> {
    while (this.#stopping === undefined) {
      try {
        const group = await this.#consumer.describeGroup();
        return group.state === 'Stable' && group.members.some(({ memberId }) => memberId === this.#memberId);
      } catch (error) {
        this.#options.log.warn(
          { code: codeOf(error) },
          'asking for the state of the group failed, asking again',
        );
        await pause(1_000);
      }
    }
    return false;
  }

  #fail(error: unknown): void {
    if (this.#stopping !== undefined) return;
    this.#completion.fail(error);
    void this.stop();
  }
}

/** Built once: a name put together for every record emitted would be hashed anew each time. */
function namesOf(prefix: string): (topic: TopicName) => string {
  const names = new Map(
    (Object.keys(TOPICS) as TopicName[]).map((topic) => [topic, topicName(prefix, topic)]),
  );
  return (topic) => names.get(topic) ?? topicName(prefix, topic);
}
