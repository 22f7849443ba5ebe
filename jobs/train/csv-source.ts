import type { CsvReading } from '../../common/csv/csv-rows.js';
import { readCsv } from '../../common/csv/read-csv.js';
import { groupOf } from '../../detection/series/group.js';
import { emptyHost } from '../../detection/series/host-state.js';
import { observe } from '../../detection/series/observe.js';
import type { TrainingRow } from '../training-row.js';

export interface CsvSourceOptions {
  /** Path of a .csv or .csv.gz file. */
  readonly path: string;
  /** Name that its rows get as their host. */
  readonly host: string;
  /** Column that is no metric (labels); null for none. */
  readonly labelColumn: string | null;
  /** Model group; null = the fingerprint of the columns. */
  readonly group: string | null;
  /** Age at which a published baseline is stale, milliseconds of the file's own time. */
  readonly baselineMaxAgeMs: number;
  /** Sees every row of the file before it is yielded: its label, its place. */
  readonly onReading?: (reading: CsvReading) => void;
}

/**
 * Yields the rows of a file as the live system would see them: every row goes through the same series state as an event, its own
 * timestamp being its append time. Throws a TidewatchError: BAD_CSV with the line, FILE_UNREADABLE.
 */
export async function* readCsvRows(options: CsvSourceOptions): AsyncGenerator<TrainingRow> {
  const host = emptyHost();
  let sourceOffset = 0;
  for await (const reading of readCsv(options.path, options.labelColumn)) {
    options.onReading?.(reading);
    const { timestamp, metrics, values } = reading;
    if (metrics.length === 0) continue;
    const seen = observe(
      host,
      { timestamp, appendTime: timestamp, metrics, values },
      options.baselineMaxAgeMs,
    );
    yield {
      host: options.host,
      group: options.group ?? groupOf({}, reading.columns),
      timestamp,
      appendTime: timestamp,
      sourcePartition: 0,
      sourceOffset,
      metrics,
      values,
      statistics: seen.statistics,
      baseline: seen.baseline,
      warmingUp: seen.warmingUp,
      late: seen.late,
    };
    sourceOffset += 1;
  }
}
