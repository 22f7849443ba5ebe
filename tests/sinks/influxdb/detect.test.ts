import { describe, expect, it } from 'vitest';
import { detectInflux, type Fetch } from '../../../sinks/influxdb/detect.js';

interface Answers {
  readonly ping: { readonly status: number; readonly version?: string };
  readonly health?: { readonly status: number; readonly body: string };
}

function server({ ping, health }: Answers): Fetch {
  return (url) => {
    const headers = new Map(ping.version === undefined ? [] : [['x-influxdb-version', ping.version]]);
    const found = url.endsWith('/ping') ? { status: ping.status, body: '' } : health;
    if (found === undefined) return Promise.reject(new Error('unexpected call'));
    return Promise.resolve({
      status: found.status,
      headers: { get: (name) => headers.get(name) ?? null },
      text: () => Promise.resolve(found.body),
    });
  };
}

function detect(fetcher: Fetch) {
  return detectInflux('http://db:8086/', new AbortController().signal, fetcher);
}

describe('detectInflux', () => {
  it.each([
    ['1.6.7', 'v1'],
    ['1.8.10', 'v1'],
    ['v1.12.4', 'v1'],
    ['v2.9.1', 'v2'],
    ['2.0.9', 'v2'],
  ])('takes the version %s from /ping as %s', async (version, api) => {
    expect(await detect(server({ ping: { status: 204, version } }))).toEqual({ api, version });
  });

  it('asks /health when a proxy took the header away', async () => {
    const health = { status: 200, body: '{"name":"influxdb","version":"v2.9.1","status":"pass"}' };
    expect(await detect(server({ ping: { status: 204 }, health }))).toEqual({ api: 'v2', version: 'v2.9.1' });
  });

  it.each(['<html>', '[]', '{"version":2}', 'null'])('refuses what is no InfluxDB: %s', async (body) => {
    const fetcher = server({ ping: { status: 200 }, health: { status: 200, body } });
    await expect(detect(fetcher)).rejects.toMatchObject({ code: 'INFLUX_UNKNOWN', retriable: false });
  });

  it('calls a server that is starting unreachable, to be asked again', async () => {
    await expect(detect(server({ ping: { status: 503 } }))).rejects.toMatchObject({
      code: 'INFLUX_UNREACHABLE',
      retriable: true,
    });
    await expect(detect(() => Promise.reject(new Error('ECONNREFUSED')))).rejects.toMatchObject({
      code: 'INFLUX_UNREACHABLE',
      retriable: true,
    });
  });
});
