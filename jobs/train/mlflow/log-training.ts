import { messageOf } from '../../../common/errors.js';
import { modelToJson } from '../../../schemas/model-json.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import type { MlflowClient, MlflowRun } from './client.js';

/** One training, as it is logged. */
export interface TrainingRecord {
  readonly model: ModelVersion;
  /** File or topic that the rows came from. */
  readonly source: string;
  /** Everything that was tried and measured, stored as `training.json`. */
  readonly report: object;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Where a training was logged, or why it was not. */
export type LoggedTraining =
  | {
      readonly ok: true;
      readonly experiment: string;
      readonly runId: string;
      /** Number of the registered model's version, as MLflow counts. */
      readonly modelVersion: string;
      /** False where the server keeps no files for its clients: then the run lacks model and report. */
      readonly artifacts: boolean;
    }
  | { readonly ok: false; readonly reason: string };

const FOLDER = 'model';

/**
 * Logs one training as a run with parameters, metrics, data, model and report, and registers the model's version. Never throws: a training
 * is worth more than its entry in a book. A run that could not be completed is marked FAILED.
 */
export async function logTraining(
  connect: () => MlflowClient,
  experiment: string,
  record: TrainingRecord,
): Promise<LoggedTraining> {
  try {
    const client = connect();
    const run = await client.startRun({
      experimentId: await client.experiment(experiment),
      name: record.model.version,
      startTime: record.startedAt,
      tags: runTags(record.model),
    });
    return await filled(client, run, record).then(
      (done) => ({ ok: true, experiment, runId: run.runId, ...done }),
      async (error: unknown) => {
        await client.endRun(run.runId, 'FAILED', record.endedAt).catch(() => undefined);
        throw error;
      },
    );
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

async function filled(client: MlflowClient, run: MlflowRun, record: TrainingRecord) {
  const { model, report, source, endedAt } = record;
  await client.log(run.runId, { params: params(record), metrics: figures(model), timestamp: endedAt });
  // MLflow keeps 36 characters of a digest; the whole one is among the parameters.
  const digest = model.dataFingerprint.slice(0, 32);
  if (digest !== '') await client.logDataset(run.runId, { name: model.group, digest, source });
  const artifacts = await client.putArtifact(run, `${FOLDER}/model.json`, Buffer.from(modelToJson(model)));
  if (artifacts)
    await client.putArtifact(run, 'training.json', Buffer.from(`${JSON.stringify(report, null, 2)}\n`));
  const modelVersion = await client.createModelVersion({
    name: model.model,
    source: `${run.artifactUri}/${FOLDER}`,
    runId: run.runId,
    description: `Tidewatch ${model.version}, trained on ${model.rows} rows of ${source}`,
    tags: { version: model.version, contentHash: model.contentHash },
  });
  await client.endRun(run.runId, 'FINISHED', endedAt);
  return { modelVersion, artifacts };
}

/** Names that begin with `mlflow.` are those that MLflow's own pages show. */
function runTags({
  version,
  contentHash,
  parent,
  gitCommit,
  provisional,
}: ModelVersion): Record<string, string> {
  return {
    'mlflow.source.name': 'tidewatch job train',
    'mlflow.source.type': 'JOB',
    ...(gitCommit === null ? {} : { 'mlflow.source.git.commit': gitCommit }),
    version,
    contentHash,
    provisional: String(provisional),
    ...(parent === null ? {} : { parent }),
  };
}

function params({ model, source }: TrainingRecord): Record<string, string> {
  return {
    source,
    group: model.group,
    kind: model.kind,
    trees: String(model.trees),
    subsampleSize: String(model.subsampleSize),
    contamination: String(model.contamination),
    seed: String(model.seed),
    features: String(model.features.length),
    hosts: String(model.hosts.length),
    rows: String(model.rows),
    trainedFrom: new Date(model.trainedFrom).toISOString(),
    trainedTo: new Date(model.trainedTo).toISOString(),
    dataFingerprint: model.dataFingerprint,
  };
}

function figures({ metrics, threshold, reference, calibration }: ModelVersion): Record<string, number> {
  return {
    ...metrics,
    threshold,
    driftReferences: reference.length,
    ...Object.fromEntries(calibration.map((entry) => [`threshold.${entry.method}`, entry.threshold])),
  };
}
