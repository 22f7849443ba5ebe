import type { Point } from '@influxdata/influxdb-client';
import type { Baseline } from '../../schemas/baseline.js';
import type { DriftReport } from '../../schemas/drift-report.js';
import type { MetricEvent } from '../../schemas/metric-event.js';
import type { MethodVerdict, Prediction } from '../../schemas/prediction.js';
import { type Explained, explanationFields } from './explanation.js';
import { buildPoint, type FieldValue, type PointDraft, type Refusal, refuse } from './point.js';

/** The points of one record, or why it has none: a record is written whole or not at all. */
export type EncodedRecord = { readonly ok: true; readonly points: readonly Point[] } | Refusal;

/** Times that travel beside a prediction as Kafka headers, already read; undefined where a header is missing or no number. */
export interface PredictionTimes {
  /** When the broker appended the metric event, milliseconds. */
  readonly appendTime: number | undefined;
  /** When the verdict was reached, milliseconds. */
  readonly scoredAt: number | undefined;
  /** What scoring the event took, microseconds. */
  readonly scoringUs: number | undefined;
}

type Field = readonly [name: string, value: FieldValue];

/** Returns the point of `system_metrics`: tags host and source, one field per metric. `offset` is the event's own. */
export function encodeMetricEvent(event: MetricEvent, offset: number): EncodedRecord {
  if (event.metrics.length !== event.values.length)
    return refuse('LENGTH_MISMATCH', `${event.metrics.length} metrics have ${event.values.length} values`);
  return points({
    measurement: 'system_metrics',
    tags: { host: event.host, source: event.source },
    fields: event.metrics.map((name, index): Field => [name, event.values[index] ?? Number.NaN]),
    timestamp: event.timestamp,
    sequence: offset,
  });
}

/**
 * Returns the point of `ai_predictions`: tags host, group, model, role; same time as its event in `system_metrics`, so
 * that a superseding verdict overwrites. `model` is the name, `iforest.` and the group, also before the first version.
 */
export function encodePrediction(
  prediction: Prediction,
  times: PredictionTimes,
  explained: Explained,
): EncodedRecord {
  const { appendTime, scoredAt, scoringUs } = times;
  const fields: Field[] = [
    ['anomaly_score', prediction.score],
    ['is_anomaly', prediction.isAnomaly],
    ['confidence', prediction.confidence],
    ['model_version', prediction.modelVersion],
    ['warming_up', prediction.warmingUp],
    ['late', prediction.late],
    ...prediction.methods.flatMap(methodFields),
    ...explanationFields(prediction, explained),
  ];
  if (appendTime !== undefined && scoredAt !== undefined) fields.push(['latency_ms', scoredAt - appendTime]);
  if (scoringUs !== undefined) fields.push(['scoring_us', scoringUs]);
  return points({
    measurement: 'ai_predictions',
    tags: {
      host: prediction.host,
      group: prediction.group,
      model: `iforest.${prediction.group}`,
      role: prediction.role,
    },
    fields,
    timestamp: prediction.timestamp,
    sequence: prediction.sourceOffset,
  });
}

function methodFields(method: MethodVerdict): readonly Field[] {
  return [
    [`${method.name}_score`, method.score],
    [`${method.name}_is_anomaly`, method.isAnomaly],
  ];
}

/**
 * Returns the points of `drift` at the end of the compared window: one for the report (tags host, or `fleet`, and group)
 * and one per metric over its limit (tag metric besides). Their field names differ: a query on one never meets the other.
 */
export function encodeDriftReport(report: DriftReport, offset: number): EncodedRecord {
  const tags = { host: report.host ?? 'fleet', group: report.group };
  const moment = { measurement: 'drift', timestamp: report.to, sequence: offset };
  const summary: PointDraft = {
    ...moment,
    tags,
    fields: [
      ['severity', report.severity],
      ['drifted', report.drifted],
      ['size', report.size],
      ['harm', report.harm],
      ['metrics', report.metrics.length],
      ['late_records', report.lateRecords],
      ['onset_ms', report.onset],
      ['window_ms', report.to - report.from],
      ['model_version', report.modelVersion],
      ['recommendation', report.recommendation],
    ],
  };
  const details = report.metrics.map(
    (metric): PointDraft => ({
      ...moment,
      tags: { ...tags, metric: metric.metric, test: metric.test },
      fields: [
        ['statistic', metric.statistic],
        ['limit', metric.limit],
        ['p_value', metric.pValue],
        ['effect', metric.effect],
        ['median_then', metric.medianThen],
        ['median_now', metric.medianNow],
        ['sample_size', metric.sampleSize],
        ['effective_sample_size', metric.effectiveSampleSize],
        ['reference_size', metric.referenceSize],
        ['confirmed', metric.confirmed],
      ],
    }),
  );
  return points(summary, ...details);
}

/** Returns the point of `baselines` at its newest learnt event: tags host and metric. */
export function encodeBaseline(baseline: Baseline, offset: number): EncodedRecord {
  return points({
    measurement: 'baselines',
    tags: { host: baseline.host, metric: baseline.metric },
    fields: [
      ['version', baseline.version],
      ['mean', baseline.mean],
      ['standard_deviation', baseline.standardDeviation],
      ['min', baseline.min],
      ['max', baseline.max],
      ['p50', baseline.p50],
      ['p95', baseline.p95],
      ['p99', baseline.p99],
      ['sample_count', baseline.sampleCount],
    ],
    timestamp: baseline.to,
    sequence: offset,
  });
}

function points(...drafts: readonly PointDraft[]): EncodedRecord {
  const built: Point[] = [];
  for (const draft of drafts) {
    const encoded = buildPoint(draft);
    if (!encoded.ok) return encoded;
    built.push(encoded.point);
  }
  return { ok: true, points: built };
}
