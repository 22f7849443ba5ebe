import { describe, expect, it } from 'vitest';
import {
  type EncodedRecord,
  encodeBaseline,
  encodeDriftReport,
  encodeMetricEvent,
  encodePrediction,
} from '../../../sinks/influxdb/encode.js';
import { metricEvent, prediction } from './records.js';

const TIMES = { appendTime: 1_700_000_000_010, scoredAt: 1_700_000_000_052, scoringUs: 9.5 };
const NO_TIMES = { appendTime: undefined, scoredAt: undefined, scoringUs: undefined };

function lines(encoded: EncodedRecord): string[] {
  if (!encoded.ok) throw new Error(`${encoded.code}: ${encoded.reason}`);
  return encoded.points.map((point) => point.toLineProtocol() ?? '');
}

function fieldNames(encoded: EncodedRecord): string[] {
  const [line = ''] = lines(encoded);
  const fields = line.split(' ')[1] ?? '';
  return fields.split(',').map((field) => field.split('=')[0] ?? '');
}

function codeOf(encoded: EncodedRecord): string {
  return encoded.ok ? 'OK' : encoded.code;
}

describe('encodeMetricEvent', () => {
  it('gives one point with a field per metric, at event time plus offset', () => {
    expect(lines(encodeMetricEvent(metricEvent(), 1_000_042))).toEqual([
      'system_metrics,host=web-1,source=simulator cpu=12.5,memory=40 1700000000000000042',
    ]);
  });

  it('keeps two events of one millisecond apart', () => {
    const [first] = lines(encodeMetricEvent(metricEvent(), 7));
    const [second] = lines(encodeMetricEvent(metricEvent(), 8));
    expect(first?.split(' ').at(-1)).not.toBe(second?.split(' ').at(-1));
  });

  it.each([
    ['NOT_FINITE', { values: [Number.NaN, 1] }],
    ['NOT_FINITE', { values: [Number.NEGATIVE_INFINITY, 1] }],
    ['RESERVED_NAME', { metrics: ['_cpu', 'memory'] }],
    ['RESERVED_NAME', { metrics: ['cpu', 'time'] }],
    ['CONTROL_CHARACTER', { metrics: ['cpu\n', 'memory'] }],
    ['CONTROL_CHARACTER', { host: 'web\u0000' }],
    ['BAD_BACKSLASH', { host: 'web\\' }],
    ['BAD_BACKSLASH', { metrics: ['cpu', 'disk\\'] }],
    ['DUPLICATE_NAME', { metrics: ['cpu', 'cpu'] }],
    ['DUPLICATE_NAME', { metrics: ['cpu', 'host'] }],
    ['EMPTY_NAME', { host: '' }],
    ['NAME_TOO_LONG', { metrics: ['cpu', 'm'.repeat(513)] }],
    ['NO_FIELDS', { metrics: [], values: [] }],
    ['LENGTH_MISMATCH', { values: [1] }],
    ['BAD_TIMESTAMP', { timestamp: -1 }],
    ['BAD_TIMESTAMP', { timestamp: 9_223_372_036_855 }],
    [
      'TOO_MANY_FIELDS',
      { metrics: Array.from({ length: 1_101 }, (_, i) => `m${i}`), values: new Array<number>(1_101).fill(1) },
    ],
  ])('refuses with %s', (code, parts) => {
    expect(codeOf(encodeMetricEvent(metricEvent(parts), 1))).toBe(code);
  });
});

describe('encodePrediction', () => {
  it('gives one point with verdict, methods, times and the five largest shares', () => {
    expect(lines(encodePrediction(prediction(), TIMES, 'top5'))).toEqual([
      'ai_predictions,group=web,host=web-1,model=iforest.web,role=production ' +
        'anomaly_score=0.25,confidence=1,' +
        'contribution_a=0.1,contribution_b=0.2,contribution_d=0.3,contribution_f=0.1,contribution_g=0.2,' +
        'expected_value=7.5,iforest_is_anomaly=T,iforest_score=0.75,is_anomaly=F,late=F,latency_ms=42,' +
        'model_version="v1700000000000-0a1b2c3d",scoring_us=9.5,' +
        'shap_b=0.2,shap_c=-3,shap_d=0.4,shap_e=5,shap_f=-0.6,' +
        'warming_up=F,zscore_is_anomaly=F,zscore_score=0.2 1700000000000000042',
    ]);
  });

  it('has the time of its event in system_metrics', () => {
    const [metric] = lines(encodeMetricEvent(metricEvent(), 1_000_042));
    const [verdict] = lines(encodePrediction(prediction(), TIMES, 'none'));
    expect(verdict?.split(' ').at(-1)).toBe(metric?.split(' ').at(-1));
  });

  it('explains an anomaly whole', () => {
    const names = fieldNames(encodePrediction(prediction({ isAnomaly: true }), TIMES, 'top5'));
    expect(names.filter((name) => name.startsWith('shap_'))).toHaveLength(7);
    expect(names.filter((name) => name.startsWith('contribution_'))).toHaveLength(7);
  });

  it('explains nothing when told so', () => {
    const names = fieldNames(encodePrediction(prediction({ isAnomaly: true }), TIMES, 'none'));
    expect(names.filter((name) => /^(shap_|contribution_|expected_value)/.test(name))).toEqual([]);
  });

  it('keeps its tags before the first model, with the contributions as the only explanation', () => {
    const early = prediction({ modelVersion: '', shap: [], expectedValue: 0, methods: [] });
    const [line = ''] = lines(encodePrediction(early, NO_TIMES, 'top5'));
    expect(line).toContain('model=iforest.web,role=production ');
    expect(line).toContain('model_version=""');
    expect(line).not.toMatch(/shap_|expected_value|latency_ms|scoring_us/);
    expect(line).toContain('contribution_d=0.3');
  });

  it('refuses a score that is no number', () => {
    expect(codeOf(encodePrediction(prediction({ score: Number.NaN }), TIMES, 'top5'))).toBe('NOT_FINITE');
  });
});

describe('encodeDriftReport', () => {
  const report = {
    id: 'web-1:99',
    group: 'web',
    host: 'web-1',
    from: 1_700_000_000_000,
    to: 1_700_000_060_000,
    onset: 1_700_000_030_000,
    metrics: [
      {
        metric: 'cpu',
        test: 'ks',
        statistic: 0.6,
        limit: 0.3,
        pValue: 0.001,
        effect: 2,
        medianThen: 10,
        medianNow: 20,
        sampleSize: 60,
        effectiveSampleSize: 12,
        referenceSize: 3_600,
        confirmed: true,
      },
    ],
    drifted: true,
    severity: 6,
    size: 0.5,
    harm: 0.25,
    lateRecords: 0,
    modelVersion: 'v1',
    recommendation: 'investigate: "cpu" moved',
  };

  it('gives a point for the report and one per metric, with different fields', () => {
    expect(lines(encodeDriftReport(report, 5))).toEqual([
      'drift,group=web,host=web-1 drifted=T,harm=0.25,late_records=0,metrics=1,model_version="v1",' +
        'onset_ms=1700000030000,recommendation="investigate: \\"cpu\\" moved",severity=6,size=0.5,window_ms=60000 ' +
        '1700000060000000005',
      'drift,group=web,host=web-1,metric=cpu,test=ks confirmed=T,effect=2,effective_sample_size=12,limit=0.3,' +
        'median_now=20,median_then=10,p_value=0.001,reference_size=3600,sample_size=60,statistic=0.6 ' +
        '1700000060000000005',
    ]);
  });

  it('names a report on the fleet', () => {
    expect(lines(encodeDriftReport({ ...report, host: null, metrics: [] }, 5))[0]).toMatch(
      /^drift,group=web,host=fleet /,
    );
  });
});

describe('encodeBaseline', () => {
  it('gives one point at the newest learnt event', () => {
    const baseline = {
      host: 'web-1',
      metric: 'cpu',
      version: 2,
      mean: 10,
      standardDeviation: 1.5,
      min: 5,
      max: 15,
      sampleCount: 60,
      p50: 10,
      p95: 13,
      p99: 14,
      hourOfDay: null,
      from: 1_700_000_000_000,
      to: 1_700_000_060_000,
      sketch: Buffer.alloc(0),
    };
    expect(lines(encodeBaseline(baseline, 3))).toEqual([
      'baselines,host=web-1,metric=cpu max=15,mean=10,min=5,p50=10,p95=13,p99=14,sample_count=60,' +
        'standard_deviation=1.5,version=2 1700000060000000003',
    ]);
  });
});
