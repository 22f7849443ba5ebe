import { createMlflowClient } from '../../../jobs/train/mlflow/client.js';
import type { MlflowSettings } from '../../../jobs/train/mlflow/config.js';
import { connectMlflow } from '../../../jobs/train/mlflow/connection.js';
import { logTraining } from '../../../jobs/train/mlflow/log-training.js';
import type { GroupTraining } from '../../../jobs/train/searched.js';
import type { Io } from '../../io.js';
import { type ReportedTraining, trainingSummary } from './train-report.js';

/** What a log entry says beside the training. */
export interface LogOptions {
  readonly io: Io;
  readonly settings: MlflowSettings;
  /** File or topic that the rows came from. */
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/**
 * Returns the trainings with their entries in MLflow, where MLFLOW_TRACKING_URI is set. One that could not be made is a warning on standard
 * error: the first refusal says enough, and no further one is tried.
 */
export async function logToMlflow(
  results: readonly GroupTraining[],
  { io, settings, source, startedAt }: LogOptions,
): Promise<ReportedTraining[]> {
  const uri = settings.MLFLOW_TRACKING_URI;
  let isAway = uri === null;
  const reported: ReportedTraining[] = [];
  for (const result of results) {
    const plain: ReportedTraining = { ...result, mlflow: null };
    if (uri === null || isAway || !result.trained.ok) {
      reported.push(plain);
      continue;
    }
    const connect = () => createMlflowClient(connectMlflow(uri, settings));
    const record = { model: result.trained.model, source, report: trainingSummary(plain), startedAt };
    const mlflow = await logTraining(connect, settings.MLFLOW_EXPERIMENT_NAME, {
      ...record,
      endedAt: io.now(),
    });
    isAway = !mlflow.ok;
    if (!mlflow.ok)
      io.stderr.write(`tidewatch: the model is complete, but its run was not logged: ${mlflow.reason}\n`);
    else if (!mlflow.artifacts)
      io.stderr.write(
        'tidewatch: this MLflow takes no files (start it with --serve-artifacts): logged without them\n',
      );
    reported.push({ ...plain, mlflow });
  }
  return reported;
}
