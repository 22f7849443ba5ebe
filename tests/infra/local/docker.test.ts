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

it('hands compose the variables of this home, not those that the shell has for other servers', async () => {
  const shell = {
    INFLUX_TOKEN: 'of-another-influxdb',
    INFLUX_PASSWORD: '',
    KAFKA_PORT: '1',
    INFLUX_ORG: 'acme',
  };
  const names = [...Object.keys(shell), 'INFLUX_PORT', 'INFLUX_BUCKET'];
  const script = names.map((name) => `echo "${name}=$${name}" >> "$HOME/given"`).join('\n');
  const { context, docker } = await dockerContext(script, shell);
  const ports = { KAFKA_PORT: '19092', INFLUX_PORT: '18086' };
  const ours = await composeVariables(context.home, {
    ...ports,
    INFLUX_BUCKET: 'tidewatch',
    INFLUX_ORG: 'tidewatch',
  });
  await composeUp(context, docker, 'influxdb');
  const given = (await readFile(join(sandbox.home, 'given'), 'utf8')).trim().split('\n');
  expect(given).toEqual(names.map((name) => `${name}=${ours[name]}`));
});

it('knows every variable of the services that it starts: one that it did not set would come from the shell', async () => {
  const file = await readFile(join(findProjectRoot(), 'docker-compose.yml'), 'utf8');
  const services = file.slice(file.indexOf('\n  kafka:'), file.indexOf('\n  tidewatch:'));
  const wanted = new Set([...services.matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
  expect([...wanted].sort()).toEqual([
    'INFLUX_BUCKET',
    'INFLUX_ORG',
    'INFLUX_PASSWORD',
    'INFLUX_PORT',
    'INFLUX_TOKEN',
    'KAFKA_PORT',
  ]);
});

async function dockerContext(
  script: string,
  shell: Readonly<Record<string, string>> = {},
): Promise<{ context: ServiceContext; docker: string }> {
  await sandbox.script('docker', script);
  const context: ServiceContext = {
    settings: { environment: { ...sandbox.environment, ...shell, HOME: sandbox.home } },
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
