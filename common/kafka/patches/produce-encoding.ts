import { kafkajsInternal, replaceKafkajsModule } from './kafkajs-module.js';
import { type RecordToWrite, RecordWriter } from './record-writer.js';

/** What kafkajs's producer asks to be written; 64-bit numbers are of its own class, which prints as a number. */
export interface ProduceOptions {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null | undefined;
  readonly producerId?: { toString(): string } | undefined;
  readonly producerEpoch?: number | undefined;
  readonly compression?: number | undefined;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number | undefined;
      readonly messages: readonly (RecordToWrite & { readonly timestamp?: string | number | null })[];
    }[];
  }[];
}

/** A request as kafkajs sends it; what `encode` resolves to is taken for one of its encoders. */
export interface ProduceRequest {
  readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
}

const MAGIC = 2;
const TRANSACTIONAL = 0x10;
/** Partition leader epoch and magic stand between the batch's length and its checksum. */
const CHECKSUM_BYTES = 4;

type Partition = ProduceOptions['topicData'][number]['partitions'][number];

/**
 * Returns the body of an uncompressed Produce request, versions 3 to 7: the same bytes as kafkajs's own.
 *
 * kafkajs 2.2.4 (protocol/requests/produce/v3, protocol/recordBatch) makes an Encoder of 512 zeroed bytes for every record and
 * one more for every header, a Buffer for every number, counts in BigInt, and copies every byte seven times. Measured in
 * `window+score`: a third of the process's CPU. Here everything is written once, behind places for the lengths.
 * @param crc32C checksum of a whole buffer
 */
export function encodeProduce(options: ProduceOptions, crc32C: (bytes: Buffer) => number): Buffer {
  const writer = new RecordWriter();
  writer.string(options.transactionalId ?? null);
  writer.int16(options.acks);
  writer.int32(options.timeout);
  writer.int32(options.topicData.length);
  for (const { topic, partitions } of options.topicData) {
    writer.string(topic);
    writer.int32(partitions.length);
    for (const partition of partitions) writePartition(writer, options, partition, crc32C);
  }
  return writer.written();
}

function writePartition(
  writer: RecordWriter,
  options: ProduceOptions,
  partition: Partition,
  crc32C: (bytes: Buffer) => number,
): void {
  writer.int32(partition.partition);
  const sizeAt = writer.length;
  writer.int32(0);
  const start = writer.length;
  writer.int64(0n);
  const lengthAt = writer.length;
  writer.int32(0);
  writer.int32(0);
  writer.int8(MAGIC);
  const checksumAt = writer.length;
  writer.int32(0);
  writeBatch(writer, options, partition);
  writer.overwrite32(crc32C(writer.written(checksumAt + CHECKSUM_BYTES)), checksumAt);
  writer.overwrite32(writer.length - lengthAt - 4, lengthAt);
  writer.overwrite32(writer.length - start, sizeAt);
}

/** Everything that the checksum covers. */
function writeBatch(
  writer: RecordWriter,
  { transactionalId, producerId, producerEpoch = 0 }: ProduceOptions,
  { messages, firstSequence = 0 }: Partition,
): void {
  const now = Date.now();
  const { first, last } = timestampsOf(messages, now);
  writer.int16(transactionalId ? TRANSACTIONAL : 0);
  writer.int32(messages.length - 1);
  writer.int64(BigInt(first));
  writer.int64(BigInt(last));
  writer.int64(BigInt(producerId?.toString() ?? -1));
  writer.int16(producerEpoch);
  writer.int32(firstSequence);
  writer.int32(messages.length);
  messages.forEach((message, i) => {
    writer.record(message, i, Number(message.timestamp || now) - first);
  });
}

/** Oldest and newest timestamp that messages bring along; now when none does. */
function timestampsOf(messages: Partition['messages'], now: number): { first: number; last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { timestamp } of messages) {
    if (timestamp === undefined || timestamp === null) continue;
    first = Math.min(first, Number(timestamp));
    last = Math.max(last, Number(timestamp));
  }
  return first <= last ? { first, last } : { first: now, last: now };
}

/** Makes kafkajs write its uncompressed Produce requests by {@link encodeProduce}. */
export function patchProduceEncoding(): void {
  const path = 'protocol/requests/produce/v3/request';
  const original = kafkajsInternal(path) as (options: ProduceOptions) => ProduceRequest;
  const crc32C = kafkajsInternal('protocol/recordBatch/crc32C/crc32C') as (bytes: Buffer) => number;
  replaceKafkajsModule(path, (options: ProduceOptions): ProduceRequest => {
    const request = original(options);
    if ((options.compression ?? 0) !== 0) return request;
    const encode = () => {
      const buffer = encodeProduce(options, crc32C);
      return Promise.resolve({ buf: buffer, buffer });
    };
    return { ...request, encode };
  });
}
