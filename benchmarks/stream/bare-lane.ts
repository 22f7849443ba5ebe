import type { EachBatchPayload, Message, Producer } from 'kafkajs';

/** What one lane of the control copies from where to where. */
export interface BareLaneOptions {
  readonly producer: Producer;
  readonly groupId: string;
  readonly input: string;
  /** Every record goes to each of them, same partition. */
  readonly outputs: readonly string[];
  readonly onFailure: (error: unknown) => void;
  readonly onCopied: (records: number) => void;
}

/** The bounds of one transaction and of one batch, as the lane loop has them. */
const MOST_RECORDS = 20_000;
const MOST_ROUND_BYTES = 700 * 1024;

interface Round {
  readonly messages: Message[];
  bytes: number;
}

/**
 * The least that a transactional copy needs: records gather while a transaction commits and share the next (group commit
 * without a timer). No check of position or ownership, no decoding, no state.
 */
export class BareLane {
  readonly #options: BareLaneOptions;
  #rounds = new Map<number, Round[]>();
  #offsets = new Map<number, string>();
  #records = 0;
  #pumping = false;
  #waiters: (() => void)[] = [];

  constructor(options: BareLaneOptions) {
    this.#options = options;
  }

  async onBatch({ batch, resolveOffset, heartbeat }: EachBatchPayload): Promise<void> {
    while (this.#records >= MOST_RECORDS) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
      await heartbeat();
    }
    const { partition } = batch;
    const rounds = this.#rounds.get(partition) ?? [];
    this.#rounds.set(partition, rounds);
    let bytes = 0;
    const messages = batch.messages.map(({ key, value, headers, timestamp }): Message => {
      bytes += (key?.length ?? 0) + (value?.length ?? 0) + 128;
      return { key, value, partition, headers: { ...headers, 'append-time': timestamp } };
    });
    const last = rounds.at(-1);
    if (last === undefined || last.bytes + bytes > MOST_ROUND_BYTES) rounds.push({ messages, bytes });
    else {
      last.messages.push(...messages);
      last.bytes += bytes;
    }
    this.#records += messages.length;
    this.#offsets.set(partition, String(Number(batch.lastOffset()) + 1));
    resolveOffset(batch.lastOffset());
    if (!this.#pumping) void this.#pump();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#offsets.size > 0) await this.#commit();
    } catch (error) {
      this.#options.onFailure(error);
    } finally {
      this.#pumping = false;
    }
  }

  async #commit(): Promise<void> {
    const { producer, groupId, input, outputs, onCopied } = this.#options;
    const queues = [...this.#rounds.values()];
    const partitions = [...this.#offsets].map(([partition, offset]) => ({ partition, offset }));
    const records = this.#records;
    this.#rounds = new Map();
    this.#offsets = new Map();
    this.#records = 0;
    const transaction = await producer.transaction();
    const most = Math.max(...queues.map((rounds) => rounds.length));
    for (let round = 0; round < most; round += 1) {
      const messages = queues.flatMap((rounds) => rounds[round]?.messages ?? []);
      await transaction.sendBatch({ topicMessages: outputs.map((topic) => ({ topic, messages })), acks: -1 });
    }
    await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic: input, partitions }] });
    await transaction.commit();
    onCopied(records);
    for (const wake of this.#waiters.splice(0)) wake();
  }
}
