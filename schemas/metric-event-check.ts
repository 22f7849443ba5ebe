import {
  isFreeName,
  isName,
  lengthProblem,
  orderProblem,
  rangeProblem,
  timestampProblem,
} from './codec/checks.js';
import type { Problem } from './codec/rejection.js';
import type { MetricEvent } from './metric-event.js';

/** Most metrics of one event. */
export const MAX_METRICS = 512;
/** Most labels of one event. */
export const MAX_LABELS = 32;
/** Longest name of a label, characters. */
export const MAX_LABEL_NAME = 128;
/** Longest value of a label, characters. The limits together keep the features and the verdict of the largest event below 256 KiB. */
export const MAX_LABEL_VALUE = 256;

/**
 * Returns null for an event that processors may rely on, else the first problem: identity, host, time, metrics, labels.
 * That values are finite is the guard's part. O(metrics + labels).
 */
export function metricEventProblem(event: MetricEvent): Problem | null {
  return (
    identityProblem(event) ??
    timestampProblem(event.timestamp) ??
    rangeProblem('metrics: number of names', event.metrics.length, 1, MAX_METRICS) ??
    lengthProblem('values', event.values.length, event.metrics.length) ??
    metricNamesProblem(event.metrics) ??
    orderProblem(event.metrics) ??
    labelsProblem(event.labels)
  );
}

function identityProblem({ id, host }: MetricEvent): Problem | null {
  if (!isFreeName(id, 128)) return badName('id', 'is not 1 to 128 characters without control characters');
  if (!isFreeName(host, 255)) return badName('host', 'is not 1 to 255 characters without control characters');
  return null;
}

function metricNamesProblem(metrics: readonly string[]): Problem | null {
  for (let i = 0; i < metrics.length; i += 1) {
    if (!isName(metrics[i] ?? ''))
      return badName(`metrics[${i}]`, 'is not a name of 1 to 128 of [A-Za-z0-9_.:/-]');
  }
  return null;
}

function labelsProblem(labels: Readonly<Record<string, string>>): Problem | null {
  const names = Object.keys(labels);
  if (names.length > MAX_LABELS) return rangeProblem('labels: number of labels', names.length, 0, MAX_LABELS);
  for (const name of names) {
    if (!isFreeName(name, MAX_LABEL_NAME))
      return badName('the name of a label', `is not 1 to ${MAX_LABEL_NAME} characters`);
    const length = labels[name]?.length ?? 0;
    if (length > MAX_LABEL_VALUE)
      return rangeProblem('labels: length of a value', length, 0, MAX_LABEL_VALUE);
  }
  return null;
}

function badName(field: string, what: string): Problem {
  return { code: 'BAD_NAME', reason: `${field} ${what}, or is reserved` };
}
