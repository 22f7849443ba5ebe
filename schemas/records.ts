import { baselineCodec } from './baseline.js';
import type { RecordCodec } from './codec/record-codec.js';
import { deploymentCodec } from './deployment.js';
import { driftReportCodec } from './drift-report.js';
import { featureEventCodec } from './feature-event.js';
import { metricEventCodec } from './metric-event.js';
import { modelVersionCodec } from './model-version.js';
import { predictionCodec } from './prediction.js';
import { truthCodec } from './truth.js';
import { windowStateCodec } from './window-state.js';

/** Every record of the project by the name of its `.avsc` file: for tools that meet bytes without knowing their topic, and for tests. */
export const RECORDS: Readonly<Record<string, RecordCodec<unknown>>> = {
  baseline: baselineCodec,
  deployment: deploymentCodec,
  'drift-report': driftReportCodec,
  'feature-event': featureEventCodec,
  'metric-event': metricEventCodec,
  'model-version': modelVersionCodec,
  prediction: predictionCodec,
  truth: truthCodec,
  'window-state': windowStateCodec,
};
