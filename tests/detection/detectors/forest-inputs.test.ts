import { describe, expect, it } from 'vitest';
import { createLayoutCache, type FeatureSource } from '../../../detection/detectors/feature-view.js';
import { createForestInputs, softLog } from '../../../detection/detectors/forest-inputs.js';

const FEATURES = [
  { metric: 'cpu', statistic: 'mean', window: 5, centre: 50, scale: 10 },
  { metric: 'cpu', statistic: 'mean', window: 20, centre: 40, scale: 5 },
  { metric: 'disk', statistic: 'mean', window: 5, centre: 0, scale: 1 },
];
const HOSTS = [{ host: 'big', centres: [500, 400, 2], scales: [100, 50, 4] }];

function event(host: string, metrics: readonly string[], values: readonly number[]): FeatureSource {
  return {
    host,
    metrics,
    values,
    statistics: [5, 20].map((window) => ({ name: 'mean', window, values })),
    baseline: null,
  };
}

function rowOf(source: FeatureSource): number[] {
  const row = new Float64Array(4).fill(7);
  createForestInputs(FEATURES, HOSTS).fill(createLayoutCache().viewOf(source), row, 1);
  expect(row[0]).toBe(7);
  return [...row.subarray(1)];
}

describe('createForestInputs', () => {
  it('scales a row by what is normal on its own host, and a stranger by the group', () => {
    expect(rowOf(event('big', ['cpu', 'disk'], [600, 10]))).toEqual([softLog(1), softLog(4), softLog(2)]);
    expect(rowOf(event('new', ['cpu', 'disk'], [60, 2]))).toEqual([softLog(1), softLog(4), softLog(2)]);
  });

  it('converts the scaling of a host when it comes first, and keeps it', () => {
    let reads = 0;
    const [big] = HOSTS;
    const counting = {
      host: 'big',
      get centres() {
        reads += 1;
        return big?.centres ?? [];
      },
      scales: big?.scales ?? [],
    };
    const inputs = createForestInputs(FEATURES, [counting]);
    const row = new Float64Array(3);
    const fill = (host: string) => {
      inputs.fill(createLayoutCache().viewOf(event(host, ['cpu', 'disk'], [600, 10])), row, 0);
      return [...row];
    };
    fill('new');
    expect(reads).toBe(0);
    const first = fill('big');
    expect(first).toEqual([softLog(1), softLog(4), softLog(2)]);
    expect([fill('big'), reads]).toEqual([first, 1]);
  });

  it('puts the median where the event lacks a metric, or a value is no number', () => {
    expect(rowOf(event('big', ['disk'], [10]))).toEqual([0, 0, softLog(2)]);
    expect(rowOf(event('new', ['cpu', 'disk'], [Number.NaN, 2]))).toEqual([0, 0, softLog(2)]);
  });

  it('makes the metrics the players, and tells which of them an event has', () => {
    const inputs = createForestInputs(FEATURES, HOSTS);
    expect(inputs.metrics).toEqual(['cpu', 'disk']);
    expect([...inputs.players]).toEqual([0, 0, 1]);
    const view = createLayoutCache().viewOf(event('new', ['disk', 'other'], [1, 1]));
    expect([...inputs.playersOf(view)]).toEqual([1, -1]);
    expect(inputs.presentIn(view)).toBe(1);
  });
});

describe('softLog', () => {
  it('keeps the order, is odd, and 0 for what is not a number', () => {
    expect([softLog(1), softLog(-1)]).toEqual([Math.log(2), -Math.log(2)]);
    expect(softLog(1e9)).toBeLessThan(softLog(1e10));
    expect(softLog(Number.NaN)).toBe(0);
  });
});
