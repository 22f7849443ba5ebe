import { describe, expect, it } from 'vitest';
import { featureEventCodec } from '../../schemas/feature-event.js';
import { metricEventCodec as codec, type MetricEvent } from '../../schemas/metric-event.js';
import { predictionCodec } from '../../schemas/prediction.js';
import { featureEvent, metricEvent, prediction } from './samples.js';

const names = (count: number) => Array.from({ length: count }, (_, i) => `m${String(i).padStart(4, '0')}`);
const labels = (count: number) => Object.fromEntries(names(count).map((name) => [name, 'x']));
/** A map with a label of this name; `__proto__` included, which an object literal would take for something else. */
const labelled = (name: string) => Object.defineProperty({}, name, { value: 'x', enumerable: true });

describe('refused', () => {
  const CASES: ReadonlyArray<readonly [string, Partial<MetricEvent>, string]> = [
    ['NaN', { values: [1, Number.NaN, 3] }, 'NOT_FINITE'],
    ['infinity', { values: [1, 2, Number.POSITIVE_INFINITY] }, 'NOT_FINITE'],
    ['minus infinity', { values: [Number.NEGATIVE_INFINITY, 2, 3] }, 'NOT_FINITE'],
    ['time before the epoch', { timestamp: -1 }, 'TIMESTAMP_OUT_OF_RANGE'],
    ['time after 2100', { timestamp: 4_102_444_800_001 }, 'TIMESTAMP_OUT_OF_RANGE'],
    ['time in microseconds', { timestamp: 1_760_000_000_000_000 }, 'TIMESTAMP_OUT_OF_RANGE'],
    ['fewer values than metrics', { values: [1, 2] }, 'LENGTH_MISMATCH'],
    ['more values than metrics', { values: [1, 2, 3, 4] }, 'LENGTH_MISMATCH'],
    ['metrics out of order', { metrics: ['b', 'a', 'c'] }, 'DISORDERED_METRICS'],
    ['a metric twice', { metrics: ['a', 'a', 'c'] }, 'DISORDERED_METRICS'],
    ['no metrics', { metrics: [], values: [] }, 'OUT_OF_RANGE'],
    ['513 metrics', { metrics: names(513), values: names(513).map(() => 1) }, 'OUT_OF_RANGE'],
    ['an empty metric name', { metrics: ['', 'b', 'c'] }, 'BAD_NAME'],
    ['a metric name of 129 characters', { metrics: ['a', 'b', 'c'.repeat(129)] }, 'BAD_NAME'],
    ['a space in a metric name', { metrics: ['a', 'b', 'c d'] }, 'BAD_NAME'],
    ['a metric named __proto__', { metrics: ['__proto__', 'b', 'c'] }, 'BAD_NAME'],
    ['a metric named constructor', { metrics: ['a', 'constructor', 'd'] }, 'BAD_NAME'],
    ['a metric named prototype', { metrics: ['a', 'b', 'prototype'] }, 'BAD_NAME'],
    ['a metric outside ASCII', { metrics: ['a', 'b', 'größe'] }, 'BAD_NAME'],
    ['a label named __proto__', { labels: labelled('__proto__') }, 'BAD_NAME'],
    ['a label named constructor', { labels: labelled('constructor') }, 'BAD_NAME'],
    ['a label named prototype', { labels: labelled('prototype') }, 'BAD_NAME'],
    ['a label without name', { labels: labelled('') }, 'BAD_NAME'],
    ['a label value of 257 characters', { labels: { a: 'x'.repeat(257) } }, 'OUT_OF_RANGE'],
    ['33 labels', { labels: labels(33) }, 'OUT_OF_RANGE'],
    ['no id', { id: '' }, 'BAD_NAME'],
    ['an id of 129 characters', { id: 'x'.repeat(129) }, 'BAD_NAME'],
    ['no host', { host: '' }, 'BAD_NAME'],
    ['a host of 256 characters', { host: 'x'.repeat(256) }, 'BAD_NAME'],
    ['a line break in the host', { host: 'web\n1' }, 'BAD_NAME'],
  ];

  it.each(CASES)('%s', (_, change, code) => {
    expect(codec.decode(codec.encode({ ...metricEvent, ...change }))).toMatchObject({ ok: false, code });
  });

  it('keeps the record out of the reason', () => {
    const secret = 'S3CRET name';
    const refused = codec.decode(codec.encode({ ...metricEvent, metrics: ['a', 'b', secret], labels: {} }));
    expect(refused.ok || refused.reason).not.toContain('S3CRET');
  });
});

describe('accepted at the limits', () => {
  const CASES: ReadonlyArray<readonly [string, Partial<MetricEvent>]> = [
    ['time 0', { timestamp: 0 }],
    ['the year 2100', { timestamp: 4_102_444_800_000 }],
    ['one metric', { metrics: ['A-z/0:9_.'], values: [-0] }],
    ['32 labels', { labels: labels(32) }],
    ['an empty label value', { labels: { a: '' } }],
    ['a label that looks like a method', { labels: { toString: 'x' } }],
    ['a host of 255 characters', { host: 'ü'.repeat(255) }],
  ];

  it.each(CASES)('%s', (_, change) => {
    const event = { ...metricEvent, ...change };
    expect(codec.decode(codec.encode(event))).toEqual({ ok: true, value: event });
  });
});

it('the largest event fits its limit, and so do the features and the verdict that follow from it', () => {
  const metrics = Array.from({ length: 512 }, (_, i) => String(i).padStart(128, '0'));
  const values = metrics.map(() => 0.1);
  const wide = Object.fromEntries(
    Array.from({ length: 32 }, (_, i) => [`${'名'.repeat(126)}${i + 10}`, '値'.repeat(256)]),
  );
  const host = '機'.repeat(255);
  const event = { ...metricEvent, id: '々'.repeat(128), host, metrics, values, labels: wide };
  expect(codec.decode(codec.encode(event)).ok).toBe(true);
  const features = {
    ...featureEvent,
    id: event.id,
    host,
    metrics,
    values,
    labels: wide,
    statistics: featureEvent.statistics.map((statistic) => ({ ...statistic, values })),
    baseline: {
      version: metrics.map(() => 2 ** 31 - 1),
      mean: values,
      standardDeviation: values,
      p99: values,
    },
  };
  expect(featureEventCodec.decode(featureEventCodec.encode(features)).ok).toBe(true);
  const verdict = { ...prediction, id: event.id, host, metrics, values, contributions: values, shap: values };
  expect(predictionCodec.decode(predictionCodec.encode(verdict)).ok).toBe(true);
});
