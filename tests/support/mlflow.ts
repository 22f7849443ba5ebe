import { freePort } from '../../infra/local/ports.js';
import { findProjectRoot } from '../../infra/local/project-root.js';
import type { MlflowServerOptions } from '../../infra/mlflow/server.js';
import { sharedCache } from './service-fixtures.js';

/** A first run installs MLflow (40 s were seen) and Python compiles it at its first start. */
export const MLFLOW_TIMEOUT_MS = 600_000;

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
