import type { Message } from 'kafkajs';
import type { SendRound } from './lane-producer.js';

/** One record batch per topic-partition and send stays below this, bytes: the topics take 1 MiB with overhead. */
const MAX_BATCH_BYTES = 700 * 1024;
/** What a record costs beyond key, value and headers' text, bytes (record header, header names), roughly. */
const RECORD_OVERHEAD = 64;

interface Queue {
  readonly topic: string;
  readonly rounds: Message[][];
  /** Bytes in the last round. */
  bytes: number;
}

/** Output records that wait for the lane's next transaction, kept per topic and partition in the order of emission. */
export class PendingOutput {
  readonly #queues = new Map<string, Map<number, Queue>>();
  #bytes = 0;
  #records = 0;

  /** Bytes of keys, values and headers waiting, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Records waiting. */
  get records(): number {
    return this.#records;
  }

  /** Adds one record for a topic's partition. */
  add(topic: string, partition: number, message: Message): void {
    const queue = this.#queueOf(topic, partition);
    const bytes = sizeOf(message);
    const last = queue.rounds.at(-1);
    if (last === undefined || (queue.bytes + bytes > MAX_BATCH_BYTES && last.length > 0)) {
      queue.rounds.push([message]);
      queue.bytes = bytes;
    } else {
      last.push(message);
      queue.bytes += bytes;
    }
    this.#bytes += bytes;
    this.#records += 1;
  }

  /** Adds a header to the last record of every topic's partition for which there is a text. */
  markLast(name: string, textFor: (topic: string, partition: number) => string | null): void {
    for (const [topic, partitions] of this.#queues) {
      for (const [partition, { rounds }] of partitions) {
        const text = textFor(topic, partition);
        const round = rounds.at(-1);
        const last = round?.at(-1);
        if (text !== null && round !== undefined && last !== undefined)
          round[round.length - 1] = { ...last, headers: { ...last.headers, [name]: text } };
      }
    }
  }

  /** Returns what to send, in order: round after round, each with at most one batch per topic and partition. */
  rounds(): SendRound[] {
    const rounds: { topic: string; messages: Message[] }[][] = [];
    for (const [topic, partitions] of this.#queues) {
      for (const queue of partitions.values()) {
        queue.rounds.forEach((messages, index) => {
          rounds[index] ??= [];
          const round = rounds[index];
          const entry = round.find((candidate) => candidate.topic === topic);
          if (entry === undefined) round.push({ topic, messages: [...messages] });
          else for (const message of messages) entry.messages.push(message);
        });
      }
    }
    return rounds;
  }

  #queueOf(topic: string, partition: number): Queue {
    let partitions = this.#queues.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#queues.set(topic, partitions);
    }
    let queue = partitions.get(partition);
    if (queue === undefined) {
      queue = { topic, rounds: [], bytes: 0 };
      partitions.set(partition, queue);
    }
    return queue;
  }
}

function sizeOf(message: Message): number {
  let bytes = RECORD_OVERHEAD + (message.key?.length ?? 0) + (message.value?.length ?? 0);
  for (const name in message.headers) bytes += name.length + String(message.headers[name] ?? '').length;
  return bytes;
}
