import type {
  Emitter,
  InputRecord,
  Outcome,
  PartitionTask,
  Processor,
} from '../../common/kafka/lanes/processor.js';

/** How many records of a key lie between two of its snapshots. */
const SNAPSHOT_EVERY = 5;

interface Sum {
  total: number;
  count: number;
  /** Offset of the first record that is in no snapshot. */
  unsaved: number | null;
  /** Last offset that is part of the sum. */
  last: number;
}

/**
 * The smallest stateful processor: per key the running sum of the numbers it has seen. Its output tells at once whether
 * a record was lost, applied twice, or applied to a state that was not restored.
 */
export function runningSum(): Processor {
  return {
    input: 'metrics',
    outputs: ['features'],
    deadLetter: 'metricsDeadLetter',
    state: 'windowState',
    createTask: () => new SumTask(),
  };
}

class SumTask implements PartitionTask {
  readonly #sums = new Map<string, Sum>();

  load(key: string, value: Buffer | null): void {
    if (value === null) this.#sums.delete(key);
    else this.#sums.set(key, { ...(JSON.parse(value.toString()) as Sum), unsaved: null });
  }

  replay(record: InputRecord): void {
    const sum = this.#sumOf(record);
    if (record.offset > sum.last) this.#apply(sum, record);
  }

  process(record: InputRecord, emitter: Emitter): Outcome {
    if (Number.isNaN(Number(record.value)))
      return { kind: 'rejected', code: 'NOT_A_NUMBER', reason: 'reading a number', stage: 'VALUE_CONVERTER' };
    const key = record.key?.toString() ?? '';
    const sum = this.#sumOf(record);
    this.#apply(sum, record);
    emitter.emit('features', key, Buffer.from(`${sum.count}:${sum.total}`), {
      'tidewatch-id': `${key}:${sum.count}`,
    });
    if (sum.count % SNAPSHOT_EVERY === 0) {
      sum.unsaved = null;
      emitter.emit('windowState', key, Buffer.from(JSON.stringify(sum)), {});
    }
    return { kind: 'emitted' };
  }

  restoreFrom(next: number): number {
    return Math.min(next, ...[...this.#sums.values()].map(({ unsaved }) => unsaved ?? next));
  }

  #sumOf(record: InputRecord): Sum {
    const key = record.key?.toString() ?? '';
    const sum = this.#sums.get(key) ?? { total: 0, count: 0, unsaved: null, last: -1 };
    this.#sums.set(key, sum);
    return sum;
  }

  #apply(sum: Sum, record: InputRecord): void {
    sum.total += Number(record.value);
    sum.count += 1;
    sum.last = record.offset;
    sum.unsaved ??= record.offset;
  }
}
