import { TAIL } from '../../detection/detectors/baseline.js';
import { ZSCORE } from '../../detection/detectors/zscore.js';
import type { TrainingRow } from './training-row.js';

/** Statistics that the detectors of a training read. */
const READ_STATISTICS = [ZSCORE, TAIL];

/**
 * Returns the part of a row that training reads. Ten thousand rows of a group wait in memory: without labels, ids and unread
 * statistics a row of 3 metrics takes about 0.5 kB.
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
