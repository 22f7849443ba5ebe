import { messageOf, TidewatchError } from '../../common/errors.js';

/** Which write API a server speaks, and what it calls itself. */
export interface InfluxVersion {
  readonly api: 'v1' | 'v2';
  /** As the server says it, for example `1.6.7` or `v2.7.1`. */
  readonly version: string;
}

/** What {@link detectInflux} needs of `fetch`. */
export type Fetch = (
  url: string,
  init: { readonly signal: AbortSignal; readonly redirect: 'manual' },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}>;

/**
 * Returns which InfluxDB answers at a URL: by the version in the header of `/ping` (every 1.x and 2.x), else by `/health`
 * (2.x, also behind proxies that strip headers). Throws INFLUX_UNREACHABLE (retriable) when nobody answers or the server is
 * not ready, INFLUX_UNKNOWN when the answer is no InfluxDB's.
 */
export async function detectInflux(url: string, signal: AbortSignal, fetcher: Fetch): Promise<InfluxVersion> {
  const base = url.replace(/\/+$/, '');
  const ping = await ask(`${base}/ping`, signal, fetcher);
  const header = ping.headers.get('x-influxdb-version');
  await ping.text();
  if (header !== null && header !== '') return classify(header);
  const health = await ask(`${base}/health`, signal, fetcher);
  const version = versionIn(await health.text());
  if (version !== undefined) return classify(version);
  throw new TidewatchError({
    code: 'INFLUX_UNKNOWN',
    retriable: false,
    message:
      'asking for the InfluxDB version: neither /ping nor /health names one; is INFLUX_URL an InfluxDB?',
    facts: { ping: ping.status, health: health.status },
  });
}

async function ask(url: string, signal: AbortSignal, fetcher: Fetch): ReturnType<Fetch> {
  const unreachable = (cause: unknown, message: string) =>
    new TidewatchError({ code: 'INFLUX_UNREACHABLE', retriable: true, cause, message });
  let response: Awaited<ReturnType<Fetch>>;
  try {
    response = await fetcher(url, { signal, redirect: 'manual' });
  } catch (error) {
    throw unreachable(error, `asking for the InfluxDB version: ${messageOf(error)}`);
  }
  if (response.status >= 500 || response.status === 429)
    throw unreachable(undefined, `asking for the InfluxDB version: the server answers ${response.status}`);
  return response;
}

function classify(version: string): InfluxVersion {
  return { api: /^v?1\./.test(version) ? 'v1' : 'v2', version };
}

function versionIn(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const version: unknown = Reflect.get(parsed, 'version');
    return typeof version === 'string' && version !== '' ? version : undefined;
  } catch {
    return undefined;
  }
}
