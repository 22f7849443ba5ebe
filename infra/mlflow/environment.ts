import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TidewatchError } from '../../common/errors.js';
import { type CommandResult, findExecutable, runCommand } from '../local/commands.js';
import { diskFull, saysDiskFull } from '../local/disk-space.js';
import { withHomeLock } from '../local/home-lock.js';

/** Where MLflow is installed from and to. */
export interface MlflowInstallation {
  /** Absolute path of the project, where `infra/mlflow/requirements.txt` is. */
  readonly root: string;
  /** Absolute path of the folder that holds the Python environment; several homes may share it. */
  readonly cache: string;
  /** Environment of the commands (PATH, HOME, proxies, pip's settings). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told about long steps, one line each. */
  readonly onProgress: (line: string) => void;
}

/** 40 s were seen with a near index; a slow one may take long, an unreachable one fails by itself. */
const INSTALL_TIMEOUT_MS = 15 * 60_000;
const VENV_TIMEOUT_MS = 120_000;
const HASH_FILE = 'requirements.sha256';

/**
 * Returns the path of the `mlflow` command in a Python environment of its own, `<cache>/mlflow/venv`, made anew when
 * `requirements.txt` changed since: some 40 s and 850 MB, once. Throws NO_PYTHON, RESOLVE_FAILED, DISK_FULL, HOME_LOCKED.
 */
export async function installMlflow(installation: MlflowInstallation): Promise<string> {
  const { root, cache } = installation;
  const requirements = join(root, 'infra/mlflow/requirements.txt');
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const venv = join(cache, 'mlflow/venv');
  await withHomeLock(join(cache, 'mlflow'), async () => {
    if (await isCurrent(venv, hash)) return;
    await makeEnvironment(installation, { venv, requirements });
    // Written last: an installation that was cut off is begun again.
    await writeFile(join(venv, HASH_FILE), hash);
  });
  return join(venv, 'bin/mlflow');
}

function isCurrent(venv: string, hash: string): Promise<boolean> {
  return readFile(join(venv, HASH_FILE), 'utf8').then(
    (text) => text === hash,
    () => false,
  );
}

async function makeEnvironment(
  { environment, onProgress }: MlflowInstallation,
  { venv, requirements }: { readonly venv: string; readonly requirements: string },
): Promise<void> {
  const python = await findExecutable('python3', environment['PATH']);
  if (python === null) throw noPython('python3 is not on the PATH');
  onProgress('installing MLflow into a Python environment of its own (once, some 850 MB)');
  await rm(venv, { recursive: true, force: true });
  await mkdir(venv, { recursive: true });
  const made = await runCommand(python, ['-m', 'venv', venv], { environment, timeoutMs: VENV_TIMEOUT_MS });
  if (made.code !== 0) throw noPython(`"python3 -m venv" failed: ${lastLine(made)}`);
  // Wheels only: a package that would have to be compiled is an error at once, not after minutes.
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--only-binary', ':all:'];
  const installed = await runCommand(
    join(venv, 'bin/python'),
    ['-m', 'pip', 'install', ...options, '-r', requirements],
    { environment, timeoutMs: INSTALL_TIMEOUT_MS },
  );
  if (installed.code === 0) return;
  if (saysDiskFull(installed.output)) throw diskFull('MLflow', venv);
  throw new TidewatchError({
    code: 'RESOLVE_FAILED',
    retriable: true,
    message: `installing MLflow: pip could not install ${requirements} (${lastLine(installed)}); check the network and pip's settings (index, proxy), or set MLFLOW_TRACKING_URI to a running server`,
  });
}

function noPython(reason: string): TidewatchError {
  return new TidewatchError({
    code: 'NO_PYTHON',
    retriable: false,
    message: `installing MLflow: ${reason}; install Python 3.11 or newer with its module venv, or set MLFLOW_TRACKING_URI to a running server`,
  });
}

function lastLine({ output }: CommandResult): string {
  return (output.trim().split('\n').at(-1) ?? 'no output').slice(0, 300);
}
