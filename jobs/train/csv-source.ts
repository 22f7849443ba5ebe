import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { messageOf, TidewatchError } from '../../common/errors.js';
import { groupOf } from '../../detection/series/group.js';
import { emptyHost } from '../../detection/series/host-state.js';
import { observe } from '../../detection/series/observe.js';
import { type CsvReading, createCsvParser } from './csv-rows.js';
import type { TrainingRow } from './training-row.js';

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
}

/**
 * Yields the rows of a file as the live system would see them: every row goes through the same series state as an event, its own
 * timestamp being its append time. Throws a TidewatchError: BAD_CSV with the line, FILE_UNREADABLE.
 */
export async function* readCsvRows(options: CsvSourceOptions): AsyncGenerator<TrainingRow> {
  const host = emptyHost();
  let sourceOffset = 0;
  for await (const reading of readCsv(options.path, options.labelColumn)) {
    const { timestamp, metrics, values } = reading;
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

/** Yields the readings of a .csv or .csv.gz file; blank lines are passed over. */
export async function* readCsv(path: string, labelColumn: string | null): AsyncGenerator<CsvReading> {
  const parse = createCsvParser(labelColumn);
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A stream that fails before it is piped would leave its reader waiting for ever.
  file.on('error', (error) => bytes.destroy(error));
  let line = 0;
  try {
    for await (const text of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (text.trim() === '') continue;
      const parsed = parse(text);
      if (parsed.kind === 'reading') yield parsed.reading;
      else if (parsed.kind === 'problem') throw badCsv(parsed.reason, line);
    }
  } catch (error) {
    if (error instanceof TidewatchError) throw error;
    throw new TidewatchError({
      code: 'FILE_UNREADABLE',
      retriable: false,
      message: `reading CSV: ${messageOf(error)}`,
      cause: error,
      facts: { path, line },
    });
  } finally {
    file.destroy();
  }
  if (line === 0) throw badCsv('the file is empty', 1);
}

function badCsv(reason: string, line: number): TidewatchError {
  return new TidewatchError({
    code: 'BAD_CSV',
    retriable: false,
    message: `reading CSV: line ${line}: ${reason}`,
    facts: { line },
  });
}
