import type { Admin, IHeaders } from 'kafkajs';
import { kafkajsInternal, replaceKafkajsModule } from './kafkajs-module.js';

/** One record as it lies in the log, whatever became of its transaction. */
export interface RawRecord {
  readonly offset: string;
  readonly headers?: IHeaders;
  /** An end marker has two 16-bit numbers as its key: a version and its kind, 0 abort, 1 commit. */
  readonly key: Buffer | null;
  readonly isControlRecord: boolean;
}

/** Where to look. */
export interface RawRequest {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
}

/** What one fetch gives. */
export interface RawRecords {
  readonly records: readonly RawRecord[];
  /** Where the log ends now, open transactions included: kafkajs's own answer to that ends where the first open one begins. */
  readonly end: number;
}

/** kafkajs's admin client with one request more. */
export interface ReadingAdmin extends Admin {
  /**
   * Returns what lies in the log from an offset on, one fetch of it: at most 1 MiB, or one batch if that is larger; end markers and records of open and
   * aborted transactions too. Throws as every request does.
   */
  fetchRaw(request: RawRequest): Promise<RawRecords>;
}

interface Cluster {
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, unknown>>;
  findBroker(asked: { readonly nodeId: string }): Promise<{
    fetch(request: object): Promise<{
      readonly responses: readonly {
        readonly partitions: readonly {
          readonly highWatermark: string;
          readonly messages: readonly RawRecord[];
        }[];
      }[];
    }>;
  }>;
}

type CreateAdmin = (parts: { readonly cluster: Cluster }) => Admin;

const FETCH_BYTES = 1024 * 1024;
const READ_UNCOMMITTED = 0;

/** Returns kafkajs's `admin` whose clients know {@link ReadingAdmin.fetchRaw}; kafkajs 2.2.4 reads records only as a member of a group. */
export function withRawRecords(
  createAdmin: CreateAdmin,
): (parts: { readonly cluster: Cluster }) => ReadingAdmin {
  return (parts) =>
    Object.assign(createAdmin(parts), {
      fetchRaw: (request: RawRequest) => fetchRaw(parts.cluster, request),
    });
}

async function fetchRaw(cluster: Cluster, { topic, partition, from }: RawRequest): Promise<RawRecords> {
  await cluster.addTargetTopic(topic);
  await cluster.refreshMetadataIfNecessary();
  try {
    const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    const broker = await cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      replicaId: -1,
      isolationLevel: READ_UNCOMMITTED,
      maxWaitTime: 0,
      maxBytes: FETCH_BYTES,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes: FETCH_BYTES }] }],
    });
    const { highWatermark = '0', messages = [] } = responses[0]?.partitions[0] ?? {};
    // The batch that holds the offset comes whole.
    return { records: messages.filter(({ offset }) => Number(offset) >= from), end: Number(highWatermark) };
  } catch (error) {
    // The leader may be another by now: whoever asks again must not be sent to the old one.
    await cluster.refreshMetadata().catch(() => undefined);
    throw error;
  }
}

/** Puts {@link withRawRecords} around kafkajs's own. */
export function patchRawRecords(): void {
  replaceKafkajsModule('admin', withRawRecords(kafkajsInternal('admin') as CreateAdmin));
}
