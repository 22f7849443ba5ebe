import { messageOf, TidewatchError } from '../../common/errors.js';
import { INFLUX_WAYS } from './settings.js';

/** How to reach an InfluxDB, and with which rights. */
export interface InfluxAddress {
  readonly url: string;
  /** A token for 2.x, `user:password` for 1.x. */
  readonly token?: string | undefined;
  /** Name of the organisation of 2.x. */
  readonly org?: string | undefined;
  /** The bucket of 2.x, the database of 1.x. */
  readonly bucket: string;
}

/** What a server says that it is. */
export interface InfluxIdentity {
  /** Without a leading `v`, e.g. `1.6.7~rc0`, `2.7.11`. */
  readonly version: string;
  /** Which API it is written to: 1 = `/write` and a database, 2 = `/api/v2/write` and a bucket. */
  readonly api: 1 | 2;
}

const TIMEOUT_MS = 5_000;

/**
 * Asks a server what it is: `GET /ping` answers with the header X-Influxdb-Version (1.x and 2.x); where a proxy strips
 * it, the version in the body of `GET /health` (1.8 and later) decides. Throws INFLUX_UNREACHABLE.
 */
export async function identifyInflux(url: string): Promise<InfluxIdentity> {
  try {
    const ping = await request(url, '/ping');
    const version = ping.headers.get('x-influxdb-version') ?? (await versionFromHealth(url));
    if (version !== null) return parseIdentity(version);
  } catch (error) {
    throw unreachable(url, messageOf(error instanceof Error && error.cause ? error.cause : error), error);
  }
  throw unreachable(url, 'what answers there does not say that it is InfluxDB');
}

/** Returns the API that a version speaks; 0.x and 1.x have databases, anything newer has buckets. */
export function parseIdentity(version: string): InfluxIdentity {
  const plain = version.trim().replace(/^v/i, '');
  return { version: plain, api: /^[01]\./.test(plain) ? 1 : 2 };
}

/**
 * Makes the database or bucket when it is absent. Throws WRONG_CREDENTIALS when the server refuses the token or user,
 * INFLUX_UNREACHABLE when it does not answer or cannot make it.
 */
export async function ensureBucket(address: InfluxAddress, api: 1 | 2): Promise<void> {
  try {
    await (api === 1 ? ensureDatabase(address) : ensureBucketOf2(address));
  } catch (error) {
    if (error instanceof TidewatchError) throw error;
    throw unreachable(address.url, messageOf(error), error);
  }
}

async function ensureDatabase(address: InfluxAddress): Promise<void> {
  const query = async (q: string): Promise<string> => {
    const init = { method: 'POST', headers: headersOf(address, 1), body: new URLSearchParams({ q }) };
    const response = await request(address.url, '/query', init);
    const text = await response.text();
    if (response.status === 401 || response.status === 403) throw wrongCredentials(address, response.status);
    // InfluxQL errors come with status 200, one per statement.
    const error = /"error":"([^"]*)"/.exec(text)?.[1];
    if (!response.ok || error !== undefined)
      throw unreachable(address.url, `${q}: ${error ?? response.status}`);
    return text;
  };
  const databases = await query('SHOW DATABASES');
  const name = address.bucket.split('/')[0] ?? address.bucket;
  if (databases.includes(`[${JSON.stringify(name)}]`)) return;
  await query(`CREATE DATABASE "${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
}

async function ensureBucketOf2(address: InfluxAddress): Promise<void> {
  const headers = { ...headersOf(address, 2), 'content-type': 'application/json' };
  const call = async (path: string, init: RequestInit = {}): Promise<string> => {
    const response = await request(address.url, path, { ...init, headers });
    const text = await response.text();
    if (response.status === 401 || response.status === 403) throw wrongCredentials(address, response.status);
    // Listing by a name that does not exist is 404 for organisations, an empty list for buckets.
    if (!response.ok && response.status !== 404) {
      throw unreachable(address.url, `${path.split('?')[0]}: ${response.status}`);
    }
    return text;
  };
  const name = encodeURIComponent(address.bucket);
  const org = encodeURIComponent(address.org ?? '');
  const buckets = JSON.parse(await call(`/api/v2/buckets?name=${name}&org=${org}`)) as {
    buckets?: unknown[];
  };
  if ((buckets.buckets?.length ?? 0) > 0) return;
  const orgs = JSON.parse(await call(`/api/v2/orgs?org=${org}`)) as { orgs?: { id: string }[] };
  const orgID = orgs.orgs?.[0]?.id;
  if (orgID === undefined) {
    throw unreachable(address.url, `it has no organisation ${address.org ?? '(INFLUX_ORG is not set)'}`);
  }
  await call('/api/v2/buckets', { method: 'POST', body: JSON.stringify({ orgID, name: address.bucket }) });
}

async function versionFromHealth(url: string): Promise<string | null> {
  const response = await request(url, '/health');
  const body: unknown = await response.json().catch(() => null);
  if (typeof body !== 'object' || body === null || Reflect.get(body, 'name') !== 'influxdb') return null;
  const version: unknown = Reflect.get(body, 'version');
  return typeof version === 'string' ? version : null;
}

function request(url: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url.replace(/\/+$/, '')}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
}

function headersOf(address: InfluxAddress, api: 1 | 2): Record<string, string> {
  if (address.token === undefined || address.token === '') return {};
  if (api === 2) return { authorization: `Token ${address.token}` };
  return { authorization: `Basic ${Buffer.from(address.token).toString('base64')}` };
}

function unreachable(url: string, reason: string, cause?: unknown): TidewatchError {
  return new TidewatchError({
    code: 'INFLUX_UNREACHABLE',
    message: `connecting to InfluxDB at ${url}: ${reason}; ${INFLUX_WAYS}`,
    retriable: true,
    cause,
    facts: { url },
  });
}

function wrongCredentials(address: InfluxAddress, status: number): TidewatchError {
  return new TidewatchError({
    code: 'WRONG_CREDENTIALS',
    message: `connecting to InfluxDB at ${address.url}: it refused the credentials (${status}); check INFLUX_TOKEN (a token for 2.x, user:password for 1.x) and that it may use ${address.bucket}`,
    retriable: false,
    facts: { url: address.url, status },
  });
}
