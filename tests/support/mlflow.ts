import { spawnSync } from 'node:child_process';
import { freePort } from '../../infra/local/ports.js';
import { findProjectRoot } from '../../infra/local/project-root.js';
import type { MlflowServerOptions } from '../../infra/mlflow/server.js';
import { sharedCache } from './service-fixtures.js';

/** A first run installs MLflow (40 s were seen) and Python compiles it at its first start. */
export const MLFLOW_TIMEOUT_MS = 600_000;

/**
 * Returns whether MLflow can be installed here: Python 3.10 or newer with its module venv. Where it is missing, what needs it is skipped, saying so; in CI
 * everything runs, and fails.
 */
export function hasPython(): boolean {
  const check = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))';
  if (process.env['CI'] !== undefined || spawnSync('python3', ['-c', check]).status === 0) return true;
  console.log('skipping what needs MLflow: there is no python3 (3.10 or newer, with venv) on the PATH');
  return false;
}

/** Returns the options of a server with its data in `home`, on a free port; the installation is shared by all runs. */
export async function mlflowOptions(home: string): Promise<MlflowServerOptions> {
  return {
    root: findProjectRoot(),
    cache: sharedCache(),
    home,
    port: await freePort(),
    environment: process.env,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  };
}
