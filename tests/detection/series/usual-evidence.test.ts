import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { COLD_EVIDENCE } from '../../../detection/series/measure.js';
import { newPoint, ZSCORE_EVIDENCE_AT } from '../../../detection/series/point.js';
import { decodeSeries, encodeSeries } from '../../../detection/series/series-bytes.js';
import {
  CALM_EVIDENCE,
  emptySeries,
  MOST_USUAL_EVIDENCE,
  type SeriesState,
  STRETCH_POINTS,
  UNTAUGHT_CELL,
  USUAL_EVIDENCE_CELL,
} from '../../../detection/series/series-state.js';
import { learnUsual, shareScale } from '../../../detection/series/usual-evidence.js';
import { learn, look } from './fed-series.js';

const SEED = 7;
/** What is left of a metric's evidence when the usual one has become this. */
const weightOf = ({ cells }: SeriesState): number =>
  CALM_EVIDENCE / (cells[USUAL_EVIDENCE_CELL] ?? Number.NaN);

/** Takes evidence in as a series that measured it would; returns it on the shared scale. */
function take(series: SeriesState, evidence: readonly number[]): number[] {
  const point = newPoint();
  return evidence.map((size) => {
    point[ZSCORE_EVIDENCE_AT] = size;
    shareScale(series.cells, point);
    learnUsual(series.cells, point);
    return point[ZSCORE_EVIDENCE_AT] ?? Number.NaN;
  });
}

/** Feeds readings to a series. */
function feed(series: SeriesState, readings: readonly number[]): void {
  readings.forEach((x, i) => {
    look(series, x);
    learn(series, x, { timestamp: i, appendTime: i, event: i });
  });
}

function noise(count: number): number[] {
  const random = seededRandom(SEED);
  return Array.from({ length: count }, () => gaussian(random));
}

const repeated = (count: number, evidence: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => evidence(i));

describe(`the scale that the evidence of all metrics shares, seed ${SEED}`, () => {
  it('leaves the evidence of a calm series nearly as it is', () => {
    const series = emptySeries();
    feed(series, noise(20_000));
    expect(weightOf(series)).toBeGreaterThan(0.9);
  });

  it('is learnt from the points of a series as they come', () => {
    const series = emptySeries();
    feed(series, [...noise(3000), ...repeated(10, (i) => 50 * (1 + (i % 2)))]);
    expect(weightOf(series)).toBeLessThan(0.975);
  });

  it('lets every fifth stretch of 100 points of a bursty series exceed what is usual for it', () => {
    const series = emptySeries();
    const random = seededRandom(SEED);
    const evidence = take(
      series,
      repeated(200_000, () => -0.5 * Math.log(1 - random())),
    ).slice(20_000);
    const stretches = repeated(evidence.length / STRETCH_POINTS, (i) =>
      Math.max(...evidence.slice(i * STRETCH_POINTS, (i + 1) * STRETCH_POINTS)),
    );
    const above = stretches.filter((size) => size > CALM_EVIDENCE).length / stretches.length;
    expect(above).toBeGreaterThan(0.15);
    expect(above).toBeLessThan(0.25);
  });

  it.each([
    ['lasts', () => 30],
    ['goes as far as can be', () => 1e9],
    ['comes and goes', (i: number) => (i % 7 === 0 ? 30 : 0)],
    ['bursts whenever it may teach', (i: number) => (i % STRETCH_POINTS === 0 ? 30 : 0)],
  ])('loses 18 % at most, and for 2800 points, by an incident of 700 that %s', (_, evidence) => {
    const series = emptySeries();
    take(series, repeated(700, evidence));
    expect(weightOf(series)).toBeLessThan(0.9);
    expect(weightOf(series)).toBeGreaterThan(0.82);
    take(
      series,
      repeated(2800, () => 0),
    );
    expect(weightOf(series)).toBe(1);
  });

  it('counts the first point of the next stretch', () => {
    const weights = [STRETCH_POINTS, STRETCH_POINTS - 1].map((apart) => {
      const series = emptySeries();
      take(series, [30, ...repeated(apart - 1, () => 0), 30]);
      return weightOf(series);
    });
    expect(weights[0]).toBeLessThan(0.95);
    expect(weights[1]).toBeGreaterThan(0.95);
  });

  it('loses half at most by a state that does not end', () => {
    const series = emptySeries();
    take(
      series,
      repeated(10_000, () => 30),
    );
    expect(weightOf(series)).toBeGreaterThanOrEqual(0.5);
    expect(weightOf(series)).toBeLessThan(0.51);
    take(
      series,
      repeated(9_910, () => 0),
    );
    expect(weightOf(series)).toBe(1);
  });

  it('is taught nothing by cold evidence, which stays cold', () => {
    const series = emptySeries();
    take(series, [30]);
    const before = series.cells.slice();
    expect(take(series, [COLD_EVIDENCE])).toEqual([COLD_EVIDENCE]);
    expect(series.cells).toEqual(before);
  });

  it('is part of the state, and refused when it is out of range', () => {
    const series = emptySeries();
    take(series, [30, 0, 0]);
    const read = decodeSeries(encodeSeries(series));
    expect(read.cells).toEqual(series.cells);
    expect(read.cells[UNTAUGHT_CELL]).toBe(STRETCH_POINTS - 2);
    for (const [cell, refused] of [
      [USUAL_EVIDENCE_CELL, 0],
      [USUAL_EVIDENCE_CELL, MOST_USUAL_EVIDENCE + 1],
      [USUAL_EVIDENCE_CELL, Number.NaN],
      [UNTAUGHT_CELL, -1],
      [UNTAUGHT_CELL, STRETCH_POINTS + 1],
    ] as const) {
      const other = decodeSeries(encodeSeries(series));
      other.cells[cell] = refused;
      expect(() => decodeSeries(encodeSeries(other))).toThrow(/out of range/);
    }
  });
});
