import { createHash } from 'node:crypto';
import { TidewatchError } from '../../common/errors.js';
import { writeCsvFile } from '../csv-writer.js';
import type { MetricsTopicSource } from '../metrics-topic.js';
import type { HistorySettings } from './config.js';
import { createHistory, type HistoryRange, type HostHistory, lastHours, requireRows } from './core.js';
import { type InfluxHistorySource, readInfluxHistory } from './influx-source.js';
import { readTopicHistory } from './topic-source.js';

export interface CollectHistoryOptions {
  readonly settings: HistorySettings;
  /** End of the range, ms since the epoch. */
  readonly now: number;
  /** Only this host; null = all, each in a file of its own. */
  readonly host: string | null;
  /** Path of the file, .csv or .csv.gz; with several hosts their names are put before its ending. */
  readonly out: string;
  /** Once it is aborted, an unfinished file is gone. */
  readonly signal?: AbortSignal | undefined;
}

/** What was written of one host. */
export interface HostFile {
  readonly host: string;
  readonly file: string;
  readonly rows: number;
  /** Rows without any value. */
  readonly emptyRows: number;
  readonly metrics: readonly string[];
  /** Start of the first and of the last bucket, ms. */
  readonly from: number;
  readonly to: number;
}

/** What was asked for and what came of it. */
export interface HistoryReport {
  readonly source: string;
  readonly range: HistoryRange;
  readonly hosts: readonly HostFile[];
}

/** Writes the averages of the metrics topic. Throws NO_HISTORY, BAD_SETTINGS, TOPIC_MISSING, FILE_UNWRITABLE. */
export async function collectFromTopic(
  options: CollectHistoryOptions,
  source: Omit<MetricsTopicSource, 'host'>,
): Promise<HistoryReport> {
  const range = historyRange(options);
  const history = createHistory(range, options.settings.HISTORY_MAX_AVERAGES);
  await readTopicHistory({ ...source, host: options.host }, history);
  return writeFiles(options, { source: 'the metrics topic', range }, history.hosts());
}

/** Writes the averages of `system_metrics`. Throws NO_HISTORY, BAD_SETTINGS, INFLUX_UNREACHABLE, INFLUX_UNAUTHORIZED, INFLUX_QUERY, FILE_UNWRITABLE. */
export async function collectFromInflux(
  options: CollectHistoryOptions,
  source: InfluxHistorySource,
): Promise<HistoryReport> {
  const range = historyRange(options);
  const history = createHistory(range, options.settings.HISTORY_MAX_AVERAGES);
  await readInfluxHistory(source, range, options.host, history);
  return writeFiles(options, { source: 'InfluxDB', range }, history.hosts());
}

/** Returns the range that is asked for. Throws BAD_SETTINGS: a caller may ask before it connects to anything. */
export function historyRange({
  settings,
  now,
}: Pick<CollectHistoryOptions, 'settings' | 'now'>): HistoryRange {
  const range = lastHours(now, settings.HISTORY_HOURS, settings.HISTORY_BUCKET_MS);
  requireRows(range, settings.HISTORY_MAX_ROWS);
  return range;
}

async function writeFiles(
  { host, out, signal }: CollectHistoryOptions,
  asked: Omit<HistoryReport, 'hosts'>,
  histories: readonly HostHistory[],
): Promise<HistoryReport> {
  if (histories.length === 0) throw noHistory(host, asked);
  const hosts: HostFile[] = [];
  for (const history of histories) {
    const file = histories.length === 1 ? out : fileOf(out, history.host);
    hosts.push(await writeHost(file, history, signal));
  }
  return { ...asked, hosts };
}

async function writeHost(
  file: string,
  { host, metrics, rowCount, rows }: HostHistory,
  signal: AbortSignal | undefined,
): Promise<HostFile> {
  const written = await writeCsvFile(
    { path: file, header: ['timestamp', ...metrics], signal },
    async (write) => {
      let emptyRows = 0;
      let [from, to] = [Number.POSITIVE_INFINITY, 0];
      for (const { timestamp, values } of rows()) {
        if (values.every((value) => value === null)) emptyRows += 1;
        from = Math.min(from, timestamp);
        to = timestamp;
        await write([timestamp, ...values]);
      }
      return { emptyRows, from, to };
    },
  );
  return { host, file, rows: rowCount, metrics, ...written };
}

/**
 * Returns the path with a host's name before its ending: history.csv.gz becomes history.web-1.csv.gz. What a file name should not hold
 * is replaced, and a digest of the name keeps such hosts apart.
 */
export function fileOf(out: string, host: string): string {
  const plain = host.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  const digest = createHash('sha256').update(host).digest('hex').slice(0, 8);
  const name = plain === host ? host : `${plain}-${digest}`;
  const ending = /\.csv(?:\.gz)?$|\.gz$/.exec(out)?.[0] ?? '';
  return `${out.slice(0, out.length - ending.length)}.${name}${ending}`;
}

function noHistory(host: string | null, { source, range }: Omit<HistoryReport, 'hosts'>): TidewatchError {
  const [from, to] = [new Date(range.from).toISOString(), new Date(range.to).toISOString()];
  return new TidewatchError({
    code: 'NO_HISTORY',
    retriable: false,
    message: `collecting history: ${source} has no metrics${host === null ? '' : ` of ${host}`} from ${from} to ${to} (HISTORY_HOURS)`,
    facts: { from: range.from, to: range.to },
  });
}
