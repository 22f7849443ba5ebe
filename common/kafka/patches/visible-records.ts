import type { Admin, IHeaders } from 'kafkajs';
import { kafkajsInternal, replaceKafkajsModule } from './kafkajs-module.js';

/** What a read_committed reader sees from one offset on. */
export interface VisibleRecords {
  /** In offset order; none of aborted transactions, no control records. */
  readonly records: readonly { readonly offset: string; readonly headers?: IHeaders }[];
  /** Next offset to ask for; the one that was asked for when there is nothing more to see. */
  readonly next: number;
}

/** Where to look. */
export interface VisibleRequest {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
}

/** kafkajs's admin client with one request more. */
export interface ReadingAdmin extends Admin {
  /** Returns what is visible from an offset on, one fetch of it: at most 1 MiB, or one batch if that is larger. Throws as every request does. */
  fetchVisible(request: VisibleRequest): Promise<VisibleRecords>;
}

interface RawPartition {
  readonly messages: readonly { readonly offset: string }[];
}

interface Cluster {
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, unknown>>;
  findBroker(asked: { readonly nodeId: string }): Promise<{
    fetch(request: object): Promise<{ responses: readonly { partitions: readonly RawPartition[] }[] }>;
  }>;
}

type CreateAdmin = (parts: { readonly cluster: Cluster }) => Admin;
type VisibleBatch = new (
  topic: string,
  from: string,
  data: RawPartition,
) => { readonly messages: VisibleRecords['records'] };

const FETCH_BYTES = 1024 * 1024;
const READ_COMMITTED = 1;
/** How long the broker may wait for a first byte where there is none. */
const WAIT_MS = 50;

/** Returns kafkajs's `admin` whose clients know {@link ReadingAdmin.fetchVisible}; kafkajs 2.2.4 reads records only as a member of a group. */
export function withVisibleRecords(
  createAdmin: CreateAdmin,
): (parts: { readonly cluster: Cluster }) => ReadingAdmin {
  return (parts) =>
    Object.assign(createAdmin(parts), {
      fetchVisible: (request: VisibleRequest) => fetchVisible(parts.cluster, request),
    });
}

async function fetchVisible(
  cluster: Cluster,
  { topic, partition, from }: VisibleRequest,
): Promise<VisibleRecords> {
  await cluster.addTargetTopic(topic);
  await cluster.refreshMetadataIfNecessary();
  try {
    const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    const broker = await cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      replicaId: -1,
      isolationLevel: READ_COMMITTED,
      maxWaitTime: WAIT_MS,
      maxBytes: FETCH_BYTES,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes: FETCH_BYTES }] }],
    });
    const data = responses[0]?.partitions[0] ?? { messages: [] };
    const Batch = kafkajsInternal('consumer/batch') as VisibleBatch;
    const last = data.messages.at(-1);
    return {
      records: new Batch(topic, String(from), data).messages,
      next: last === undefined ? from : Math.max(from, Number(last.offset) + 1),
    };
  } catch (error) {
    // The leader may be another by now: whoever asks again must not be sent to the old one.
    await cluster.refreshMetadata();
    throw error;
  }
}

/** Puts {@link withVisibleRecords} around kafkajs's own. */
export function patchVisibleRecords(): void {
  replaceKafkajsModule('admin', withVisibleRecords(kafkajsInternal('admin') as CreateAdmin));
}
