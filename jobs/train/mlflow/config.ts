import { type Settings, settingsTable } from '../../../common/config.js';

/** Settings of the MLflow server that trainings are logged to; the names of its own clients where they have one. */
export const mlflowSettings = settingsTable({
  MLFLOW_TRACKING_URI: {
    type: 'string',
    default: null,
    description:
      'MLflow server (http or https) that "job train" logs runs and model versions to; unset: nothing is logged.',
  },
  MLFLOW_TRACKING_TOKEN: {
    type: 'string',
    default: null,
    secret: true,
    description: 'Token of the MLflow server, sent as a bearer.',
  },
  MLFLOW_TRACKING_USERNAME: {
    type: 'string',
    default: null,
    description: 'User of the MLflow server where there is no token.',
  },
  MLFLOW_TRACKING_PASSWORD: {
    type: 'string',
    default: null,
    secret: true,
    description: 'Password of that user.',
  },
  MLFLOW_EXPERIMENT_NAME: {
    type: 'string',
    default: 'tidewatch',
    description: 'Experiment that the runs belong to; made when it is not there.',
  },
  MLFLOW_TIMEOUT_MS: {
    type: 'integer',
    unit: 'ms',
    min: 100,
    max: 120_000,
    default: 5_000,
    description:
      'Longest wait for one answer of MLflow; all of a run together get six times as long. A training never fails for MLflow.',
  },
});

export type MlflowSettings = Settings<typeof mlflowSettings>;
