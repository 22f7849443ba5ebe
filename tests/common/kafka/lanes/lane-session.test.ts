import { describe, expect, it } from 'vitest';
import type { TransactionContent } from '../../../../common/kafka/lanes/lane-producer.js';
import { LaneSession, type TransactionWriter } from '../../../../common/kafka/lanes/lane-session.js';
import { PartitionRun } from '../../../../common/kafka/lanes/partition-run.js';
import type { InputRecord, PartitionTask, Processor } from '../../../../common/kafka/lanes/processor.js';
import { topicName } from '../../../../common/kafka/topics.js';
import { createRegistry, stageMetrics } from '../../../../common/metrics.js';

/** A producer whose transactions end when the test says so. */
class ScriptedWriter implements TransactionWriter {
  readonly begun: TransactionContent[] = [];
  readonly #ends: { resolve(): void; reject(error: Error): void }[] = [];
  discarded = 0;

  commit(content: TransactionContent): Promise<void> {
    this.begun.push(content);
    return new Promise((resolve, reject) => this.#ends.push({ resolve, reject }));
  }

  async discard(): Promise<void> {
    this.discarded += 1;
  }

  succeed(): Promise<void> {
    this.#ends.shift()?.resolve();
    return turn();
  }

  fail(): Promise<void> {
    this.#ends.shift()?.reject(new Error('no'));
    return turn();
  }

  values(transaction: number): string[] {
    return (this.begun[transaction]?.rounds ?? []).flatMap((round) =>
      round.flatMap(({ messages }) => messages.map(({ value }) => String(value))),
    );
  }

  offsets(transaction: number): string[] {
    return (this.begun[transaction]?.offsets ?? []).map(
      ({ partition, offset, metadata }) => `${partition}@${offset} ${metadata}`,
    );
  }
}

/** Several turns of the event loop: a transaction begins one turn after its first record. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

const records = (partition: number, ...offsets: number[]): InputRecord[] =>
  offsets.map((offset) => ({
    partition,
    offset,
    timestamp: 0,
    key: Buffer.from('k'),
    value: Buffer.from(`v${offset}`),
    headers: {},
  }));

/** Emits what it reads; refuses what lies in `refused`; throws on flush when told to. */
function echo(options: { refused?: (offset: number) => boolean; replayed?: number[] } = {}): PartitionTask {
  return {
    replay: ({ offset }) => void options.replayed?.push(offset),
    process: (record, emitter) => {
      if (options.refused?.(record.offset) === true)
        return { kind: 'rejected', code: 'BAD', reason: 'testing', stage: 'VALUE_CONVERTER' };
      emitter.emit('features', 'k', record.value, {});
      return { kind: 'emitted' };
    },
    restoreFrom: (next) => next - 1,
  };
}

function open(task: PartitionTask = echo(), committed = 0) {
  const writer = new ScriptedWriter();
  const failures: unknown[] = [];
  const processor: Processor = {
    input: 'metrics',
    outputs: ['features'],
    deadLetter: 'metricsDeadLetter',
    createTask: () => task,
  };
  const runs = new Map(
    [0, 1].map((partition) => [
      partition,
      new PartitionRun(partition, task, { committed, restore: 0, stateLow: 0, stateEnd: 0 }),
    ]),
  );
  const session = new LaneSession(
    {
      processor,
      application: 'test',
      instance: 'one',
      groupId: 'g',
      nameOf: (topic) => topicName('', topic),
      metrics: stageMetrics(createRegistry(), 'test'),
      now: () => 0,
      onFailure: (error) => failures.push(error),
      onCommit: () => undefined,
    },
    writer,
    runs,
  );
  const process = (partition: number, ...offsets: number[]) => {
    const run = runs.get(partition);
    if (run !== undefined) session.process(run, records(partition, ...offsets));
  };
  return { session, writer, failures, process };
}

describe('LaneSession', () => {
  it('commits the partitions of one fetch together, with their offsets and what a successor must replay', async () => {
    const { writer, process } = open();
    process(0, 0, 1);
    process(1, 5);
    await turn();
    expect(writer.begun).toHaveLength(1);
    expect(writer.values(0)).toEqual(['v0', 'v1', 'v5']);
    expect(writer.offsets(0)).toEqual(['0@2 v1;restore=1', '1@6 v1;restore=5']);
  });

  it('gathers what arrives while a transaction is under way for the next one, each record in one of them', async () => {
    const { writer, process, session } = open();
    process(0, 0);
    await turn();
    process(0, 1);
    process(0, 2);
    await turn();
    expect(writer.begun).toHaveLength(1);
    await writer.succeed();
    expect(writer.values(1)).toEqual(['v1', 'v2']);
    expect(writer.offsets(1)).toEqual(['0@3 v1;restore=2']);
    await writer.succeed();
    await session.drained();
    expect(writer.begun).toHaveLength(2);
  });

  it('replays what is committed without output, and commits nothing for it', async () => {
    const replayed: number[] = [];
    const { writer, process } = open(echo({ replayed }), 3);
    process(0, 0, 1, 2);
    await turn();
    expect(replayed).toEqual([0, 1, 2]);
    expect(writer.begun).toEqual([]);
    process(0, 3);
    await turn();
    expect(writer.values(0)).toEqual(['v3']);
  });

  it('ends with a failed transaction: tells it once and commits nothing afterwards', async () => {
    const { session, writer, failures, process } = open();
    process(0, 0);
    await turn();
    process(0, 1);
    const waiting = session.nextCommit();
    await writer.fail();
    await waiting;
    process(0, 2);
    await turn();
    expect(failures).toHaveLength(1);
    expect(writer.begun).toHaveLength(1);
  });

  it('commits nothing any more after a throw, because the output that waits has no offsets', async () => {
    const { session, writer, process } = open(echo({ refused: (offset) => offset >= 10 }));
    process(1, 0);
    await turn();
    process(1, 1);
    const many = Array.from({ length: 300 }, (_, index) => 10 + index);
    expect(() => process(0, ...many)).toThrow(expect.objectContaining({ code: 'TOO_MANY_REJECTED' }));
    await writer.succeed();
    await session.drained();
    expect(writer.begun).toHaveLength(1);
  });

  it('puts a record on which the processor throws into the dead letter and goes on', async () => {
    const task: PartitionTask = {
      process: ({ offset }, emitter) => {
        if (offset === 1) throw new TypeError('a bug');
        emitter.emit('features', 'k', Buffer.from(`v${offset}`), {});
        return { kind: 'emitted' };
      },
    };
    const { writer, process } = open(task);
    process(0, 0, 1, 2);
    await turn();
    expect(writer.values(0)).toEqual(['v0', 'v2', 'v1']);
    expect(writer.begun[0]?.rounds[0]?.map(({ topic }) => topic)).toEqual([
      'features.v1',
      'metrics.v1.dead-letter',
    ]);
  });

  it('ends when a processor writes to what is none of its outputs: a fence would not know of it', () => {
    const { process } = open({
      process: (record, emitter) => {
        emitter.emit('predictions', 'k', record.value, {});
        return { kind: 'emitted' };
      },
    });
    expect(() => process(0, 0)).toThrow(expect.objectContaining({ code: 'OUTPUT_NOT_NAMED' }));
  });

  it('tells in the last record of a partition which input its transaction is about, but not in dead letters', async () => {
    const { writer, process } = open(echo({ refused: (offset) => offset === 6 }), 4);
    process(0, 4, 5, 6);
    process(1, 4);
    await turn();
    process(0, 7);
    await writer.succeed();
    const told = writer.begun.map(({ rounds }) =>
      rounds
        .flat()
        .map(({ topic, messages }) => [
          topic,
          messages.map(({ partition, headers }) => [partition, headers?.['tidewatch-offsets']]),
        ]),
    );
    expect(told).toEqual([
      [
        [
          'features.v1',
          [
            [0, undefined],
            [0, '4 7 g'],
            [1, '4 5 g'],
          ],
        ],
        ['metrics.v1.dead-letter', [[0, undefined]]],
      ],
      [['features.v1', [[0, '7 8 g']]]],
    ]);
  });

  it('has no capacity while much waits, and has it again once that is in a transaction', async () => {
    const { session, writer, process } = open();
    process(0, 0);
    await turn();
    process(0, ...Array.from({ length: 20_000 }, (_, index) => index + 1));
    expect(session.hasCapacity()).toBe(false);
    const committed = session.nextCommit();
    await writer.succeed();
    await committed;
    expect(session.hasCapacity()).toBe(true);
  });

  it('leaves nothing waiting for a commit when it is discarded', async () => {
    const { session, writer, process } = open();
    process(0, 0);
    await turn();
    const waiting = session.nextCommit();
    await session.discard();
    await waiting;
    await session.nextCommit();
    expect(writer.discarded).toBe(1);
  });
});
