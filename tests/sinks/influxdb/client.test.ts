import { afterEach, describe, expect, it } from 'vitest';
import type { WriteResult } from '../../../common/kafka/delivery/target.js';
import {
  createInfluxClient,
  type InfluxClient,
  type InfluxConnection,
} from '../../../sinks/influxdb/client.js';
import { answer, type FakeInflux, halfAnswerThenReset, silence, startFakeInflux } from './fake-influx.js';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function setUp(version: string, parts: Partial<InfluxConnection> = {}) {
  const server = await startFakeInflux(version);
  const client = clientOf(server, parts);
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  return { server, client };
}

function clientOf(server: Pick<FakeInflux, 'url'>, parts: Partial<InfluxConnection>): InfluxClient {
  return createInfluxClient({
    url: server.url,
    token: 'user:secret',
    org: 'o',
    bucket: 'db',
    timeoutMs: 300,
    maxLines: 100,
    maxBytes: 1_000_000,
    ...parts,
  });
}

function write(client: InfluxClient, lines: readonly string[]): Promise<WriteResult> {
  return client.write(lines, new AbortController().signal);
}

const LINES = Array.from({ length: 250 }, (_, index) => `m,h=a f=${index} ${index}`);

describe.each(['1.6.7', 'v2.9.1'])('client of InfluxDB %s', (version) => {
  it('says delivered only when every chunk was taken', async () => {
    const { server, client } = await setUp(version);
    expect(await write(client, LINES)).toEqual({ kind: 'delivered' });
    expect([...server.stored]).toEqual(LINES);
    expect(server.writes).toHaveLength(3);
  });

  it('cuts chunks by bytes too', async () => {
    const { server, client } = await setUp(version, { maxBytes: 40 });
    expect(await write(client, LINES.slice(0, 4))).toEqual({ kind: 'delivered' });
    expect(server.writes).toHaveLength(2);
  });

  it('finds the bad points and keeps their neighbours', async () => {
    const { server, client } = await setUp(version);
    const bad = new Set([0, 99, 100, 177, 249]);
    const lines = LINES.map((line, index) => (bad.has(index) ? `${line}BAD` : line));
    const result = await write(client, lines);
    expect(result).toMatchObject({ kind: 'refused' });
    if (result.kind !== 'refused') return;
    expect(result.failures.map(({ index }) => index)).toEqual([...bad]);
    expect(result.failures[0]?.code).toBe('FIELD_TYPE_CONFLICT');
    expect([...server.stored].sort()).toEqual(lines.filter((_, index) => !bad.has(index)).sort());
  });

  it('splits what is too large, down to the single point that is', async () => {
    const { server, client } = await setUp(version);
    server.script(answer(413), answer(413));
    const result = await write(client, LINES.slice(0, 2));
    expect(result).toMatchObject({ kind: 'refused', failures: [{ index: 0, code: 'POINT_TOO_LARGE' }] });
    expect([...server.stored]).toEqual([LINES[1]]);
  });

  it.each([
    ['503', answer(503), null],
    ['429 with Retry-After', answer(429, '', { 'retry-after': '7' }), 7_000],
    ['500', answer(500, 'engine: timeout'), null],
    ['half an answer, then a reset', halfAnswerThenReset, null],
    ['no answer in time', silence, null],
  ])('asks to come again after %s', async (_, behaviour, afterMs) => {
    const { server, client } = await setUp(version);
    server.script(behaviour);
    expect(await write(client, LINES)).toMatchObject({ kind: 'retry', afterMs });
    expect(await write(client, LINES)).toEqual({ kind: 'delivered' });
    expect(server.stored.size).toBe(250);
  });

  it('reads a Retry-After that is a date', async () => {
    const { server, client } = await setUp(version);
    server.script(answer(503, '', { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }));
    const result = await write(client, LINES);
    if (result.kind !== 'retry' || result.afterMs === null) throw new Error(result.kind);
    expect(result.afterMs).toBeGreaterThan(50_000);
    expect(result.afterMs).toBeLessThanOrEqual(60_000);
  });

  it('asks to come again when only the second chunk failed', async () => {
    const { server, client } = await setUp(version);
    server.script((_, response) => response.writeHead(204).end(), answer(503));
    expect(await write(client, LINES)).toMatchObject({ kind: 'retry' });
  });

  it('asks to come again when the server goes away in the middle of a search for bad points', async () => {
    const { server, client } = await setUp(version);
    server.script(answer(400, 'unable to parse'), answer(503));
    expect(await write(client, [`${LINES[0]}BAD`, ...LINES.slice(1, 9)])).toMatchObject({ kind: 'retry' });
  });

  it.each([
    [401, 'INFLUX_UNAUTHORIZED'],
    [403, 'INFLUX_UNAUTHORIZED'],
    [404, 'INFLUX_BUCKET_NOT_FOUND'],
    [200, 'INFLUX_UNEXPECTED_ANSWER'],
    [302, 'INFLUX_UNEXPECTED_ANSWER'],
  ])('is broken, and refuses no point, after %d', async (status, code) => {
    const { server, client } = await setUp(version);
    server.script(answer(status, 'who are you'));
    const result = await write(client, LINES);
    expect(result).toMatchObject({ kind: 'broken', error: { code, retriable: false } });
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  it('keeps the line out of what it says about it', async () => {
    const { server, client } = await setUp(version);
    server.script(answer(400, "unable to parse 'm,h=a private=1': bad timestamp"));
    const result = await write(client, ['m,h=a private=1']);
    expect(JSON.stringify(result)).toContain('unable to parse: bad timestamp');
    expect(JSON.stringify(result)).not.toContain('private');
  });

  it('gives up at once when told so', async () => {
    const { server, client } = await setUp(version, { timeoutMs: 60_000 });
    await write(client, LINES.slice(0, 1));
    const control = new AbortController();
    server.script(() => control.abort());
    expect(await client.write(LINES, control.signal)).toMatchObject({ kind: 'retry' });
  });
});

describe('createInfluxClient', () => {
  it('speaks to 1.x by /write, database and basic authentication', async () => {
    const { server, client } = await setUp('1.6.7', { bucket: 'db/weekly' });
    await write(client, LINES.slice(0, 1));
    expect(server.writes).toEqual(['/write?db=db&precision=n&rp=weekly']);
    expect(server.authorization()).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`);
    expect(client.version()).toEqual({ api: 'v1', version: '1.6.7' });
  });

  it('speaks to 2.x by /api/v2/write and token', async () => {
    const { server, client } = await setUp('v2.9.1');
    await write(client, LINES.slice(0, 1));
    expect(server.writes).toEqual(['/api/v2/write?org=o&bucket=db&precision=ns']);
    expect(server.authorization()).toBe('Token user:secret');
  });

  it('waits for a server that is not there yet', async () => {
    const { server, client } = await setUp('1.6.7');
    await server.close();
    expect(await write(client, LINES)).toMatchObject({
      kind: 'retry',
      error: { code: 'INFLUX_UNREACHABLE', retriable: true },
    });
    const again = await startFakeInflux('1.6.7', Number(new URL(server.url).port));
    closers.push(() => again.close());
    expect(await write(client, LINES)).toEqual({ kind: 'delivered' });
  });
});
