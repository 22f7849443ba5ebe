import { z } from 'zod';
import { TidewatchError } from '../../../common/errors.js';
import type { MlflowAnswer, MlflowConnection } from './connection.js';

/** A run of the tracking server. */
export interface MlflowRun {
  readonly runId: string;
  /** Where the server keeps the run's files. */
  readonly artifactUri: string;
}

/** What a run is made with. */
export interface MlflowRunStart {
  readonly experimentId: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startTime: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** What is logged into a run. */
export interface MlflowBatch {
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** Time of the metrics, milliseconds since the epoch. */
  readonly timestamp: number;
}

/** The files that a run was trained on. */
export interface MlflowDataset {
  readonly name: string;
  /** At most 36 characters. */
  readonly digest: string;
  readonly source: string;
}

/** What a model version is made with. */
export interface MlflowModelVersion {
  readonly name: string;
  /** Where its files are: inside of the run. */
  readonly source: string;
  readonly runId: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** MLflow's REST API 2.0, as far as a training needs it. Every call throws MLFLOW_REFUSED or MLFLOW_UNREACHABLE. */
export interface MlflowClient {
  /** Returns the id of an experiment, which is made when it is not there. */
  experiment(name: string): Promise<string>;
  startRun(start: MlflowRunStart): Promise<MlflowRun>;
  log(runId: string, batch: MlflowBatch): Promise<void>;
  logDataset(runId: string, dataset: MlflowDataset): Promise<void>;
  /** Stores one file; false when this server does not take files on behalf of its store. */
  putArtifact(run: MlflowRun, name: string, content: Buffer): Promise<boolean>;
  endRun(runId: string, status: 'FINISHED' | 'FAILED', endTime: number): Promise<void>;
  /** Returns the version's number, as MLflow counts; the registered model is made when it is not there. */
  createModelVersion(version: MlflowModelVersion): Promise<string>;
}

const API = '/api/2.0/mlflow';
const PROXY = 'mlflow-artifacts:/';
/** Most entries that one log-batch takes, by MLflow's own limits. */
const MOST_PARAMS = 100;
const MOST_METRICS = 1000;
const LONGEST_PARAM = 500;

const EXPERIMENT = z.object({ experiment: z.object({ experiment_id: z.string() }) });
const EXPERIMENT_ID = z.object({ experiment_id: z.string() });
const RUN = z.object({ run: z.object({ info: z.object({ run_id: z.string(), artifact_uri: z.string() }) }) });
const MODEL_VERSION = z.object({ model_version: z.object({ version: z.coerce.string() }) });

/** Returns a client of one server. */
export function createMlflowClient(connection: MlflowConnection): MlflowClient {
  const post = (path: string, body: object, repeatable: boolean): Promise<MlflowAnswer> =>
    connection.ask({ method: 'POST', path: `${API}/${path}`, body: JSON.stringify(body), repeatable });

  return {
    async experiment(name) {
      const path = `${API}/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
      const found = await connection.ask({ method: 'GET', path, repeatable: true });
      if (found.ok) return read(EXPERIMENT, found.body).experiment.experiment_id;
      if (found.code !== 'RESOURCE_DOES_NOT_EXIST') throw refused('finding the experiment', found);
      return read(
        EXPERIMENT_ID,
        accepted('making the experiment', await post('experiments/create', { name }, false)),
      ).experiment_id;
    },
    async startRun({ experimentId, name, startTime, tags }) {
      const body = { experiment_id: experimentId, run_name: name, start_time: startTime, tags: pairs(tags) };
      const { info } = read(RUN, accepted('making the run', await post('runs/create', body, false))).run;
      return { runId: info.run_id, artifactUri: info.artifact_uri };
    },
    async log(runId, { params, metrics, timestamp }) {
      const body = {
        run_id: runId,
        params: pairs(params)
          .slice(0, MOST_PARAMS)
          .map(({ key, value }) => ({ key, value: value.slice(0, LONGEST_PARAM) })),
        metrics: Object.entries(metrics)
          .filter(([, value]) => Number.isFinite(value))
          .slice(0, MOST_METRICS)
          .map(([key, value]) => ({ key: allowedKey(key), value, timestamp, step: 0 })),
      };
      accepted('logging parameters and metrics', await post('runs/log-batch', body, true));
    },
    async logDataset(runId, { name, digest, source }) {
      const dataset = { name, digest, source_type: 'local', source: JSON.stringify({ uri: source }) };
      const tags = [{ key: 'mlflow.data.context', value: 'training' }];
      accepted(
        'logging the data',
        await post('runs/log-inputs', { run_id: runId, datasets: [{ tags, dataset }] }, true),
      );
    },
    async putArtifact({ artifactUri }, name, content) {
      if (!artifactUri.startsWith(PROXY)) return false;
      const folder = artifactUri.slice(PROXY.length).replace(/^\/+/, '');
      const path = `/api/2.0/mlflow-artifacts/artifacts/${folder}/${name}`;
      const stored = await connection.ask({
        method: 'PUT',
        path,
        body: content,
        contentType: 'application/octet-stream',
        repeatable: true,
      });
      accepted(`storing ${name}`, stored);
      return true;
    },
    async endRun(runId, status, endTime) {
      accepted(
        'ending the run',
        await post('runs/update', { run_id: runId, status, end_time: endTime }, true),
      );
    },
    async createModelVersion({ name, source, runId, description, tags }) {
      const model = allowedName(name);
      const made = await post('registered-models/create', { name: model }, true);
      if (!made.ok && made.code !== 'RESOURCE_ALREADY_EXISTS') throw refused('registering the model', made);
      const body = { name: model, source, run_id: runId, description, tags: pairs(tags) };
      const version = accepted('registering the version', await post('model-versions/create', body, false));
      return read(MODEL_VERSION, version).model_version.version;
    },
  };
}

function pairs(values: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

/** MLflow refuses other characters in the names of metrics. */
function allowedKey(key: string): string {
  return key.replaceAll(/[^\w\-. /]/g, '_');
}

/** A registered model's name is part of paths: MLflow refuses these. */
function allowedName(name: string): string {
  return name.replaceAll(/[/:]/g, '_');
}

/** Anything can answer at an address with status 200: a page of another service is no answer of MLflow. */
function read<T>(answer: z.ZodType<T>, body: unknown): T {
  const found = answer.safeParse(body);
  if (found.success) return found.data;
  throw new TidewatchError({
    code: 'MLFLOW_REFUSED',
    retriable: false,
    message:
      'logging to MLflow: what answers at MLFLOW_TRACKING_URI does not answer as MLflow does; is it the address of "mlflow server"?',
  });
}

function accepted(step: string, answer: MlflowAnswer): unknown {
  if (answer.ok) return answer.body;
  throw refused(step, answer);
}

function refused(
  step: string,
  { status, code, message }: MlflowAnswer & { readonly ok: false },
): TidewatchError {
  return new TidewatchError({
    code: 'MLFLOW_REFUSED',
    retriable: false,
    message: `logging to MLflow: ${step} was refused (${code}: ${message})`,
    facts: { status },
  });
}
