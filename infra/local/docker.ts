import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TidewatchError } from '../../common/errors.js';
import { findExecutable, runCommand } from './commands.js';
import { diskFull, saysDiskFull } from './disk-space.js';
import type { StopOutcome } from './server-process.js';
import type { ServiceContext, ServiceSettings } from './settings.js';

const ENGINE_TIMEOUT_MS = 15_000;
const UP_TIMEOUT_MS = 10 * 60_000;

/** Names of the services in docker-compose.yml that may be started on their own. */
export type ComposeService = 'kafka' | 'influxdb';

/** Returns the docker launcher when an engine answers and the compose plugin is there, else null. */
export async function findDockerEngine(settings: ServiceSettings): Promise<string | null> {
  const { environment } = settings;
  const docker = await findExecutable('docker', environment['PATH']);
  if (docker === null) return null;
  const options = { environment, timeoutMs: ENGINE_TIMEOUT_MS };
  const engine = await runCommand(docker, ['info', '--format', '{{.ServerVersion}}'], options);
  if (engine.code !== 0) return null;
  const compose = await runCommand(docker, ['compose', 'version'], options);
  return compose.code === 0 ? docker : null;
}

/** Secrets and ports that docker-compose.yml takes from the environment. */
export type ComposeVariables = Readonly<Record<string, string>>;

/**
 * Returns the variables of this home's containers from `<home>/compose.env` (mode 600), made with random secrets at the
 * first call: docker-compose.yml holds no default password.
 */
export async function composeVariables(home: string, ports: ComposeVariables): Promise<ComposeVariables> {
  const file = join(home, 'compose.env');
  const known = parseEnvironment(await readFile(file, 'utf8').catch(() => ''));
  const secret = (name: string): string => known[name] ?? randomBytes(24).toString('hex');
  const variables = {
    ...known,
    INFLUX_PASSWORD: secret('INFLUX_PASSWORD'),
    INFLUX_TOKEN: secret('INFLUX_TOKEN'),
    GRAFANA_PASSWORD: secret('GRAFANA_PASSWORD'),
    ...ports,
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, lines.join(''), { mode: 0o600 });
  return variables;
}

/** Starts one compose service and returns when its health check passes; throws DOCKER_FAILED with the engine's words. */
export async function composeUp(
  context: ServiceContext,
  docker: string,
  service: ComposeService,
): Promise<void> {
  context.onProgress(`starting ${service} with Docker (the first time downloads its image)`);
  const { code, output } = await compose(context, docker, ['up', '--detach', '--wait', service]);
  if (code === 0) return;
  if (saysDiskFull(output)) throw diskFull(service, 'the Docker images');
  throw dockerFailed(`starting ${service} with docker compose`, output);
}

/**
 * Stops one compose service (TERM, KILL after the grace, in whole seconds); its volume, and with it the data, stays. Does
 * nothing (`gone`) where no engine answers; throws DOCKER_FAILED.
 */
export async function composeStop(
  context: ServiceContext,
  service: ComposeService,
  graceMs: number,
): Promise<StopOutcome> {
  const docker = await findDockerEngine(context.settings);
  if (docker === null) return 'gone';
  const seconds = String(Math.max(1, Math.floor(graceMs / 1_000)));
  const { code, output } = await compose(context, docker, ['stop', '--timeout', seconds, service]);
  if (code !== 0) throw dockerFailed(`stopping ${service} with docker compose`, output);
  return 'terminated';
}

/**
 * Runs docker compose on our file with this home's variables, whatever the shell has: compose puts the environment above
 * --env-file, so that an exported INFLUX_TOKEN (of another InfluxDB) would become the container's and ours would be refused.
 */
async function compose(context: ServiceContext, docker: string, command: readonly string[]) {
  const variables = await composeVariables(context.home, {});
  // One compose project per home, so that two homes on one machine do not share containers.
  const project = `tidewatch-${createHash('sha256').update(context.home).digest('hex').slice(0, 8)}`;
  const files = [
    '--file',
    join(context.root, 'docker-compose.yml'),
    '--env-file',
    join(context.home, 'compose.env'),
  ];
  return runCommand(docker, ['compose', '--project-name', project, ...files, ...command], {
    environment: { ...context.settings.environment, ...variables },
    timeoutMs: UP_TIMEOUT_MS,
  });
}

function parseEnvironment(text: string): Record<string, string> {
  const pairs = text.split('\n').map((line) => /^([A-Z_]+)=(.*)$/.exec(line));
  return Object.fromEntries(
    pairs.flatMap((pair) => (pair?.[1] === undefined ? [] : [[pair[1], pair[2] ?? '']])),
  );
}

function dockerFailed(doing: string, output: string): TidewatchError {
  return new TidewatchError({
    code: 'DOCKER_FAILED',
    message: `${doing}: ${output.trim().split('\n').slice(-3).join(' ').slice(0, 400)}; repair the Docker engine, or stop it to use Java and Maven instead`,
    retriable: true,
  });
}
