import type { KafkaClient } from '../../common/kafka/client.js';
import type { InputRecord } from '../../common/kafka/lanes/processor.js';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { topicName } from '../../common/kafka/topics.js';
import type { Logger } from '../../common/log.js';
import { type FeatureEvent, featureEventCodec } from '../../schemas/feature-event.js';
import { compactRow } from '../compact-row.js';
import { createRowKeeper, isTrainable, type RowKeeper, type TrainingRow } from '../training-row.js';
import { readingsIn } from './memory.js';
import { createRowBudget } from './row-budget.js';

export interface FeaturesSourceOptions {
  readonly kafka: KafkaClient;
  /** Prefix of topic names. */
  readonly topicPrefix: string;
  /** Prefix of consumer groups. */
  readonly groupPrefix: string;
  /** Only this model group; null = every group in the topic. */
  readonly group: string | null;
  /** Only rows appended at or after this time, milliseconds since the epoch. */
  readonly since: number;
  /** Newest trainable rows that are kept per group. */
  readonly rowsPerGroup: number;
  /** Memory for the rows of all groups together, bytes. */
  readonly rowBytes: number;
  /** Sees every row that may be trained on, also those that are not kept. */
  readonly onRow?: (row: FeatureEvent) => void;
  readonly log: Logger;
}

/** The rows of one group. */
export interface GroupRows {
  /** Oldest first. */
  readonly rows: readonly TrainingRow[];
  /** Rows that could be trained on. */
  readonly trainable: number;
  /** Whether fewer than `rowsPerGroup` are kept although there were more: for want of memory. */
  readonly isShort: boolean;
}

/** Rows by group, and what was passed over on the way. */
export interface FeatureRows {
  readonly groups: ReadonlyMap<string, GroupRows>;
  /** Records that could not be decoded. */
  readonly unreadable: number;
  /** Rows that are still warming up, or late. */
  readonly untrainable: number;
}

/** Takes features records one by one and keeps what a training reads of them. */
export interface FeatureRowCollector {
  take(record: Pick<InputRecord, 'value'>): void;
  result(): FeatureRows;
}

/**
 * Returns an empty collector. It holds at most a quarter more than `rowsPerGroup` compact rows per group, fewer wide ones (createRowKeeper),
 * and no more than `rowBytes` of all groups together: beyond that the largest give up their oldest.
 */
export function createFeatureRowCollector(
  options: Pick<FeaturesSourceOptions, 'group' | 'since' | 'rowsPerGroup' | 'rowBytes' | 'onRow'>,
): FeatureRowCollector {
  const keepers = new Map<string, RowKeeper>();
  const budget = createRowBudget(readingsIn(options.rowBytes), () => [...keepers.values()]);
  let unreadable = 0;
  let untrainable = 0;
  const keep = (event: FeatureEvent): void => {
    if (options.group !== null && event.group !== options.group) return;
    if (event.appendTime < options.since) return;
    // Also the group of a row that is not kept: that all of a group's rows warm up is worth being told.
    const keeper = keepers.get(event.group) ?? createRowKeeper(options.rowsPerGroup);
    keepers.set(event.group, keeper);
    if (!isTrainable(event)) {
      untrainable += 1;
      return;
    }
    budget.add(compactRow(event), keeper);
    options.onRow?.(event);
  };
  return {
    take: ({ value }) => {
      const decoded = value === null ? null : featureEventCodec.decode(value);
      if (decoded?.ok) keep(decoded.value);
      else unreadable += 1;
    },
    result: () => ({
      groups: new Map([...keepers].map(([group, keeper]) => [group, rowsOf(keeper, options.rowsPerGroup)])),
      unreadable,
      untrainable,
    }),
  };
}

function rowsOf(keeper: RowKeeper, wanted: number): GroupRows {
  const rows = keeper.rows();
  return { rows, trainable: keeper.added, isShort: rows.length < Math.min(wanted, keeper.added) };
}

/**
 * Returns the newest trainable rows of the features topic, up to the end that it has at the start, in an order that does
 * not depend on how the partitions were read. Throws what the reader throws (TOPIC_MISSING, a lost broker).
 */
export async function readFeatureRows(options: FeaturesSourceOptions): Promise<FeatureRows> {
  const collector = createFeatureRowCollector(options);
  const reader = await readTopic({
    kafka: options.kafka,
    topic: topicName(options.topicPrefix, 'features'),
    groupPrefix: options.groupPrefix,
    from: 'beginning',
    onRecords: (records) => {
      for (const record of records) collector.take(record);
    },
    log: options.log,
  });
  try {
    await reader.caughtUp;
  } finally {
    await reader.stop();
  }
  return collector.result();
}
