import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../../../common/config.js';
import { freePort } from '../../../../infra/local/ports.js';
import { createMlflowClient } from '../../../../jobs/train/mlflow/client.js';
import { mlflowSettings } from '../../../../jobs/train/mlflow/config.js';
import { connectMlflow, type MlflowRequest } from '../../../../jobs/train/mlflow/connection.js';
import { logTraining } from '../../../../jobs/train/mlflow/log-training.js';
import { simulateFeatures } from '../../../support/simulated-features.js';
import { trainedModel } from '../../../support/trained-model.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let stop: () => Promise<void> = () => Promise.resolve();
afterEach(() => stop());

/** Listens on a free port of this machine; returns the address and what was asked. */
async function listen(handler: Handler) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { host: `127.0.0.1:${port}`, seen };
}

const settings = (values: Record<string, string> = {}) =>
  readSettings(mlflowSettings, {
    values: { MLFLOW_TIMEOUT_MS: '5000', ...values },
    readFile: () => 'from-a-file\n',
  });
const status =
  (code: number): Handler =>
  (_, response) => {
    response.writeHead(code).end('{}');
  };
const ASKED: MlflowRequest = { method: 'GET', path: '/x', repeatable: true };

describe('connectMlflow', () => {
  it('asks again after 500, three times in all, but not when that could do a thing twice', async () => {
    const { host, seen } = await listen(status(500));
    const connection = connectMlflow(`http://${host}`, settings());
    await expect(connection.ask(ASKED)).rejects.toMatchObject({ code: 'MLFLOW_UNREACHABLE' });
    expect(seen).toHaveLength(3);
    await expect(connection.ask({ ...ASKED, repeatable: false })).rejects.toThrow('status 500');
    expect(seen).toHaveLength(4);
  });

  it('takes a refusal as an answer', async () => {
    const { host, seen } = await listen((_, response) => {
      response.writeHead(400).end('{"error_code":"RESOURCE_ALREADY_EXISTS","message":"there"}');
    });
    const answer = await connectMlflow(`http://${host}`, settings()).ask(ASKED);
    expect(answer).toEqual({ ok: false, status: 400, code: 'RESOURCE_ALREADY_EXISTS', message: 'there' });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['a token', '', { MLFLOW_TRACKING_TOKEN: 'abc' }, 'Bearer abc'],
    ['a token in a file', '', { MLFLOW_TRACKING_TOKEN_FILE: 'path' }, 'Bearer from-a-file'],
    [
      'user and password',
      '',
      { MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p' },
      `Basic ${btoa('u:p')}`,
    ],
    ['a login in the address', 'me:s%40cret@', {}, `Basic ${btoa('me:s@cret')}`],
  ])('sends %s, below the path of the address', async (_, login, values, expected) => {
    const { host, seen } = await listen(status(200));
    await connectMlflow(`http://${login}${host}/mlflow/`, settings(values)).ask(ASKED);
    expect(seen[0]?.headers.authorization).toBe(expected);
    expect(seen[0]?.url).toBe('/mlflow/x');
  });

  it('follows no redirect: the login would go where nobody meant it to', async () => {
    const { host, seen } = await listen((_, response) => {
      response.writeHead(302, { location: '/login' }).end();
    });
    await expect(connectMlflow(`http://${host}`, settings()).ask(ASKED)).rejects.toThrow('gave no answer');
    expect(seen.every(({ url }) => url === '/x')).toBe(true);
  });

  it.each(['sqlite:///mlflow.db', 'file:./mlruns', 'databricks'])('refuses %s', (uri) => {
    expect(() => connectMlflow(uri, settings())).toThrow('no http or https address');
  });
});

describe('logTraining without a server that answers', () => {
  const model = trainedModel(simulateFeatures({ seed: 3, events: 200, group: 'web' }));
  const record = { model, source: 'train.csv', report: {}, startedAt: 0, endedAt: 1 };
  const log = (uri: string, timeoutMs = '5000') =>
    logTraining(
      () => createMlflowClient(connectMlflow(uri, settings({ MLFLOW_TIMEOUT_MS: timeoutMs }))),
      'tests',
      record,
    );

  it('gives up soon and says why, without the password', async () => {
    const logged = await log(`http://me:secret@127.0.0.1:${await freePort()}`);
    expect(logged).toMatchObject({ ok: false, reason: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  it('waits for a server that hangs no longer than it may', async () => {
    const { host, seen } = await listen(() => undefined);
    expect(await log(`http://${host}`, '100')).toMatchObject({ ok: false });
    expect(seen.length).toBeLessThanOrEqual(3);
  });

  it('does not take another server for MLflow', async () => {
    const { host } = await listen(status(200));
    expect(await log(`http://${host}`)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^logging to MLflow: what answers .* does not answer as MLflow does/),
    });
  });
});
