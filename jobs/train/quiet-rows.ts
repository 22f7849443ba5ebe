import { createLayoutCache, createStatisticReader } from '../../detection/detectors/feature-view.js';
import { INCIDENT_DEVIATIONS, isReadingOff } from '../../detection/detectors/reading-off.js';
import { ZSCORE } from '../../detection/detectors/zscore.js';
import type { TrainingRow } from '../training-row.js';

/** Rows of a host after one whose reading is off that still carry it in their longest window. */
const ECHO_ROWS = 100;
/** Share of suspicious rows above which they are no incidents but the nature of the data. */
const MOST_SUSPECTS = 1 / 2;

/**
 * Returns the rows without those that may belong to an incident: a reading more than five long-run deviations off, and the 100 rows of the
 * same host behind it. A model that has learnt incidents finds the next one normal, and its boundary lies inside them. Where more than half of the rows
 * are suspicious, bursts are how these hosts live, and all rows are returned. O(rows x metrics).
 * @param rows in the order of the log
 */
export function quietRows(rows: readonly TrainingRow[]): readonly TrainingRow[] {
  const layouts = createLayoutCache();
  const readZscores = createStatisticReader(ZSCORE);
  const left = new Map<string, number>();
  const quiet = rows.filter((row) => {
    const isOff = isReadingOff(readZscores(layouts.viewOf(row)), INCIDENT_DEVIATIONS);
    const suspicious = isOff ? ECHO_ROWS : (left.get(row.host) ?? 0) - 1;
    left.set(row.host, Math.max(-1, suspicious));
    return suspicious < 0;
  });
  return rows.length - quiet.length > MOST_SUSPECTS * rows.length ? rows : quiet;
}
