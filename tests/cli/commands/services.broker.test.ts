import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../cli/program.js';
import { testInflux, testKafka } from '../../support/services.js';
import { fakeIo } from '../fake-io.js';

async function status(environment: Record<string, string>, ...args: readonly string[]): Promise<string> {
  const fake = fakeIo({ environment: { LOG_LEVEL: 'silent', ...environment } });
  await createProgram(fake.io).parseAsync(['node', 'tidewatch', 'services', 'status', ...args]);
  return fake.stdout();
}

const HOME = { TIDEWATCH_HOME: 'no-such-home' };

describe('tidewatch services status', () => {
  it('prints the one object that scripts rely on', async () => {
    const { brokers } = testKafka();
    const { url, version, bucket, api, token, org } = testInflux();
    const environment = {
      ...HOME,
      KAFKA_BROKERS: brokers.join(','),
      INFLUX_URL: url,
      INFLUX_BUCKET: bucket,
      INFLUX_TOKEN: token,
      INFLUX_ORG: org,
    };
    const name = api === 1 ? { database: bucket } : { bucket };
    expect(JSON.parse(await status(environment, '--json'))).toEqual({
      kafka: { brokers, kind: 'external', pid: null },
      influx: { url, version, ...name, kind: 'external', pid: null },
    });
    expect(await status(environment)).toContain(`Kafka     ${brokers.join(',')} (external)`);
  });

  it('says null, or down, of what does not run, and starts nothing', async () => {
    expect(JSON.parse(await status(HOME, '--json'))).toEqual({ kafka: null, influx: null });
    expect(await status(HOME)).toBe('Kafka     down\nInfluxDB  down\n');
  });
});
