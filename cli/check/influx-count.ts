import { TidewatchError } from '../../common/errors.js';

/** Where to ask in InfluxQL: both 1.x and 2.x understand it. */
export interface InfluxQuery {
  readonly url: string;
  readonly bucket: string;
  /** 2.x: a token; 1.x: user:password; null without login. */
  readonly token: string | null;
  readonly isVersion1: boolean;
}

/** Returns the number of points of a field between two times (milliseconds, both included). Throws INFLUX_QUERY. */
export async function countPoints(
  target: InfluxQuery,
  measurement: string,
  field: string,
  range: { readonly from: number; readonly to: number },
): Promise<number> {
  const from = `${range.from}000000`;
  const to = `${range.to + 1}000000`;
  const query = `SELECT COUNT("${field}") FROM "${measurement}" WHERE time >= ${from} AND time < ${to}`;
  const url = new URL('/query', target.url);
  url.searchParams.set('db', target.bucket);
  url.searchParams.set('q', query);
  const response = await fetch(url, { headers: authorization(target), signal: AbortSignal.timeout(30_000) });
  const answer = (await response.json()) as {
    results?: { error?: string; series?: { values?: unknown[][] }[] }[];
    error?: string;
  };
  const [result] = answer.results ?? [];
  const error = answer.error ?? result?.error;
  if (!response.ok || error !== undefined)
    throw new TidewatchError({
      code: 'INFLUX_QUERY',
      retriable: true,
      message: `counting points of ${measurement}: ${error ?? response.statusText}`,
    });
  return Number(result?.series?.[0]?.values?.[0]?.[1] ?? 0);
}

function authorization({ token, isVersion1 }: InfluxQuery): Record<string, string> {
  if (token === null || token === '') return {};
  return { authorization: isVersion1 ? `Basic ${Buffer.from(token).toString('base64')}` : `Token ${token}` };
}
