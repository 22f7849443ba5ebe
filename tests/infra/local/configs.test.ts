import { describe, expect, it } from 'vitest';
import { influxConfig } from '../../../infra/local/influxdb-config.js';
import { parseIdentity } from '../../../infra/local/influxdb-probe.js';
import { parseJavaMajor } from '../../../infra/local/java.js';
import { brokerProperties } from '../../../infra/local/kafka-config.js';
import { choosePort, freePort } from '../../../infra/local/ports.js';

describe('the configuration of the local servers', () => {
  it('keeps a broker on loopback and its internal topics on one replica', () => {
    const text = brokerProperties({ clientPort: 20_001, controllerPort: 20_002, dataFolder: '/home/x/data' });
    const entries = new Map(
      text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    expect(entries.get('listeners')).toBe('PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002');
    expect(entries.get('log.dirs')).toBe('/home/x/data');
    expect(entries.get('auto.create.topics.enable')).toBe('false');
    expect(entries.get('group.initial.rebalance.delay.ms')).toBe('0');
    for (const topic of ['offsets.topic', 'transaction.state.log']) {
      expect(entries.get(`${topic}.replication.factor`)).toBe('1');
    }
    expect(entries.get('transaction.state.log.min.isr')).toBe('1');
  });

  it('keeps InfluxDB on loopback and quotes folders that TOML would misread', () => {
    const text = influxConfig({ httpPort: 20_003, rpcPort: 20_004, folder: '/home/a "b"' });
    expect(text).toContain('dir = "/home/a \\"b\\"/data"');
    expect([...text.matchAll(/bind-address = "(\S+)"/g)].map((match) => match[1])).toEqual([
      '127.0.0.1:20004',
      '127.0.0.1:20003',
    ]);
  });
});

it('reads the release of old and new Javas', () => {
  expect(parseJavaMajor('openjdk version "17.0.15" 2025-04-15')).toBe(17);
  expect(parseJavaMajor('java version "1.8.0_392"')).toBe(8);
  expect(parseJavaMajor('openjdk version "25" 2025-09-16')).toBe(25);
  expect(parseJavaMajor('sh: java: not found')).toBeNull();
});

it('tells the API of a server from its version', () => {
  expect(parseIdentity('1.6.7~rc0')).toEqual({ version: '1.6.7~rc0', api: 1 });
  expect(parseIdentity('v2.7.11')).toEqual({ version: '2.7.11', api: 2 });
  expect(parseIdentity('v10.0.0').api).toBe(2);
});

it('chooses the first preferred port that is free, below the ephemeral range', async () => {
  const preferred = await freePort();
  expect(preferred).toBeGreaterThanOrEqual(20_000);
  expect(preferred).toBeLessThan(32_000);
  const wish = { service: 'Kafka', setting: 'KAFKA_PORT' };
  expect(await choosePort({ ...wish, preferred: [preferred] })).toBe(preferred);
  expect(await choosePort({ ...wish, configured: preferred, preferred: [] })).toBe(preferred);
});
