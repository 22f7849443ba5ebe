import { TAIL_EVIDENCE } from '../../detection/detectors/baseline.js';
import type { StatisticKey } from '../../detection/detectors/feature-view.js';
import { ZSCORE, ZSCORE_EVIDENCE } from '../../detection/detectors/zscore.js';
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
 * statistics a row of 3 metrics takes about 1 kB, one of 38 about 4 kB.
 */
export function compactRow(row: TrainingRow): TrainingRow {
  const { host, group, timestamp, appendTime, sourcePartition, sourceOffset } = row;
  const { metrics, values, warmingUp, late, baseline } = row;
  const isRead = (name: string, window: number): boolean =>
    READ_STATISTICS.some((key) => key.name === name && key.window === window);
  return {
    host,
    group,
    timestamp,
    appendTime,
    sourcePartition,
    sourceOffset,
    metrics,
    values,
    statistics: row.statistics.filter(({ name, window }) => isRead(name, window)),
    baseline,
    warmingUp,
    late,
  };
}
