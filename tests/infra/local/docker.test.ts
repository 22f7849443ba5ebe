import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../../common/log.js';
import { freeBytesOf } from '../../../infra/local/disk-space.js';
import { composeUp, composeVariables, findDockerEngine } from '../../../infra/local/docker.js';
import { findProjectRoot } from '../../../infra/local/project-root.js';
import type { ServiceContext } from '../../../infra/local/settings.js';
import { makeSandbox, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.remove());

it('takes Docker only when the engine answers and the compose plugin is there', async () => {
  const { environment } = sandbox;
  expect(await findDockerEngine({ environment })).toBeNull();
  await sandbox.script('docker', 'exit 1');
  expect(await findDockerEngine({ environment })).toBeNull();
  await sandbox.script('docker', '[ "$1" = info ]');
  expect(await findDockerEngine({ environment })).toBeNull();
  await sandbox.script('docker', 'exit 0');
  expect(await findDockerEngine({ environment })).toBe(join(sandbox.bin, 'docker'));
});

it('starts one service of docker-compose.yml in a project of this home, and passes the words of a failure on', async () => {
  const { context, docker } = await dockerContext(
    'echo "$@" > "$HOME/asked"; echo "no such image" >&2; exit 1',
  );
  await expect(composeUp(context, docker, 'kafka')).rejects.toMatchObject({
    code: 'DOCKER_FAILED',
    message: expect.stringContaining('no such image'),
  });
  const asked = await readFile(join(sandbox.home, 'asked'), 'utf8');
  expect(asked).toMatch(
    /^compose --project-name tidewatch-[0-9a-f]{8} --file \S+docker-compose\.yml --env-file \S+/,
  );
  expect(asked.trim()).toMatch(/up --detach --wait kafka$/);
});

it('makes random secrets once, for the owner of the home alone', async () => {
  const first = await composeVariables(sandbox.home, { KAFKA_PORT: '9092' });
  expect(first['INFLUX_TOKEN']).toMatch(/^[0-9a-f]{48}$/);
  expect(first['INFLUX_TOKEN']).not.toBe(first['INFLUX_PASSWORD']);
  const second = await composeVariables(sandbox.home, { INFLUX_PORT: '8086' });
  expect(second).toEqual({ ...first, INFLUX_PORT: '8086' });
  expect((await stat(join(sandbox.home, 'compose.env'))).mode & 0o777).toBe(0o600);
});

async function dockerContext(script: string): Promise<{ context: ServiceContext; docker: string }> {
  await sandbox.script('docker', script);
  const context: ServiceContext = {
    settings: { environment: { ...sandbox.environment, HOME: sandbox.home } },
    home: sandbox.home,
    cache: sandbox.home,
    root: findProjectRoot(),
    log: silentLogger(),
    onProgress: () => {},
    freeBytes: freeBytesOf,
    owner: null,
  };
  return { context, docker: join(sandbox.bin, 'docker') };
}
