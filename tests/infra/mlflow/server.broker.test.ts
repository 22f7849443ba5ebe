import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProjectRoot } from '../../../infra/local/project-root.js';
import { installMlflow } from '../../../infra/mlflow/environment.js';
import { type MlflowServer, startMlflow } from '../../../infra/mlflow/server.js';
import { hasPython, MLFLOW_TIMEOUT_MS, mlflowOptions } from '../../support/mlflow.js';

let home = '';
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tidewatch-mlflow-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe.skipIf(!hasPython())('a local MLflow', () => {
  let server: MlflowServer | undefined;
  afterAll(() => server?.stop());

  it(
    'is installed, answers, keeps its data over a stop and leaves no process',
    async () => {
      server = await startMlflow(await mlflowOptions(home));
      const created = await call(server, 'experiments/create', { name: 'kept' });
      expect(created.status).toBe(200);
      await server.stop();
      expect(() => process.kill(-(server?.pid ?? 0), 0)).toThrow('ESRCH');

      server = await startMlflow(await mlflowOptions(home));
      const again = await call(server, 'experiments/create', { name: 'kept' });
      expect(again.status).toBe(400);
      expect(await again.text()).toContain('RESOURCE_ALREADY_EXISTS');
    },
    MLFLOW_TIMEOUT_MS,
  );
});

it('refuses to install without Python, and says what to do', async () => {
  const installation = {
    root: findProjectRoot(),
    cache: home,
    environment: { PATH: home },
    onProgress: () => undefined,
  };
  await expect(installMlflow(installation)).rejects.toMatchObject({
    code: 'NO_PYTHON',
    message: expect.stringContaining('set MLFLOW_TRACKING_URI'),
  });
});

function call({ url }: MlflowServer, path: string, body: object): Promise<Response> {
  return fetch(`${url}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
