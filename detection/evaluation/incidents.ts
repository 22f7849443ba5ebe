import { type Labels, requireBinary } from './labelled-scores.js';
import { mergedSegments, segments } from './segments.js';

/** What counts as a day, and when two alarm runs are one. */
export interface IncidentSettings {
  /** Rows of one day; 1440 at a row a minute. Above 0. */
  readonly rowsPerDay: number;
  /** Alarm runs parted by fewer quiet rows than this are one; 10 unless told. */
  readonly mergeGap?: number;
}

/** What a person on call sees of an alarm column: incidents found, how late, and how often for nothing. */
export interface IncidentQuality {
  /** Labelled segments. */
  readonly incidents: number;
  /** Those with an alarm inside. */
  readonly detected: number;
  /** detected / incidents, 0..1; null without a labelled row. */
  readonly recall: number | null;
  /** Rows from the first labelled row to the first alarm, one for each detected incident, in order; 0 is at once. */
  readonly delays: readonly number[];
  /** Mean and median of the delays in rows; null when nothing was detected. */
  readonly meanDelay: number | null;
  readonly medianDelay: number | null;
  /** Merged alarm runs in which no row is labelled. */
  readonly falseAlarms: number;
  readonly falseAlarmsPerDay: number;
}

/**
 * Returns event-wise recall, detection delay and false alarms a day of an alarm column (0 or 1 per row, in time order). A run
 * reaches from its first to its last alarm, the quiet rows that it bridges included. O(n).
 * @throws RangeError when the lengths differ or are 0, a value is neither 0 nor 1, or rowsPerDay is not above 0
 */
export function incidentQuality(
  labels: Labels,
  alarms: ArrayLike<number>,
  settings: IncidentSettings,
): IncidentQuality {
  requireColumns(labels, alarms, settings.rowsPerDay);
  const labelled = segments(labels);
  const alarmsUpTo = runningCount(alarms);
  const labelsUpTo = runningCount(labels);
  const delays: number[] = [];
  for (const { start, end } of labelled) {
    if (within(alarmsUpTo, start, end) === 0) continue;
    let first = start;
    while (alarms[first] === 0) first += 1;
    delays.push(first - start);
  }
  const runs = mergedSegments(segments(alarms), settings.mergeGap ?? 10);
  const falseAlarms = runs.filter(({ start, end }) => within(labelsUpTo, start, end) === 0).length;
  return {
    incidents: labelled.length,
    detected: delays.length,
    recall: labelled.length === 0 ? null : delays.length / labelled.length,
    delays,
    meanDelay: delays.length === 0 ? null : delays.reduce((sum, delay) => sum + delay, 0) / delays.length,
    medianDelay: median(delays),
    falseAlarms,
    falseAlarmsPerDay: (falseAlarms * settings.rowsPerDay) / labels.length,
  };
}

function requireColumns(labels: Labels, alarms: ArrayLike<number>, rowsPerDay: number): void {
  if (labels.length !== alarms.length || labels.length === 0)
    throw new RangeError(`evaluating alarms: ${labels.length} labels for ${alarms.length} alarms`);
  if (!(rowsPerDay > 0))
    throw new RangeError(`evaluating alarms: a day of ${rowsPerDay} rows is not above 0`);
  requireBinary(labels, 'label');
  requireBinary(alarms, 'alarm');
}

function runningCount(values: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i += 1) counts[i + 1] = (counts[i] as number) + (values[i] as number);
  return counts;
}

function within(counts: Float64Array, start: number, end: number): number {
  return (counts[end + 1] as number) - (counts[start] as number);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const ascending = Float64Array.from(values).sort();
  const middle = (ascending.length - 1) / 2;
  return ((ascending[Math.floor(middle)] as number) + (ascending[Math.ceil(middle)] as number)) / 2;
}
