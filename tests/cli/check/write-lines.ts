import { testInflux } from '../../support/services.js';

/** Writes line protocol to the run's InfluxDB, whichever version it is; times are nanoseconds. */
export async function writeLines(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const { url, api, bucket, org, token } = testInflux();
  const target = new URL(api === 1 ? '/write' : '/api/v2/write', url);
  const query = api === 1 ? { db: bucket } : { bucket, org };
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  const headers = api === 1 ? {} : { authorization: `Token ${token}` };
  const response = await fetch(target, { method: 'POST', body: lines.join('\n'), headers });
  if (!response.ok)
    throw new Error(`writing ${lines.length} lines: ${response.status} ${await response.text()}`);
}
