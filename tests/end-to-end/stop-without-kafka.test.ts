import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findProjectRoot } from '../../infra/local/project-root.js';
import { startTidewatch, type TidewatchProcess } from '../support/built-command.js';
import { waitFor } from '../support/services.js';
import { endOfLogs, makeUpHome, processesOf, type UpHome, UpProcess } from './up-process.js';

const DEADLINE_MS = 10_000;
/** Fits the answers of a health server whose process has just been started. */
const READY_MS = 60_000;

let home: UpHome;
let up: UpProcess | undefined;
const singles: TidewatchProcess[] = [];
/** A Kafka that the test has frozen, to be ended whatever becomes of the test. */
let frozen: number | undefined;
beforeAll(async () => {
  home = await makeUpHome();
});
afterEach(async () => {
  if (frozen !== undefined && (await processesOf(home)).some((line) => line.startsWith(`${frozen} `)))
    process.kill(frozen, 'SIGKILL');
  for (const single of singles.splice(0)) single.signal('SIGKILL');
  up?.signal('SIGKILL');
  await up?.ended();
  for (const line of await processesOf(home)) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
});
afterAll(() => home.remove());

/** Resolves with the milliseconds until the process has ended, which must be with exit code 0. */
async function timeOfEnd(ended: Promise<number | string>, output: () => string): Promise<number> {
  const asked = performance.now();
  const code = await ended;
  expect(code, output()).toBe(0);
  return performance.now() - asked;
}

async function kafkaOfHome(): Promise<{ brokers: string[]; pid: number }> {
  const text = await readFile(join(home.folder, 'services.json'), 'utf8');
  const { kafka } = JSON.parse(text) as { kafka: { brokers: string[]; process: { pid: number } } };
  return { brokers: kafka.brokers, pid: kafka.process.pid };
}

/** Starts a process of its own beside those of `up`, in groups of its own, and waits until it works. */
async function startSingle(
  brokers: readonly string[],
  ...args: readonly string[]
): Promise<TidewatchProcess> {
  const environment = { TIDEWATCH_HOME: home.folder, KAFKA_BROKERS: brokers.join(), GROUP_PREFIX: 'single.' };
  const single = startTidewatch([...args, '--http-port', '0'], environment);
  singles.push(single);
  const url = () => /"url":"(http:[^"]+)"/.exec(single.output())?.[1];
  await waitFor(async () => url() !== undefined && (await fetch(`${url()}/readyz`)).ok, {
    timeoutMs: READY_MS,
    what: `${args.join(' ')} to be ready\n${single.output()}`,
  });
  return single;
}

/** A server that takes connections and never answers. */
async function startSilentBroker() {
  const sockets: { destroy(): unknown }[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connected: new Promise((resolve) => server.once('connection', resolve)),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('with a Kafka that answers nothing', () => {
  it('up and single processes stop on SIGTERM within 10 s, with exit code 0, leaving no process', {
    timeout: 240_000,
  }, async () => {
    const running = new UpProcess(home);
    up = running;
    await running.running();
    const { brokers, pid } = await kafkaOfHome();
    const processor = await startSingle(brokers, 'process', 'window+score');
    const sink = await startSingle(brokers, 'sink', 'influxdb');

    process.kill(pid, 'SIGSTOP');
    frozen = pid;
    for (const target of [running, processor, sink]) target.signal('SIGTERM');
    const times = await Promise.all([
      timeOfEnd(running.ended(), () => running.output),
      timeOfEnd(processor.ended, processor.output),
      timeOfEnd(sink.ended, sink.output),
    ]);
    for (const ms of times) expect(ms, await endOfLogs(home)).toBeLessThanOrEqual(DEADLINE_MS);
    // A frozen broker does not obey: what had to be killed is said, in one line.
    expect(running.output).toMatch(/^stopped; did not end in time and was cut off: .*Kafka$/m);
    expect(await processesOf(home)).toEqual([]);
  });

  it('up obeys SIGTERM while it waits for a first answer, with exit code 0', {
    timeout: 60_000,
  }, async () => {
    const silent = await startSilentBroker();
    const environment = { ...home.environment, KAFKA_BROKERS: silent.address };
    const waiting = new UpProcess({ ...home, environment });
    up = waiting;
    await silent.connected;
    waiting.signal('SIGTERM');
    expect(await timeOfEnd(waiting.ended(), () => waiting.output)).toBeLessThanOrEqual(DEADLINE_MS);
    await silent.close();
    expect(await processesOf(home)).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'a command obeys %s that only npm was sent: no shell stands between that keeps it',
    { timeout: 60_000 },
    async (signal) => {
      const silent = await startSilentBroker();
      const npm = spawn('npm', ['run', 'tidewatch', '--', 'produce', 'simulate'], {
        cwd: findProjectRoot(),
        env: { ...home.environment, KAFKA_BROKERS: silent.address },
        stdio: 'ignore',
      });
      await silent.connected;
      npm.kill(signal);
      await waitFor(async () => (await processesOf(home)).length === 0, {
        timeoutMs: DEADLINE_MS,
        what: 'every process of the command to end',
      });
      await silent.close();
    },
  );

  it('Ctrl-C, which the terminal sends to npm and the command and npm hands on, is one request to stop', {
    timeout: 60_000,
  }, async () => {
    const silent = await startSilentBroker();
    const npm = spawn('npm', ['start'], {
      cwd: findProjectRoot(),
      env: { ...home.environment, KAFKA_BROKERS: silent.address },
      // A group of its own, as in a terminal.
      detached: true,
    });
    let output = '';
    npm.stdout.on('data', (data) => {
      output += String(data);
    });
    const ended = new Promise((resolve) => npm.once('exit', resolve));
    await silent.connected;
    process.kill(-(npm.pid ?? 0), 'SIGINT');
    await ended;
    await silent.close();
    expect(output).toContain('stopped');
    expect(await processesOf(home)).toEqual([]);
  });

  it('every script of package.json that runs until it is stopped is one process, as that command is', async () => {
    const text = await readFile(join(findProjectRoot(), 'package.json'), 'utf8');
    const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
    for (const name of ['start', 'test', 'tidewatch', 'bench', 'bench:detection', 'bench:accuracy'])
      expect(`${name}: ${scripts[name]}`).toContain(': exec node infra/bootstrap.mjs');
  });

  it('up ends with exit code 1 and the way out where nobody listens', { timeout: 60_000 }, async () => {
    const environment = { ...home.environment, KAFKA_BROKERS: '127.0.0.1:1' };
    const refused = new UpProcess({ ...home, environment });
    up = refused;
    expect(await refused.ended()).toBe(1);
    expect(refused.output).toMatch(/no broker answered .* check KAFKA_BROKERS.* \[BROKER_UNREACHABLE\]$/m);
    expect(await processesOf(home)).toEqual([]);
  });
});
