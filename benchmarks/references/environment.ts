import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findExecutable, runCommand } from '../../infra/local/commands.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ReferenceEnvironmentOptions {
  /** TIDEWATCH_HOME, absolute: the Python environment is made in it and kept. */
  readonly home: string;
  /** Folder of the project. */
  readonly root: string;
  readonly environment: Environment;
  readonly onProgress: (line: string) => void;
}

const INSTALL_MS = 900_000;

/**
 * Returns the interpreter of a Python environment that has exactly `requirements.txt`; makes it when it is not there or the file changed (a
 * minute, 600 MB). Throws an Error when there is no python3, or venv or pip fail.
 */
export async function prepareReferences(options: ReferenceEnvironmentOptions): Promise<string> {
  const folder = join(options.home, 'references-python');
  const python = join(folder, 'bin', 'python');
  const requirements = join(options.root, 'benchmarks/references/requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  const stamp = join(folder, 'installed.txt');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return python;
  const systemPython = await findExecutable('python3', options.environment['PATH']);
  if (systemPython === null)
    throw new Error('preparing references: no python3 on the PATH; --no-references leaves them out');
  options.onProgress(`installing scikit-learn and shap into ${folder}`);
  await rm(folder, { recursive: true, force: true });
  await run(systemPython, ['-m', 'venv', folder], options);
  const install = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    requirements,
  ];
  await run(python, install, options);
  await writeFile(stamp, wanted);
  return python;
}

async function run(
  file: string,
  args: readonly string[],
  { environment }: ReferenceEnvironmentOptions,
): Promise<void> {
  const { code, output } = await runCommand(file, args, { environment, timeoutMs: INSTALL_MS });
  if (code !== 0)
    throw new Error(`preparing references: ${file} ${args.join(' ')} failed: ${output.slice(-2_000)}`);
}
