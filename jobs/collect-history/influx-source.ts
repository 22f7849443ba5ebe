import { z } from 'zod';
import { messageOf, TidewatchError } from '../../common/errors.js';
import { createProgressBar, type ProgressOutput } from '../../common/progress-bar.js';
import type { History, HistoryRange } from './core.js';

/** Where to ask in InfluxQL, which 1.x and 2.x (through a DBRP mapping) both understand. */
export interface InfluxHistorySource {
  readonly url: string;
  /** Bucket; 1.x: the database, or `database/retention-policy`. */
  readonly bucket: string;
  /** 2.x: a token; 1.x: `user:password`; null without login. */
  readonly token: string | null;
  readonly isVersion1: boolean;
  /** Longest wait for one answer, ms. */
  readonly timeoutMs: number;
  readonly progress: ProgressOutput;
}

const MEASUREMENT = 'system_metrics';
/** Buckets of one query: keeps an answer small however long the range is. */
const BUCKETS_PER_QUERY = 1_000;
const MEAN = 'mean_';

const ANSWER = z.object({
  error: z.string().optional(),
  results: z
    .array(
      z.object({
        error: z.string().optional(),
        series: z
          .array(
            z.object({
              tags: z.record(z.string(), z.string()).optional(),
              columns: z.array(z.string()),
              values: z.array(z.array(z.union([z.number(), z.string(), z.boolean(), z.null()]))),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});

type Series = NonNullable<NonNullable<z.infer<typeof ANSWER>['results']>[number]['series']>[number];

/**
 * Adds the averages of every bucket in the range, of one host or of all (null). InfluxDB computes them: what travels grows with the
 * buckets, not with the points. Throws INFLUX_UNREACHABLE, INFLUX_UNAUTHORIZED, INFLUX_QUERY.
 */
export async function readInfluxHistory(
  source: InfluxHistorySource,
  { from, to, bucketMs }: HistoryRange,
  host: string | null,
  history: History,
): Promise<void> {
  const bar = createProgressBar(source.progress, 'asking', (to - from) / bucketMs);
  const stepMs = BUCKETS_PER_QUERY * bucketMs;
  for (let start = from; start < to; start += stepMs) {
    const end = Math.min(to, start + stepMs);
    const where = `time >= ${start}ms AND time < ${end}ms${host === null ? '' : ` AND "host" = ${quoted(host)}`}`;
    const query = `SELECT MEAN(*) FROM "${MEASUREMENT}" WHERE ${where} GROUP BY time(${bucketMs}ms), "host" fill(none)`;
    for (const series of await ask(source, query)) addSeries(series, history);
    bar.show((end - from) / bucketMs);
  }
  bar.end();
}

function addSeries({ tags, columns, values }: Series, history: History): void {
  const time = columns.indexOf('time');
  for (const row of values) {
    const timestamp = row[time];
    columns.forEach((column, i) => {
      const value = row[i];
      if (!column.startsWith(MEAN) || typeof value !== 'number' || typeof timestamp !== 'number') return;
      history.add(tags?.['host'] ?? '', timestamp, column.slice(MEAN.length), value);
    });
  }
}

async function ask(source: InfluxHistorySource, query: string): Promise<readonly Series[]> {
  const [database = '', retention] = source.bucket.split('/', 2);
  const url = new URL('/query', source.url);
  url.searchParams.set('db', source.isVersion1 ? database : source.bucket);
  if (source.isVersion1 && retention !== undefined) url.searchParams.set('rp', retention);
  url.searchParams.set('epoch', 'ms');
  url.searchParams.set('q', query);
  const response = await request(source, url);
  if (response.status === 401 || response.status === 403)
    throw broken('INFLUX_UNAUTHORIZED', `InfluxDB answers ${response.status}; check INFLUX_TOKEN`);
  const parsed = ANSWER.safeParse(await response.json().catch(() => null));
  if (!parsed.success) throw broken('INFLUX_QUERY', `status ${response.status}, no answer to a query`);
  const [result] = parsed.data.results ?? [];
  const error = parsed.data.error ?? result?.error;
  if (error !== undefined) throw broken('INFLUX_QUERY', error);
  return result?.series ?? [];
}

async function request(source: InfluxHistorySource, url: URL): Promise<Response> {
  try {
    return await fetch(url, {
      headers: authorization(source),
      signal: AbortSignal.timeout(source.timeoutMs),
    });
  } catch (error) {
    throw broken(
      'INFLUX_UNREACHABLE',
      messageOf(error instanceof Error && error.cause ? error.cause : error),
    );
  }
}

function authorization({ token, isVersion1 }: InfluxHistorySource): Record<string, string> {
  if (token === null || token === '') return {};
  return { authorization: isVersion1 ? `Basic ${Buffer.from(token).toString('base64')}` : `Token ${token}` };
}

/** InfluxQL reads a backslash as an escape. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function broken(
  code: 'INFLUX_QUERY' | 'INFLUX_UNREACHABLE' | 'INFLUX_UNAUTHORIZED',
  reason: string,
): TidewatchError {
  return new TidewatchError({
    code,
    retriable: code === 'INFLUX_UNREACHABLE',
    message: `asking InfluxDB for ${MEASUREMENT}: ${reason}`,
  });
}
