import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import { readSettings } from '../../../../common/config.js';
import { type MlflowServer, startMlflow } from '../../../../infra/mlflow/server.js';
import { createMlflowClient } from '../../../../jobs/train/mlflow/client.js';
import { mlflowSettings } from '../../../../jobs/train/mlflow/config.js';
import { connectMlflow } from '../../../../jobs/train/mlflow/connection.js';
import { logTraining, type TrainingRecord } from '../../../../jobs/train/mlflow/log-training.js';
import { modelFromJson } from '../../../../schemas/model-json.js';
import { fakeIo } from '../../../cli/fake-io.js';
import { hasPython, MLFLOW_TIMEOUT_MS, mlflowOptions } from '../../../support/mlflow.js';
import { simulateFeatures } from '../../../support/simulated-features.js';
import { trainedModel } from '../../../support/trained-model.js';
import { csvRows } from '../../backtest/csv-files.js';

const PATIENT = { values: { MLFLOW_TIMEOUT_MS: '60000' }, readFile: () => '' };
const settings = readSettings(mlflowSettings, PATIENT);

describe.skipIf(!hasPython())('logging a training to a real MLflow', () => {
  let home = '';
  let server: MlflowServer;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'tidewatch-mlflow-'));
    server = await startMlflow(await mlflowOptions(home));
  }, MLFLOW_TIMEOUT_MS);
  afterAll(async () => {
    await server?.stop();
    await rm(home, { recursive: true, force: true });
  });

  const client = () => createMlflowClient(connectMlflow(server.url, settings));
  const get = async (path: string): Promise<unknown> => (await fetch(`${server.url}${path}`)).json();
  const record = (): TrainingRecord => {
    const model = trainedModel(simulateFeatures({ seed: 3, events: 400, group: 'web' }));
    return {
      model: { ...model, gitCommit: 'c0ffee', metrics: { ...model.metrics, 'test.f1': 0.5 } },
      source: 'train.csv',
      report: { candidates: [] },
      startedAt: 1_800_000_000_000,
      endedAt: 1_800_000_001_000,
    };
  };

  it('stores run, parameters, metrics, data, files and a model version, and a second one beside it', async () => {
    const training = record();
    const first = await logTraining(client, 'tests', training);
    if (!first.ok) throw new Error(first.reason);
    expect(first).toMatchObject({ modelVersion: '1', artifacts: true });

    const { run } = (await get(`/api/2.0/mlflow/runs/get?run_id=${first.runId}`)) as { run: object };
    expect(run).toMatchObject({
      info: { status: 'FINISHED', run_name: training.model.version, start_time: training.startedAt },
      data: {
        params: expect.arrayContaining([
          { key: 'contamination', value: '0.01' },
          { key: 'dataFingerprint', value: training.model.dataFingerprint },
        ]),
        metrics: expect.arrayContaining([expect.objectContaining({ key: 'test.f1', value: 0.5 })]),
        tags: expect.arrayContaining([
          { key: 'contentHash', value: training.model.contentHash },
          { key: 'mlflow.source.git.commit', value: 'c0ffee' },
        ]),
      },
      inputs: {
        dataset_inputs: [{ dataset: { name: 'web', digest: training.model.dataFingerprint.slice(0, 32) } }],
      },
    });

    const file = await fetch(`${server.url}/get-artifact?run_uuid=${first.runId}&path=model/model.json`);
    const stored = modelFromJson(await file.text());
    expect(stored).toEqual({ ok: true, value: training.model });

    const registered = await get('/api/2.0/mlflow/model-versions/get?name=iforest.web&version=1');
    expect(registered).toMatchObject({ model_version: { run_id: first.runId, status: 'READY' } });
    const second = await logTraining(client, 'tests', training);
    expect(second).toMatchObject({ ok: true, modelVersion: '2' });
  });

  it('marks a run that it could not complete as failed, and says why', async () => {
    const training = record();
    const broken = { ...client(), createModelVersion: () => Promise.reject(new Error('no registry here')) };
    const logged = await logTraining(() => broken, 'failing', training);
    expect(logged).toEqual({ ok: false, reason: 'no registry here' });
    const id = await client().experiment('failing');
    const search = await fetch(`${server.url}/api/2.0/mlflow/runs/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ experiment_ids: [id] }),
    });
    expect(await search.json()).toMatchObject({ runs: [{ info: { status: 'FAILED' } }] });
  });

  it('is what job train does, with everything that its search tried', async () => {
    const [input, modelOut] = [join(home, 'train.csv'), join(home, 'model.json')];
    await writeFile(input, csvRows({ seed: 1, rows: 1200, start: null }));
    const fake = fakeIo({
      environment: {
        MLFLOW_TRACKING_URI: server.url,
        MLFLOW_EXPERIMENT_NAME: 'by command',
        MLFLOW_TIMEOUT_MS: '60000',
        TRAIN_TREES: '20',
      },
    });
    await createProgram(fake.io).parseAsync([
      ...['node', 'tidewatch', 'job', 'train', '--input', input, '--model-out', modelOut, '--group', 'db'],
    ]);
    expect(fake.stderr()).toBe('');
    const [, runId = ''] =
      /logged to MLflow: experiment by command, run (\w+), model version 1/.exec(fake.stdout()) ?? [];
    const report = await get(`/get-artifact?run_uuid=${runId}&path=training.json`);
    expect(report).toMatchObject({ group: 'db', search: { chosen: { trees: 20 }, criterion: 'injections' } });
    const file = await fetch(`${server.url}/get-artifact?run_uuid=${runId}&path=model/model.json`);
    expect(await file.text()).toBe(await readFile(modelOut, 'utf8'));
  });

  it('says which step the server refused', async () => {
    const logged = await logTraining(client, '', record());
    expect(logged).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/experiment was refused \(INVALID_PARAMETER_VALUE/),
    });
  });
});
