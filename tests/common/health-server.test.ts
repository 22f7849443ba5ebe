import { afterEach, describe, expect, it } from 'vitest';
import { type HealthServer, startHealthServer } from '../../common/health-server.js';
import { createRegistry, stageMetrics } from '../../common/metrics.js';

const open: HealthServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(ready: () => boolean, port = 0): Promise<HealthServer> {
  const registry = createRegistry();
  stageMetrics(registry, 'window+score').rejected.inc({ code: 'TRUNCATED' });
  const health = () => ({ ready: ready(), facts: { lanes: '0,1' } });
  const server = await startHealthServer({ address: '127.0.0.1', port, registry, health });
  open.push(server);
  return server;
}

describe('the health server', () => {
  it('is alive while it answers, and ready only when the component says so', async () => {
    let ready = false;
    const { url } = await start(() => ready);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const before = await fetch(`${url}/readyz`);
    expect([before.status, await before.json()]).toEqual([503, { ready: false, lanes: '0,1' }]);
    ready = true;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('serves the metrics of its registry in a name that Prometheus takes', async () => {
    const { url } = await start(() => true);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('tidewatch_window_score_records_rejected_total{code="TRUNCATED"} 1');
  });

  it('says that the port is taken and what to do', async () => {
    const { url } = await start(() => true);
    const second = start(() => true, Number(new URL(url).port));
    await expect(second).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await expect(second).rejects.toThrow(/free it, choose another/);
  });
});

it('two stages of one kind share no registry', async () => {
  const [first, second] = [createRegistry(), createRegistry()];
  stageMetrics(first, 'sum').consumed.inc(3);
  stageMetrics(second, 'sum');
  expect(await second.getSingleMetricAsString('tidewatch_sum_records_consumed_total')).toContain(' 0');
});
