import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identify, isAlive } from '../../../infra/local/process-identity.js';
import { startServer, stopServer, tailOf } from '../../../infra/local/server-process.js';
import { servicesStatus, stopServices } from '../../../infra/local/services.js';
import { updateServices } from '../../../infra/local/services-file.js';
import { makeSandbox, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;
let bystander: ChildProcess;
beforeEach(async () => {
  sandbox = await makeSandbox();
  bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(bystander, 'spawn');
});
afterEach(async () => {
  bystander.kill('SIGKILL');
  await sandbox.remove();
});

it('tells a process from another one that was given its pid', async () => {
  const identity = await identify(pidOf(bystander), 'setInterval');
  if (identity === null) throw new Error('expecting the bystander to run');
  expect(await isAlive(identity)).toBe(true);
  expect(await isAlive({ ...identity, startedAt: '1' })).toBe(false);
  expect(await isAlive({ ...identity, marker: 'server.properties' })).toBe(false);
  bystander.kill('SIGKILL');
  await once(bystander, 'exit');
  expect(await isAlive(identity)).toBe(false);
});

it('never stops a foreign process that services.json names by a reused pid', async () => {
  const identity = await identify(pidOf(bystander), '');
  if (identity === null) throw new Error('expecting the bystander to run');
  const stale = { ...identity, marker: '/gone/kafka/server.properties' };
  await updateServices(sandbox.home, {
    kafka: {
      kind: 'local',
      process: stale,
      owner: null,
      startedAt: '2026-01-01T00:00:00.000Z',
      brokers: ['127.0.0.1:1'],
      controllerPort: 2,
    },
  });
  expect(await servicesStatus(sandbox.options())).toEqual({ kafka: null, influx: null });
  expect(await stopServices(sandbox.options())).toEqual({ kafka: false, influx: false });
  expect(await isAlive(identity)).toBe(true);
});

it('starts a server in a session of its own, keeps its output, and kills it when TERM is not heeded', async () => {
  const logFile = join(sandbox.home, 'server.log');
  const code = "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)";
  const command = { file: process.execPath, args: ['-e', code], environment: {}, logFile, marker: 'deaf' };
  const server = await startServer(command);
  while (!(await tailOf(logFile)).includes('deaf')) await new Promise((resolve) => setImmediate(resolve));
  // A group of its own: signal 0 to the group with the server's pid finds it.
  expect(process.kill(-server.pid, 0)).toBe(true);
  expect(await stopServer(server, 200)).toBe('killed');
  expect(await isAlive(server)).toBe(false);
  expect(await stopServer(server, 200)).toBe('gone');
});

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('expecting a child process: it has no pid');
  return child.pid;
}
