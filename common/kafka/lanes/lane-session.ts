import { codeOf, messageOf, TidewatchError } from '../../errors.js';
import type { StageMetrics } from '../../metrics.js';
import { deadLetterRecord } from '../dead-letter.js';
import { RejectGuard } from '../reject-guard.js';
import type { TopicName } from '../topics.js';
import type { LaneProducer, TransactionContent } from './lane-producer.js';
import { encodeRange, OFFSETS_HEADER } from './last-outputs.js';
import type { PartitionRun } from './partition-run.js';
import { PendingOutput } from './pending-output.js';
import { type Emitter, type InputRecord, type Outcome, type Processor, writtenTopics } from './processor.js';
import { encodeRestore } from './restore-metadata.js';

/** What a session needs to know of the processor that it works for. */
export interface SessionOptions {
  readonly processor: Processor;
  readonly application: string;
  readonly instance: string;
  readonly groupId: string;
  /** Full name of a topic of the table. */
  readonly nameOf: (topic: Processor['input']) => string;
  readonly metrics: StageMetrics;
  readonly now: () => number;
  /** Called once when a transaction fails or a flush throws: the session is then dead. */
  readonly onFailure: (error: unknown) => void;
  /** Called after every committed transaction. */
  readonly onCommit: () => void;
}

const OUTPUT_NOT_NAMED = 'OUTPUT_NOT_NAMED';

/** What a session needs of its lane's producer. */
export type TransactionWriter = Pick<LaneProducer, 'commit' | 'discard'>;

/** Uncommitted work above this makes the partitions wait, so that memory stays bounded while the broker is slow. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;
/** More would not make transactions cheaper, only their records older when the garbage collector comes to them. */
const MAX_PENDING_RECORDS = 5_000;
/** At most so many latency observations a transaction: a histogram needs a sample, not every record. */
const LATENCY_SAMPLES = 64;

/**
 * One ownership of a lane, from fence to loss: it processes records as they arrive and commits what has gathered, one
 * transaction after another. While one commits, arriving records gather for the next: group commit without a timer.
 */
export class LaneSession {
  readonly runs: ReadonlyMap<number, PartitionRun>;
  readonly #options: SessionOptions;
  readonly #producer: TransactionWriter;
  readonly #written: ReadonlySet<TopicName>;
  readonly #guard = new RejectGuard();
  readonly #waiters: (() => void)[] = [];
  #pending = new PendingOutput();
  #touched = new Set<PartitionRun>();
  #appendTimes: number[] = [];
  #records = 0;
  #pumping: Promise<void> | undefined;
  #dead = false;

  constructor(options: SessionOptions, producer: TransactionWriter, runs: ReadonlyMap<number, PartitionRun>) {
    this.#options = options;
    this.#written = new Set(writtenTopics(options.processor));
    this.#producer = producer;
    this.runs = runs;
  }

  /**
   * Applies records of one partition, in offset order, and lets the next transaction take what follows from them. A throw
   * ends the session: nothing is committed after it.
   */
  process(run: PartitionRun, records: readonly InputRecord[]): void {
    try {
      this.#processAll(run, records);
    } catch (error) {
      // What waits now is not matched by the offsets any more: committed, it would be written again by the successor.
      this.#dead = true;
      this.#wake();
      throw error;
    }
  }

  /** A record that threw when it was live became a dead letter; its replay throws at the same place and leaves the same state. */
  #replayOne(run: PartitionRun, record: InputRecord): void {
    try {
      run.task.replay?.(record);
    } catch (error) {
      // A snapshot that cannot be used is no bug on one record: going on would compute with the wrong state.
      if (error instanceof TidewatchError) throw error;
    }
  }

  #processAll(run: PartitionRun, records: readonly InputRecord[]): void {
    const emitter = this.#emitterOf(run);
    let live = 0;
    for (const record of records) {
      if (run.isReplay(record.offset)) this.#replayOne(run, record);
      else {
        this.#processOne(run, record, emitter);
        live += 1;
      }
      run.input.advance(record.offset);
    }
    if (live === 0) return;
    run.task.flush?.(emitter);
    this.#options.metrics.consumed.inc(live);
    this.#records += live;
    this.#sampleLatency(records);
    this.touch(run);
  }

  /** Marks a partition for the next commit: its position moved. */
  touch(run: PartitionRun): void {
    this.#touched.add(run);
    this.#pumping ??= this.#pump();
  }

  /** Returns whether more records may be processed before the next commit. */
  hasCapacity(): boolean {
    return this.#pending.bytes < MAX_PENDING_BYTES && this.#records < MAX_PENDING_RECORDS;
  }

  /** Resolves after the next commit, or when the session ends. */
  nextCommit(): Promise<void> {
    return this.#dead ? Promise.resolve() : new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Resolves when nothing waits to be committed (or the session has failed). */
  async drained(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping;
  }

  /** Ends the session: nothing more is committed, the producer goes. Never throws. */
  async discard(): Promise<void> {
    this.#dead = true;
    this.#wake();
    await this.#producer.discard();
  }

  #processOne(run: PartitionRun, record: InputRecord, emitter: Emitter): void {
    const { metrics } = this.#options;
    const outcome = this.#outcomeOf(run, record, emitter);
    if (outcome.kind === 'filtered') metrics.filtered.inc({ reason: outcome.reason });
    if (outcome.kind === 'rejected') this.#reject(run, record, outcome);
    if (this.#guard.count(outcome.kind === 'rejected')) {
      const message = `processing ${this.#options.processor.input}: more than 20 % of the last records were refused; look at the dead letters before going on`;
      throw new TidewatchError({
        code: 'TOO_MANY_REJECTED',
        retriable: false,
        message,
        facts: { partition: record.partition, offset: record.offset },
      });
    }
  }

  /** A throw is a bug on this record: the record is set aside and the stream goes on; many of them trip the guard. */
  #outcomeOf(run: PartitionRun, record: InputRecord, emitter: Emitter): Outcome {
    try {
      return run.task.process(record, emitter);
    } catch (error) {
      if (codeOf(error) === OUTPUT_NOT_NAMED) throw error;
      return {
        kind: 'rejected',
        code: 'PROCESSING_FAILED',
        reason: messageOf(error),
        stage: 'TRANSFORMATION',
      };
    }
  }

  #reject(run: PartitionRun, record: InputRecord, outcome: Outcome & { kind: 'rejected' }): void {
    const { processor, application, instance, groupId, nameOf, metrics } = this.#options;
    const failed = { ...record, topic: nameOf(processor.input) };
    const { code, reason, stage } = outcome;
    metrics.rejected.inc({ code });
    const { partition } = run;
    const letter = deadLetterRecord(failed, { code, reason, stage, group: groupId, application, instance });
    this.#pending.add(nameOf(processor.deadLetter), partition, { ...letter, partition });
  }

  #emitterOf(run: PartitionRun): Emitter {
    const { nameOf } = this.#options;
    return {
      emit: (topic, key, value, headers) => {
        // A fence ends what is open in the topics that the processor names: of any other it knows nothing.
        if (!this.#written.has(topic)) throw notAnOutput(topic);
        this.#pending.add(nameOf(topic), run.partition, { key, value, headers, partition: run.partition });
      },
    };
  }

  async #pump(): Promise<void> {
    // One turn of the event loop, so that the other partitions of the same fetch share the transaction.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#touched.size > 0 && !this.#dead) await this.#commitNext();
    } catch (error) {
      this.#dead = true;
      this.#wake();
      this.#options.onFailure(error);
    } finally {
      this.#pumping = undefined;
    }
  }

  async #commitNext(): Promise<void> {
    const appendTimes = this.#appendTimes;
    const content = this.#takeContent();
    await this.#producer.commit(content);
    this.#options.onCommit();
    for (const round of content.rounds)
      for (const { topic, messages } of round) this.#options.metrics.produced.inc({ topic }, messages.length);
    const now = this.#options.now();
    for (const appendTime of appendTimes)
      this.#options.metrics.latency.observe(Math.max(0, now - appendTime) / 1000);
    this.#wake();
  }

  #takeContent(): TransactionContent {
    const { groupId, processor, nameOf } = this.#options;
    const offsets = [...this.#touched].map((run) => ({
      partition: run.partition,
      offset: run.input.next,
      metadata: encodeRestore(run.restoreFrom()),
    }));
    const ranges = new Map([...this.#touched].map((run) => [run.partition, run.takeRange()]));
    // Every partition with output has been touched: its offset is in this transaction.
    this.#pending.markLast(OFFSETS_HEADER, (topic, partition) => {
      const range = ranges.get(partition);
      return range === undefined || topic === nameOf(processor.deadLetter)
        ? null
        : encodeRange(range, groupId);
    });
    const content = { rounds: this.#pending.rounds(), groupId, inputTopic: nameOf(processor.input), offsets };
    this.#pending = new PendingOutput();
    this.#touched = new Set();
    this.#appendTimes = [];
    this.#records = 0;
    return content;
  }

  #sampleLatency(records: readonly InputRecord[]): void {
    const step = Math.max(1, Math.ceil(records.length / 16));
    for (let index = 0; index < records.length && this.#appendTimes.length < LATENCY_SAMPLES; index += step) {
      const record = records[index];
      if (record !== undefined) this.#appendTimes.push(record.timestamp);
    }
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

function notAnOutput(topic: TopicName): TidewatchError {
  return new TidewatchError({
    code: OUTPUT_NOT_NAMED,
    retriable: false,
    message: `emitting to ${topic}: the processor does not name it among its outputs`,
    facts: { topic },
  });
}
