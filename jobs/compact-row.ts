import { TAIL_EVIDENCE } from '../detection/detectors/baseline.js';
import type { StatisticKey } from '../detection/detectors/feature-view.js';
import { ZSCORE, ZSCORE_EVIDENCE } from '../detection/detectors/zscore.js';
import type { BaselineView } from '../schemas/feature-event.js';
import type { TrainingRow } from './training-row.js';

/** What the forest reads of every metric: level and spread over a short, a middle and a long window. */
export const FOREST_STATISTICS: readonly StatisticKey[] = [5, 20, 100].flatMap((window) => [
  { name: 'mean', window },
  { name: 'standardDeviation', window },
]);

/** Statistics that the detectors of a training read. */
const READ_STATISTICS = [ZSCORE, ZSCORE_EVIDENCE, TAIL_EVIDENCE, ...FOREST_STATISTICS];

/**
 * Returns the part of a row that training reads. Ten thousand rows of a group wait in memory: without labels, ids and unread
 * statistics a row of 3 metrics takes about 2 kB, one of 38 about 6 kB.
 */
export function compactRow(row: TrainingRow): TrainingRow {
  const { host, group, timestamp, appendTime, sourcePartition, sourceOffset } = row;
  const { metrics, values, warmingUp, late, baseline } = row;
  return {
    host,
    group,
    timestamp,
    appendTime,
    sourcePartition,
    sourceOffset,
    metrics,
    values: doubles(values),
    statistics: READ_STATISTICS.flatMap(({ name, window }) => {
      const read = row.statistics.find((statistic) => statistic.name === name && statistic.window === window);
      return read === undefined ? [] : [{ name, window, values: doubles(read.values) }];
    }),
    baseline: baseline === null ? null : denseBaseline(baseline),
    warmingUp,
    late,
  };
}

function denseBaseline({ version, mean, standardDeviation, p99 }: BaselineView): BaselineView {
  return {
    version: doubles(version),
    mean: doubles(mean),
    standardDeviation: doubles(standardDeviation),
    p99: doubles(p99),
  };
}

/**
 * Returns the numbers in an array of 8 bytes each. Arrays of a decoded record take three times as much: the decoder makes those of
 * names and of numbers in one place, and V8 keeps each number of such an array as an object of its own.
 */
function doubles(numbers: readonly number[]): number[] {
  const dense = new Array<number>(numbers.length).fill(0.5);
  for (let i = 0; i < numbers.length; i += 1) dense[i] = numbers[i] as number;
  return dense;
}
