import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningInflux } from '../../../infra/local/influxdb.js';
import { freePort } from '../../../infra/local/ports.js';
import { identify } from '../../../infra/local/process-identity.js';
import {
  findOrStartInfluxOnly,
  type ServicesOptions,
  servicesStatus,
  stopServices,
} from '../../../infra/local/services.js';
import { waitFor } from '../../support/services.js';
import { makeSandbox, type Sandbox } from './sandbox.js';

describe('a local InfluxDB', () => {
  let sandbox: Sandbox;
  let options: ServicesOptions;

  beforeEach(async () => {
    sandbox = await makeSandbox();
    // No influxd on this PATH: the Debian package is downloaded, once for all runs, and unpacked.
    await sandbox.link('apt-get', 'dpkg', 'dpkg-deb', 'dpkg-split', 'tar', 'sh', 'rm', 'xz');
    options = { ...sandbox.options({ influxPort: await freePort() }), owner: process.pid };
  });
  afterEach(async () => {
    await stopServices(options);
    await sandbox.remove();
  });

  it('keeps its points over a stop and over a kill -9, and leaves no process', async () => {
    const first = await findOrStartInfluxOnly(options);
    expect(first.api).toBe(1);
    const { url, version, pid } = first;
    expect(await servicesStatus(options)).toEqual({
      kafka: null,
      influx: { url, version, database: 'tidewatch', kind: 'local', pid },
    });
    await writePoint(first, 1);
    await first.stop();
    expect(await isRunning(first)).toBe(false);
    expect(await servicesStatus(options)).toEqual({ kafka: null, influx: null });

    const second = await findOrStartInfluxOnly(options);
    expect(second.url).toBe(first.url);
    await writePoint(second, 2);
    process.kill(pidOf(second), 'SIGKILL');
    await waitFor(async () => !(await isRunning(second)), {
      timeoutMs: 5_000,
      what: 'the killed server to be gone',
    });

    const third = await findOrStartInfluxOnly(options);
    expect(await countPoints(third)).toBe(2);
  });

  it('serves another database when the settings name one', async () => {
    const first = await findOrStartInfluxOnly(options);
    const other = await findOrStartInfluxOnly({
      ...options,
      settings: { ...options.settings, influxBucket: 'other "quoted" name' },
    });
    expect(other.pid).toBe(first.pid);
    await writePoint(other, 1);
    expect(await countPoints(other)).toBe(1);
  });
});

function pidOf(influx: RunningInflux): number {
  if (influx.pid === null) throw new Error('expecting a local InfluxDB: it has no pid');
  return influx.pid;
}

async function isRunning(influx: RunningInflux): Promise<boolean> {
  return (await identify(pidOf(influx), 'influxd')) !== null;
}

async function writePoint(influx: RunningInflux, time: number): Promise<void> {
  const path = `/write?${new URLSearchParams({ db: influx.bucket, precision: 'n' })}`;
  const response = await fetch(`${influx.url}${path}`, { method: 'POST', body: `m v=1 ${time}` });
  expect(response.status).toBe(204);
}

async function countPoints(influx: RunningInflux): Promise<number> {
  const query = new URLSearchParams({ db: influx.bucket, q: 'SELECT count(v) FROM m' });
  const text = await (await fetch(`${influx.url}/query?${query}`)).text();
  return Number(/,(\d+)\]/.exec(text)?.[1] ?? 0);
}
