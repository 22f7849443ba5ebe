import { describe, expect, it } from 'vitest';
import { shownSettings } from '../../../cli/commands/config.js';
import { createProgram } from '../../../cli/program.js';
import { type FakeIoOptions, fakeIo } from '../fake-io.js';

function shown(options: FakeIoOptions, name: string) {
  return shownSettings(fakeIo(options).io).find((setting) => setting.name === name);
}

describe('tidewatch config', () => {
  it('says where each value comes from', () => {
    expect(shown({}, 'LOAD_RATE')).toMatchObject({ value: '1000', source: 'default' });
    expect(shown({ environment: { LOAD_RATE: '5' } }, 'LOAD_RATE')).toMatchObject({
      value: '5',
      source: 'environment',
    });
    expect(shown({}, 'KAFKA_BROKERS')).toMatchObject({ value: '(unset)', source: 'default' });
  });

  it('masks secrets, whether they come from the environment or from a file', () => {
    const fromEnvironment = { environment: { INFLUX_TOKEN: 'hush-1' } };
    const fromFile = { environment: { INFLUX_TOKEN_FILE: '/secret' }, files: { '/secret': 'hush-2\n' } };
    expect(shown(fromEnvironment, 'INFLUX_TOKEN')).toMatchObject({
      value: '********',
      source: 'environment',
    });
    expect(shown(fromFile, 'INFLUX_TOKEN')).toMatchObject({ value: '********', source: 'file' });
    for (const options of [fromEnvironment, fromFile])
      expect(JSON.stringify(shownSettings(fakeIo(options).io))).not.toContain('hush');
  });

  it('masks the login in an address', () => {
    const environment = { MLFLOW_TRACKING_URI: 'http://ann:hush@1@mlflow:5000/a', KAFKA_BROKERS: 'a:1,b:2' };
    expect(shown({ environment }, 'MLFLOW_TRACKING_URI')).toMatchObject({
      value: 'http://********@mlflow:5000/a',
    });
    expect(shown({ environment }, 'KAFKA_BROKERS')).toMatchObject({ value: 'a:1,b:2' });
  });

  it('shows a secret that cannot be read as that, and does not fail', () => {
    const missing = { environment: { INFLUX_TOKEN_FILE: '/missing' } };
    const twice = { environment: { INFLUX_TOKEN: 'hush', INFLUX_TOKEN_FILE: '/missing' } };
    for (const options of [missing, twice])
      expect(shown(options, 'INFLUX_TOKEN')).toMatchObject({ value: '(unreadable)', source: 'file' });
  });

  it('prints one line per setting, JSON, or the document', async () => {
    const print = async (...args: string[]) => {
      const fake = fakeIo({ environment: { LOAD_RATE: '5', KAFKA_SASL_PASSWORD: 'hush' } });
      await createProgram(fake.io).parseAsync(['node', 'tidewatch', 'config', ...args]);
      return fake.stdout();
    };
    expect(await print()).toMatch(/^LOAD_RATE +5 {2}\(environment\)$/m);
    expect(JSON.parse(await print('--json'))).toContainEqual({
      component: 'Kafka',
      name: 'KAFKA_SASL_PASSWORD',
      value: '********',
      source: 'environment',
    });
    expect(await print('--markdown')).toMatch(/^# Configuration\n/);
  });
});
