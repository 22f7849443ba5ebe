import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRange, lastOutputs, OFFSETS_HEADER } from '../../../../common/kafka/lanes/last-outputs.js';
import type { ReadingAdmin } from '../../../../common/kafka/patches/raw-records.js';
import { topicName } from '../../../../common/kafka/topics.js';
import { kafkaClient } from '../../../support/kafka.js';
import { uniqueName, waitFor } from '../../../support/services.js';
import { makeTopics } from '../../../support/topics.js';

const BIG = Buffer.alloc(600_000, 7);

describe('reading a log as it lies', () => {
  let admin: ReadingAdmin;
  let topic: string;
  const kafka = kafkaClient();

  beforeAll(async () => {
    admin = kafka.admin();
    await admin.connect();
    topic = topicName(await makeTopics(), 'features');
  });
  afterAll(() => admin.disconnect());

  /** A transaction of big records, each sent alone; the last one tells its range. */
  async function write(partition: number, records: number, range: readonly [number, number]) {
    const producer = kafka.producer({
      transactionalId: uniqueName('x'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    for (let left = records; left > 0; left -= 1) {
      const headers =
        left === 1 ? { [OFFSETS_HEADER]: encodeRange({ from: range[0], next: range[1] }, 'g') } : {};
      await transaction.send({ topic, messages: [{ partition, value: BIG, headers }] });
    }
    return { transaction, end: () => producer.disconnect() };
  }

  it('sees records of open transactions, end markers, and the end of the log behind them', async () => {
    const { transaction, end } = await write(0, 1, [0, 4]);
    const { records, end: logEnd } = await admin.fetchRaw({ topic, partition: 0, from: 0 });
    expect(records.map(({ offset, isControlRecord }) => [offset, isControlRecord])).toEqual([['0', false]]);
    expect(logEnd).toBe(1);
    await transaction.commit();
    await end();
    // The answer to a commit comes before its marker is written.
    await waitFor(
      async () =>
        (await admin.fetchRaw({ topic, partition: 0, from: 1 })).records[0]?.isControlRecord === true,
      {
        timeoutMs: 10_000,
        what: 'the end marker',
      },
    );
    expect(await admin.fetchRaw({ topic, partition: 0, from: 2 })).toEqual({ records: [], end: 2 });
  });

  it('finds the newest output behind megabytes of an open transaction, and passes over an aborted one', async () => {
    const outputs = () => lastOutputs({ admin, groupId: 'g', topics: [topic], partitions: [1] });
    const known = await write(1, 1, [0, 4]);
    await known.transaction.commit();
    await known.end();
    const open = await write(1, 4, [4, 9]);
    expect(await outputs()).toEqual([{ partition: 1, fate: 'open', range: { from: 4, next: 9 } }]);
    await open.transaction.abort();
    await open.end();
    expect(await outputs()).toEqual([{ partition: 1, fate: 'committed', range: { from: 0, next: 4 } }]);
  });

  it('tells what it could not read, and goes on after that', async () => {
    await expect(admin.fetchRaw({ topic, partition: 0, from: 900 })).rejects.toMatchObject({
      type: 'OFFSET_OUT_OF_RANGE',
    });
    expect((await admin.fetchRaw({ topic, partition: 0, from: 0 })).records).toHaveLength(2);
  });
});
