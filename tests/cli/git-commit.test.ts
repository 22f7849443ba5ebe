import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gitCommit } from '../../cli/git-commit.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-git-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function git(...line: string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...identity, ...line], { cwd: folder, encoding: 'utf8' }).trim();
}

it('names the commit of a checkout, says when files differ from it, and nothing anywhere else', async () => {
  const environment = { PATH: process.env['PATH'] };
  expect(await gitCommit(folder, environment)).toBeNull();
  git('init', '--quiet');
  await writeFile(join(folder, 'file'), 'one');
  git('add', 'file');
  git('commit', '--quiet', '-m', 'one');
  git('tag', 'v1');
  const commit = git('rev-parse', 'HEAD');
  expect(await gitCommit(folder, environment)).toBe(commit);
  await writeFile(join(folder, 'file'), 'two');
  expect(await gitCommit(folder, environment)).toBe(`${commit}-dirty`);
  // A folder inside of somebody else's checkout is none.
  await mkdir(join(folder, 'unpacked'));
  expect(await gitCommit(join(folder, 'unpacked'), environment)).toBeNull();
  expect(await gitCommit(folder, { PATH: '' })).toBeNull();
});
