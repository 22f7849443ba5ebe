import { describe, expect, it } from 'vitest';
import { type PlanOptions, planChildren } from '../../../cli/up/plan.js';

function options(changes: Partial<PlanOptions> = {}): PlanOptions {
  let port = 20_000;
  return {
    environment: { LOG_LEVEL: 'warn', HTTP_PORT: '9100', INFLUX_TOKEN_FILE: '/token' },
    brokers: ['127.0.0.1:9092', '127.0.0.1:9093'],
    influx: { url: 'http://127.0.0.1:8086', bucket: 'tidewatch', org: 'us', token: 'hush' },
    onlyHost: false,
    freePort: async () => {
      port += 1;
      return port;
    },
    simulatorPort: 8_085,
    ...changes,
  };
}

const names = (children: readonly { name: string }[]) => children.map(({ name }) => name);

describe('the processes of `up`', () => {
  it('are every stage once, consumers apart from producers', async () => {
    const { consumers, producers } = await planChildren(options());
    expect(names(consumers)).toEqual(['window+score', 'drift', 'trainer', 'influxdb sink']);
    expect(names(producers)).toEqual(['collector', 'simulator']);
  });

  it('go without the simulator when only this host is watched, and without the sink when there is no InfluxDB', async () => {
    const { consumers, producers } = await planChildren(options({ onlyHost: true, influx: null }));
    expect(names(consumers)).not.toContain('influxdb sink');
    expect(names(producers)).toEqual(['collector']);
  });

  it('have a port of their own each, on loopback, whatever the environment says', async () => {
    const { consumers, producers } = await planChildren(options());
    const all = [...consumers, ...producers];
    expect(new Set(all.map(({ url }) => url)).size).toBe(all.length);
    for (const { url } of all) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const { environment, url } of consumers)
      expect(url).toBe(`http://127.0.0.1:${environment['HTTP_PORT']}`);
    expect(producers.at(-1)?.environment).toMatchObject({ SIM_HTTP_PORT: '8085' });
  });

  it('all know the brokers; the token goes to the sink alone, and not by its command line', async () => {
    const { consumers, producers } = await planChildren(options());
    for (const child of [...consumers, ...producers]) {
      expect(child.environment).toMatchObject({
        KAFKA_BROKERS: '127.0.0.1:9092,127.0.0.1:9093',
        LOG_LEVEL: 'warn',
      });
      expect(child.args.join(' ')).not.toContain('hush');
      const isSink = child.name === 'influxdb sink';
      expect(child.environment['INFLUX_TOKEN']).toBe(isSink ? 'hush' : undefined);
      // Set beside the token itself, the file would be refused as the same secret twice.
      if (isSink) expect(child.environment['INFLUX_TOKEN_FILE']).toBeUndefined();
    }
  });
});
