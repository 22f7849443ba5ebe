import type { Admin, Message } from 'kafkajs';
import { codeOf, messageOf, TidewatchError } from '../../errors.js';
import { pause } from '../../lifecycle.js';
import type { Logger } from '../../log.js';
import type { Random } from '../../random.js';
import type { KafkaClient } from '../client.js';
import { LaneProducer } from '../lanes/lane-producer.js';
import { PendingOutput } from '../lanes/pending-output.js';
import { REFUSED_CODES } from '../refused-codes.js';
import { backoffMs } from './backoff.js';

/** Shorter than a session: a transaction left open by a vanished member is over before its successor gets the partition. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const ATTEMPTS = 20;
const RETRY = { minMs: 50, maxMs: 2_000 } as const;
const HOPELESS = new Set([...REFUSED_CODES, 'INVALID_TOPIC_EXCEPTION']);

/** The dead letters of one partition and the offset that is committed with them. */
export interface DeadLetters {
  readonly topic: string;
  readonly partition: number;
  readonly deadLetterTopic: string;
  /** In offset order. */
  readonly letters: readonly { readonly offset: number; readonly message: Message }[];
  /** Next offset to read. */
  readonly next: number;
}

export interface DeadLetterWriterOptions {
  readonly kafka: KafkaClient;
  readonly admin: Admin;
  readonly groupId: string;
  /** First part of the transactional ids: `<application>.<group>.<topic>.<partition>`. */
  readonly application: string;
  readonly log: Logger;
  readonly random: Random;
}

/** A partition whose former owner is fenced. */
interface Owned {
  readonly producer: LaneProducer;
  /** The group's offset as far as this owner knows. */
  committed: number;
}

/**
 * Writes dead letters and the group's offset of their partition in one transaction: exactly once. One transactional
 * producer per partition, made when its first bad record comes: making it fences the former owner of the partition and
 * ends what that one left open, and the group's offset is read after that, so that what the former owner did commit is
 * not written again. A former owner can only do harm while it stalls inside a transaction over a record that its successor
 * finds good (a refusal of the target that did not last).
 */
export class DeadLetterWriter {
  readonly #options: DeadLetterWriterOptions;
  readonly #owned = new Map<string, Owned>();

  constructor(options: DeadLetterWriterOptions) {
    this.#options = options;
  }

  /**
   * Resolves when letters and offset are committed, by this call or, as a repeat finds out, by one whose answer was lost.
   * Throws DEAD_LETTER_FAILED when no repeat helps; throws what happened last when `signal` fires. Before each repeat
   * `assertMember` is asked, which throws when the group has given the partition away: a repeat would fence the new owner.
   */
  async commit(work: DeadLetters, signal: AbortSignal, assertMember: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#attempt(work);
        return;
      } catch (error) {
        await this.#discard(keyOf(work));
        const code = codeOf(error);
        if (HOPELESS.has(code) || attempt >= ATTEMPTS) throw failed(work, error);
        if (signal.aborted) throw error;
        const { topic, partition } = work;
        this.#options.log.warn(
          { topic, partition, code, attempt },
          'writing dead letters failed, starting over',
        );
        await pause(backoffMs(attempt, RETRY, null, this.#options.random), signal);
        await assertMember();
      }
    }
  }

  /** Disconnects every producer: at the end, and at every rebalance, after which each partition must be fenced anew. */
  async close(): Promise<void> {
    await Promise.all([...this.#owned.keys()].map((key) => this.#discard(key)));
  }

  async #attempt(work: DeadLetters): Promise<void> {
    const owned = this.#owned.get(keyOf(work)) ?? (await this.#own(work));
    // What is committed already comes again when the commit of a neighbour failed after it.
    if (owned.committed >= work.next) return;
    const output = new PendingOutput();
    for (const { offset, message } of work.letters)
      if (offset >= owned.committed) output.add(work.deadLetterTopic, work.partition, message);
    await owned.producer.commit({
      rounds: output.rounds(),
      groupId: this.#options.groupId,
      inputTopic: work.topic,
      offsets: [{ partition: work.partition, offset: work.next, metadata: '' }],
    });
    owned.committed = work.next;
  }

  /** Fences the former owner of the partition, then reads what it committed: in this order, or it could still commit. */
  async #own(work: DeadLetters): Promise<Owned> {
    const { application, groupId, kafka } = this.#options;
    const id = `${application}.${groupId}.${work.topic}.${work.partition}`;
    const owned = { producer: new LaneProducer(kafka, id, TRANSACTION_TIMEOUT_MS), committed: -1 };
    this.#owned.set(keyOf(work), owned);
    const scope = { topics: [work.deadLetterTopic], partitions: [work.partition], groupId };
    await owned.producer.fence(scope, async () => ({ end: 'nothing' }));
    owned.committed = await this.#committed(work.topic, work.partition);
    return owned;
  }

  async #committed(topic: string, partition: number): Promise<number> {
    const [found] = await this.#options.admin.fetchOffsets({
      groupId: this.#options.groupId,
      topics: [topic],
    });
    return Number(found?.partitions.find((entry) => entry.partition === partition)?.offset ?? -1);
  }

  async #discard(key: string): Promise<void> {
    const owned = this.#owned.get(key);
    this.#owned.delete(key);
    await owned?.producer.discard();
  }
}

function keyOf(work: DeadLetters): string {
  return `${work.topic}/${work.partition}`;
}

function failed(work: DeadLetters, cause: unknown): TidewatchError {
  const { topic, partition, deadLetterTopic } = work;
  return new TidewatchError({
    code: 'DEAD_LETTER_FAILED',
    retriable: false,
    cause,
    message: `writing dead letters to ${deadLetterTopic}: ${messageOf(cause)}`,
    facts: { topic, partition },
  });
}
