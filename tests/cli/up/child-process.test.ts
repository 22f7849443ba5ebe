import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SupervisedChild } from '../../../cli/up/child-process.js';
import { silentLogger } from '../../../common/log.js';
import { waitFor } from '../../support/services.js';

/** Says every SIGTERM that it gets; ends once there is a file `go` beside it. */
const SCRIPT = `
import { appendFileSync, existsSync } from 'node:fs';
const log = new URL('heard', import.meta.url);
process.on('SIGTERM', () => appendFileSync(log, 'TERM '));
appendFileSync(log, 'ready ');
setInterval(() => existsSync(new URL('go', import.meta.url)) && process.exit(0), 5);
`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-child-'));
  await writeFile(join(folder, 'child.mjs'), SCRIPT);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function startChild(): Promise<SupervisedChild> {
  const child = new SupervisedChild(
    { name: 'child', args: [], environment: process.env, url: 'http://127.0.0.1:1' },
    { entry: join(folder, 'child.mjs'), logFolder: folder, log: silentLogger() },
  );
  child.start();
  await hasHeard('ready ');
  return child;
}

const heard = () => readFile(join(folder, 'heard'), 'utf8').catch(() => '');
const hasHeard = (text: string) =>
  waitFor(async () => (await heard()) === text, { timeoutMs: 20_000, what: `the child to hear ${text}` });

it('sends SIGTERM once, however often it is told to stop: a second one would end the child at once', async () => {
  const child = await startChild();
  const first = child.stop(60_000);
  await hasHeard('ready TERM ');
  const second = child.stop(60_000);
  await writeFile(join(folder, 'go'), '');
  expect(await Promise.all([first, second])).toEqual([false, false]);
  expect(await heard()).toBe('ready TERM ');
});

it('kills what does not end within the grace, also that of a second stop, and says so', async () => {
  const child = await startChild();
  const first = child.stop(60_000);
  expect(await child.stop(10)).toBe(true);
  expect(await first).toBe(false);
});
