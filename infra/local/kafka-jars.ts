import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TidewatchError } from '../../common/errors.js';
import { findExecutable, runCommand } from './commands.js';
import { diskFull, saysDiskFull } from './disk-space.js';
import { throwIfInterrupted } from './interruption.js';
import { KAFKA_WAYS, type ServiceContext } from './settings.js';

const RESOLVE_TIMEOUT_MS = 15 * 60_000;
const PROGRESS_EVERY_FILES = 10;

/**
 * Returns the folder of the broker's jars, `<cache>/kafka/libs`, filled by Maven from `infra/kafka/pom.xml` when that
 * file changed since (about 43 MB; an empty Maven repository makes it some 70 MB). Throws NO_MAVEN or RESOLVE_FAILED.
 */
export async function resolveKafkaJars(context: ServiceContext): Promise<string> {
  const pom = join(context.root, 'infra/kafka/pom.xml');
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex');
  const libs = join(context.cache, 'kafka/libs');
  if (await isCurrent(libs, hash)) return libs;

  const maven = await findExecutable('mvn', context.settings.environment['PATH']);
  if (maven === null) throw noMaven();
  context.onProgress('resolving the Kafka jars with Maven (once, about 43 MB)');
  const fresh = `${libs}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  try {
    await copyDependencies(context, { maven, pom, fresh });
    await writeFile(join(fresh, HASH_FILE), hash);
    // Whoever resolves at the same time made the same folder: the first to rename wins, both are right.
    if (!(await isCurrent(libs, hash))) {
      await rm(libs, { recursive: true, force: true });
      await rename(fresh, libs);
    }
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return libs;
}

const HASH_FILE = 'pom.sha256';

async function isCurrent(libs: string, hash: string): Promise<boolean> {
  return readFile(join(libs, HASH_FILE), 'utf8').then(
    (text) => text === hash,
    () => false,
  );
}

async function copyDependencies(
  context: ServiceContext,
  paths: { maven: string; pom: string; fresh: string },
): Promise<void> {
  let files = 0;
  const args = ['-B', '-f', paths.pom, 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  const { code, output } = await runCommand(paths.maven, [...args, `-DoutputDirectory=${paths.fresh}`], {
    environment: context.settings.environment,
    timeoutMs: RESOLVE_TIMEOUT_MS,
    signal: context.signal,
    onLine: (line) => {
      if (!/Downloaded from/.test(line)) return;
      files += 1;
      if (files % PROGRESS_EVERY_FILES === 0)
        context.onProgress(`resolving the Kafka jars: ${files} files downloaded`);
    },
  });
  throwIfInterrupted(context, 'Kafka');
  if (code === 0) return;
  if (saysDiskFull(output)) throw diskFull('Kafka', paths.fresh);
  throw resolveFailed(output);
}

function noMaven(): TidewatchError {
  return new TidewatchError({
    code: 'NO_MAVEN',
    message: `starting Kafka: Java is here but Maven (mvn) is not on the PATH, and its jars are not there yet; ${KAFKA_WAYS}`,
    retriable: false,
  });
}

function resolveFailed(output: string): TidewatchError {
  const reason =
    output.split('\n').find((line) => line.includes('[ERROR]')) ?? 'Maven ended without a reason';
  const text = reason.replace('[ERROR]', '').trim().slice(0, 400);
  return new TidewatchError({
    code: 'RESOLVE_FAILED',
    message: `resolving the Kafka jars: Maven could not download them (${text}); check the network and Maven's settings.xml (mirror, proxy) and start again, or set KAFKA_BROKERS to a running Kafka`,
    retriable: true,
  });
}
