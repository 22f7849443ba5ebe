import type { Batch } from 'kafkajs';
import { codeOf } from '../../errors.js';
import { pause, within } from '../../lifecycle.js';
import type { Logger } from '../../log.js';
import { FailureCount } from './failure-count.js';
import { FATAL_CODES } from './fatal-codes.js';
import { fetchedOffsetOf, recordsOf } from './fetched-batch.js';
import type { Settlement } from './forgotten-transaction.js';
import type { LanePositions } from './lane-positions.js';
import type { LaneScope } from './lane-producer.js';
import { LaneSession, type SessionOptions, type TransactionWriter } from './lane-session.js';
import { PartitionRun } from './partition-run.js';
import { type InputRecord, writtenTopics } from './processor.js';

/** What a lane may do with the consumer that feeds it. */
export interface ConsumerControl {
  seek(topic: string, partition: number, offset: number): void;
  pause(topic: string, partitions: readonly number[]): void;
  resume(topic: string, partitions: readonly number[]): void;
  /** Returns whether this process is a member of the stable group: only then may a lane be fenced again. */
  isMember(): Promise<boolean>;
}

export interface LaneOptions extends Omit<SessionOptions, 'onFailure' | 'onCommit'>, LanePositions {
  readonly control: ConsumerControl;
  readonly transactionalId: string;
  /** Returns a producer with the lane's transactional id, not connected yet. */
  readonly newProducer: () => FencingWriter;
  readonly log: Logger;
  /** Ends the process: going on would lose or double data, or never get anywhere. */
  readonly onFatal: (error: unknown) => void;
}

/** What a lane needs of its producer. */
export interface FencingWriter extends TransactionWriter {
  fence(scope: LaneScope, takeStock: () => Promise<Settlement>): Promise<Settlement>;
}

/** A fetched batch with what kafkajs lets us do about it. */
export interface FetchedBatch {
  readonly batch: Batch;
  /** Moves the consumer's position to after this offset; in memory only, commits travel in transactions. */
  resolve(offset: string): void;
  heartbeat(): Promise<void>;
  isStale(): boolean;
}

/** Records processed between two looks at the event loop: about 10 ms of work. */
const SLICE = 500;
/** Below the loop's own deadline for a stop, so that a lane that cannot commit is still given up in order. */
const DRAIN_DEADLINE_MS = 4_000;

/**
 * A fixed set of partitions with one transactional producer: the unit of assignment and of fencing (rule E1). Owning it
 * means: fence the former owner, read the committed offsets, load snapshots, replay, process. Any failed transaction
 * starts that over, because neither kafkajs's producer nor the state in memory can be trusted after one.
 */
export class Lane {
  readonly #options: LaneOptions;
  #partitions: readonly number[] = [];
  #session: LaneSession | undefined;
  /** Raised by every change of ownership; work begun under an older one stops at its next step. */
  #term = 0;
  readonly #failures = new FailureCount();

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Returns whether every partition of the lane is processing live records. */
  get isLive(): boolean {
    return (
      this.#session !== undefined && [...this.#session.runs.values()].every((run) => run.phase === 'live')
    );
  }

  /** Takes (or keeps) the lane in a new generation of the group. The partitions must be paused; they resume when ready. */
  own(partitions: readonly number[]): void {
    this.#partitions = partitions;
    this.#term += 1;
    void this.#open(this.#term);
  }

  /** Gives the lane up: what is not committed is left to the next owner. */
  async release(): Promise<void> {
    this.#term += 1;
    const session = this.#session;
    this.#session = undefined;
    await session?.discard();
  }

  /** Commits what has been processed, then gives the lane up, also when the broker does not answer. For a clean stop. */
  async drain(): Promise<void> {
    await this.#settled(this.#session);
    await this.release();
  }

  /** Takes note of a batch that held no record for us. */
  skip(topic: string, partition: number, first: number, last: number): void {
    const run = this.#session?.runs.get(partition);
    if (run === undefined) return;
    const isState = topic === this.#stateTopic;
    const back = (isState ? run.state : run.input).skip(first, last);
    if (back !== null) this.#options.control.seek(topic, partition, back);
    else if (isState) this.#finishLoading(run);
  }

  /** Processes a batch. Returns early, without resolving it, when the lane changes hands meanwhile. */
  async onBatch(fetched: FetchedBatch): Promise<void> {
    const session = this.#session;
    const run = session?.runs.get(fetched.batch.partition);
    if (session === undefined || run === undefined) return;
    const isState = fetched.batch.topic === this.#stateTopic;
    // A batch fetched before a rebalance may arrive while the snapshots are still being read.
    if (!isState && run.phase === 'loading') return;
    const position = isState ? run.state : run.input;
    const last = Number(fetched.batch.lastOffset());
    const fit = position.check(fetchedOffsetOf(fetched.batch), last);
    if (fit.kind === 'ahead') return this.#options.control.seek(fetched.batch.topic, run.partition, fit.to);
    if (fit.kind === 'use') {
      const records = recordsOf(fetched.batch, fit.from);
      if (isState ? !this.#load(run, records) : !(await this.#processSlices(session, run, records, fetched)))
        return;
    }
    position.advance(last);
    fetched.resolve(fetched.batch.lastOffset());
    if (isState) this.#finishLoading(run);
  }

  /** A snapshot that cannot be taken is fatal; thrown into kafkajs it would be fetched again for ever, in silence. */
  #load(run: PartitionRun, records: readonly InputRecord[]): boolean {
    try {
      for (const { key, value } of records) run.task.load?.(key?.toString() ?? '', value);
      return true;
    } catch (error) {
      this.#options.onFatal(error);
      return false;
    }
  }

  /** Returns whether all records were processed while the lane stayed ours. */
  async #processSlices(
    session: LaneSession,
    run: PartitionRun,
    records: readonly InputRecord[],
    fetched: FetchedBatch,
  ): Promise<boolean> {
    for (let from = 0; from < records.length; from += SLICE) {
      while (!session.hasCapacity() && this.#session === session) {
        await Promise.race([session.nextCommit(), pause(500)]);
        await fetched.heartbeat();
      }
      if (this.#session !== session || fetched.isStale()) return false;
      try {
        session.process(run, records.slice(from, from + SLICE));
      } catch (error) {
        this.#options.onFatal(error);
        return false;
      }
      if (from + SLICE < records.length) {
        await new Promise((resolve) => setImmediate(resolve));
        await fetched.heartbeat();
      }
    }
    return true;
  }

  async #open(term: number): Promise<void> {
    // A retry that was overtaken by a new assignment must not retire the session of that assignment.
    if (term !== this.#term) return;
    await this.#retireSession();
    while (term === this.#term) {
      const producer = this.#options.newProducer();
      try {
        const runs = await this.#restoreRuns(producer);
        if (term !== this.#term) return await producer.discard();
        this.#start(producer, runs, term);
        return;
      } catch (error) {
        await producer.discard();
        if (!(await this.#mayRetry(error, term))) return;
      }
    }
  }

  /** Lets the running transaction finish, so that its work is not thrown away, but never waits long for it. */
  async #retireSession(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await this.#settled(session);
    await session?.discard();
  }

  async #settled(session: LaneSession | undefined): Promise<void> {
    if (session === undefined) return;
    await within(session.drained(), DRAIN_DEADLINE_MS, 'the lane to commit').catch(() => undefined);
  }

  #scope(): LaneScope {
    const { processor, nameOf, groupId } = this.#options;
    return { topics: writtenTopics(processor).map(nameOf), partitions: this.#partitions, groupId };
  }

  async #restoreRuns(producer: FencingWriter): Promise<Map<number, PartitionRun>> {
    const { processor, startsOf, takeStock } = this.#options;
    const { next } = await producer.fence(this.#scope(), () => takeStock(this.#partitions));
    const starts = await startsOf(this.#partitions, next);
    return new Map(
      [...starts].map(([partition, start]) => [
        partition,
        new PartitionRun(partition, processor.createTask(partition), start),
      ]),
    );
  }

  #start(producer: FencingWriter, runs: ReadonlyMap<number, PartitionRun>, term: number): void {
    const { control, nameOf, processor, log, transactionalId } = this.#options;
    this.#session = new LaneSession(
      {
        ...this.#options,
        onFailure: (error) => void this.#restart(error, term),
        onCommit: () => this.#failures.succeeded(),
      },
      producer,
      runs,
    );
    for (const run of runs.values()) {
      control.seek(nameOf(processor.input), run.partition, run.input.next);
      if (this.#stateTopic !== undefined && run.phase === 'loading') {
        control.seek(this.#stateTopic, run.partition, run.state.next);
        control.resume(this.#stateTopic, [run.partition]);
      } else control.resume(nameOf(processor.input), [run.partition]);
    }
    log.info({ lane: transactionalId, partitions: [...runs.keys()] }, 'lane owned');
  }

  /** When a partition's snapshots are all in, its input begins. */
  #finishLoading(run: PartitionRun): void {
    const { control, nameOf, processor } = this.#options;
    if (this.#stateTopic === undefined || run.phase === 'loading') return;
    control.pause(this.#stateTopic, [run.partition]);
    control.resume(nameOf(processor.input), [run.partition]);
  }

  async #restart(error: unknown, term: number): Promise<void> {
    if (term !== this.#term) return;
    this.#term += 1;
    const next = this.#term;
    const { control, nameOf, processor, metrics } = this.#options;
    metrics.restarts.inc({ code: codeOf(error) });
    try {
      control.pause(nameOf(processor.input), this.#partitions);
      if (this.#stateTopic !== undefined) control.pause(this.#stateTopic, this.#partitions);
    } catch (gone) {
      // kafkajs throws here once its consumer has crashed; nobody would see a rejection of this method.
      return this.#options.onFatal(gone);
    }
    await this.#retireSession();
    if (await this.#mayRetry(error, next)) await this.#open(next);
  }

  /**
   * Waits, then says whether the lane may be opened again. A process that is no member of the stable group must not:
   * it would fence the rightful owner. It then waits for its next assignment.
   */
  async #mayRetry(error: unknown, term: number): Promise<boolean> {
    if (term !== this.#term) return false;
    const code = codeOf(error);
    const waitMs = this.#failures.failed(this.#options.now());
    if (FATAL_CODES.has(code) || waitMs === null) {
      this.#options.onFatal(error);
      return false;
    }
    this.#options.log.warn(
      { lane: this.#options.transactionalId, code, err: error },
      'transaction failed: the lane starts over from its committed offsets',
    );
    await pause(waitMs);
    // The answer may come after a new assignment, which then has opened the lane already: whoever asked looks at the term again.
    return term === this.#term && (await this.#options.control.isMember());
  }

  get #stateTopic(): string | undefined {
    const { state } = this.#options.processor;
    return state === undefined ? undefined : this.#options.nameOf(state);
  }
}
