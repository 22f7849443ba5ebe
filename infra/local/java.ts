import { join } from 'node:path';
import { TidewatchError } from '../../common/errors.js';
import { findExecutable, runCommand } from './commands.js';
import { KAFKA_WAYS, type ServiceSettings } from './settings.js';

/** Kafka 4 brokers need Java 17 (KIP-1013). */
const MINIMUM_JAVA = 17;

/** A usable Java: its launcher and its feature release. */
export interface Java {
  readonly file: string;
  readonly major: number;
}

/** Returns the Java of JAVA_HOME, else of the PATH; throws NO_JAVA when there is none or it is older than 17. */
export async function findJava(settings: ServiceSettings): Promise<Java> {
  const { environment } = settings;
  const home = environment['JAVA_HOME'];
  const fromHome = home === undefined || home === '' ? null : await findExecutable('java', join(home, 'bin'));
  const file = fromHome ?? (await findExecutable('java', environment['PATH']));
  if (file === null) throw noJava('no Java was found');
  const { code, output } = await runCommand(file, ['-version'], { environment, timeoutMs: 20_000 });
  const major = code === 0 ? parseJavaMajor(output) : null;
  if (major === null) throw noJava(`${file} does not tell its version`);
  if (major < MINIMUM_JAVA)
    throw noJava(`${file} is Java ${major}, and Kafka needs ${MINIMUM_JAVA} or newer`);
  return { file, major };
}

/** Returns the feature release in the output of `java -version` (1.8.0_392 is 8), or null. */
export function parseJavaMajor(output: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match?.[1] === undefined ? null : Number(match[1]);
}

function noJava(reason: string): TidewatchError {
  return new TidewatchError({
    code: 'NO_JAVA',
    message: `starting Kafka: ${reason}; ${KAFKA_WAYS}`,
    retriable: false,
  });
}
