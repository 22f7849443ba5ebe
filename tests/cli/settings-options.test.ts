import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../cli/program.js';
import { flagOf } from '../../cli/settings-options.js';
import { fakeIo } from './fake-io.js';

function run(args: readonly string[], environment: Record<string, string> = {}): Promise<unknown> {
  return createProgram(fakeIo({ environment }).io).parseAsync(['node', 'tidewatch', ...args]);
}

/** Runs a command whose broker is a server that only counts who knocks. */
async function runBeside(args: readonly string[], environment: Record<string, string>) {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const error = await run(args, { KAFKA_BROKERS: `127.0.0.1:${port}`, ...environment }).catch(
    (thrown: unknown) => thrown,
  );
  await new Promise((resolve) => server.close(resolve));
  return { error, connections };
}

describe('wrong settings', () => {
  it.each([
    ['produce', 'simulate', ['SIM_HOSTS', 'SIM_SEED', 'LOG_LEVEL', 'KAFKA_TLS']],
    [
      'process',
      'window+score',
      ['LANES', 'WINDOW_SNAPSHOT_EVENTS', 'SCORE_CONSENSUS', 'LOG_LEVEL', 'HTTP_PORT'],
    ],
    ['sink', 'influxdb', ['LOG_LEVEL', 'KAFKA_SASL_MECHANISM', 'SINK_SHAP']],
    ['job', 'train', ['TRAIN_TREES', 'DRIFT_BLOCK_MS', 'LOG_LEVEL']],
  ] as const)('of %s %s are named all at once, before any socket opens', async (group, name, wrong) => {
    const environment = Object.fromEntries(wrong.map((setting) => [setting, 'not this']));
    const { error, connections } = await runBeside([group, name], environment);
    expect(error).toMatchObject({ code: 'BAD_SETTINGS' });
    for (const setting of wrong) expect(String(error)).toContain(setting);
    expect(connections).toBe(0);
  });

  it('of a flag are refused like those of the environment, which it overrides', async () => {
    const flag = ['produce', 'load', flagOf('LOAD_HOSTS'), '0'];
    await expect(run(flag, { LOAD_HOSTS: '5' })).rejects.toMatchObject({
      code: 'BAD_SETTINGS',
      message: 'reading settings: LOAD_HOSTS must be a whole number from 1 to 100000',
    });
  });

  it('are refused when a secret is set twice or its file cannot be read', async () => {
    await expect(run(['sink', 'influxdb'], { INFLUX_TOKEN: 'a', INFLUX_TOKEN_FILE: '/b' })).rejects.toThrow(
      'INFLUX_TOKEN is set twice: as INFLUX_TOKEN and as INFLUX_TOKEN_FILE',
    );
    await expect(run(['sink', 'influxdb'], { INFLUX_TOKEN_FILE: '/b' })).rejects.toThrow(
      'INFLUX_TOKEN reading /b',
    );
  });

  it('never repeat what was set: it may be a secret in the wrong place', async () => {
    const error = await run(['produce', 'load'], { LOAD_RATE: 'hush' }).catch(String);
    expect(error).toContain('LOAD_RATE');
    expect(error).not.toContain('hush');
  });

  it('are refused where a mechanism lacks its user', async () => {
    const { error, connections } = await runBeside(['tail', 'metrics'], {
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
    });
    expect(error).toMatchObject({ code: 'BAD_SETTINGS' });
    expect(connections).toBe(0);
  });

  it.each([[['tail', 'metrics', '--max', 'some']], [['tail', 'nothing']], [['up', '--for', 'ever']]])(
    'of tidewatch %j are no settings either',
    async (args) => {
      await expect(run(args, { KAFKA_BROKERS: '127.0.0.1:1' })).rejects.toMatchObject({
        code: 'BAD_SETTINGS',
      });
    },
  );
});

describe('secrets', () => {
  it('have no flag: every user of the machine sees flags', async () => {
    await expect(run(['sink', 'influxdb', '--influx-token', 'a'])).rejects.toMatchObject({
      code: 'commander.unknownOption',
    });
  });
});
