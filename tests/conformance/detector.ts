import { describe, expect, it } from 'vitest';
import type { Detector } from '../../detection/detectors/detector.js';
import { createLayoutCache, type FeatureSource } from '../../detection/detectors/feature-view.js';

/** What the suite needs to know of one detector. */
export interface DetectorCase {
  readonly name: string;
  /** Returns a detector, trained if it needs to be; the same seed gives an equal one. */
  readonly create: (seed: number) => Detector;
  /** Returns an event whose metrics read as these many deviations from normal. */
  readonly event: (deviations: readonly number[]) => FeatureSource;
  /** Events for which the detector must not be warm, by why. */
  readonly cold: Readonly<Record<string, FeatureSource>>;
}

/** Runs what holds for every detector. A new one is one more line in `tests/detection/detectors/conformance.test.ts`. */
export function detectorSuite({ name, create, event, cold }: DetectorCase): void {
  const scoreOf = (detector: Detector, source: FeatureSource) =>
    detector.score(createLayoutCache().viewOf(source));
  const evidenceOf = (detector: Detector, source: FeatureSource) => {
    const out = new Float64Array(source.metrics.length);
    detector.evidence(createLayoutCache().viewOf(source), out);
    return [...out];
  };

  describe(`detector ${name}`, () => {
    it('scores a stranger event higher', () => {
      const detector = create(1);
      const scores = [0, 4, 12].map((size) => scoreOf(detector, event([size, 0.1, -0.2])));
      expect(scores[1]).toBeGreaterThan(scores[0] as number);
      // A forest is blind beyond its training range: further out it may stay where it is, never fall.
      expect(scores[2]).toBeGreaterThanOrEqual(scores[1] as number);
    });

    it('gives the metric that stands out the most evidence', () => {
      const evidence = evidenceOf(create(1), event([0.1, 9, -0.2]));
      expect(evidence.indexOf(Math.max(...evidence))).toBe(1);
      expect(Math.min(...evidence)).toBeGreaterThanOrEqual(0);
    });

    it('answers the same for the same seed and event, whatever it saw before', () => {
      const [first, second] = [create(7), create(7)];
      for (let i = 0; i < 20; i += 1) scoreOf(second, event([i, -i, 3]));
      expect(scoreOf(second, event([1, 2, 3]))).toBe(scoreOf(first, event([1, 2, 3])));
      expect(evidenceOf(second, event([1, 2, 3]))).toEqual(evidenceOf(first, event([1, 2, 3])));
    });

    it('reads events of changing layouts one after another as it reads each alone', () => {
      const detector = create(1);
      const layouts = createLayoutCache();
      const full = event([2, 0, 1]);
      const part = withoutMetric(full, 1);
      const mixed = [full, part, full, part].map((source) => detector.score(layouts.viewOf(source)));
      expect(mixed).toEqual([full, part, full, part].map((source) => scoreOf(create(1), source)));
    });

    it('scores events that lack a metric, or whose metrics are all alike', () => {
      for (const source of [withoutMetric(event([5, 0, 0]), 2), event([0, 0, 0])]) {
        expect(Number.isFinite(scoreOf(create(1), source))).toBe(true);
        expect(scoreOf(create(1), source)).toBeGreaterThanOrEqual(0);
      }
    });

    it('does not depend on the unit of the readings: it reads statistics, which are relative to the series', () => {
      const source = event([3, -1, 2]);
      const scaled = { ...source, values: source.values.map((value) => 1e9 * value) };
      expect(scoreOf(create(1), scaled)).toBe(scoreOf(create(1), source));
      expect(evidenceOf(create(1), scaled)).toEqual(evidenceOf(create(1), source));
    });

    it('takes values that are no numbers as no evidence', () => {
      const detector = create(1);
      const source = event([Number.NaN, 1, 0]);
      expect(Number.isFinite(scoreOf(detector, source))).toBe(true);
      expect(evidenceOf(detector, source).every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      expect(scoreOf(detector, source)).toBeLessThanOrEqual(scoreOf(detector, event([9, 1, 0])));
    });

    it.each(Object.keys(cold))('is not warm and says 0: %s', (why) => {
      const detector = create(1);
      const source = cold[why] as FeatureSource;
      expect(detector.isWarm(createLayoutCache().viewOf(source))).toBe(false);
      expect(scoreOf(detector, source)).toBe(0);
      expect(evidenceOf(detector, source).every((value) => value === 0)).toBe(true);
    });

    it('is warm for a complete event, and refuses an array without room', () => {
      const view = createLayoutCache().viewOf(event([1, 1, 1]));
      expect(create(1).isWarm(view)).toBe(true);
      expect(() => create(1).evidence(view, new Float64Array(1))).toThrow(RangeError);
    });
  });
}

/** Returns the event without one of its metrics. */
export function withoutMetric(source: FeatureSource, place: number): FeatureSource {
  const drop = <T>(list: readonly T[]): T[] => list.filter((_, i) => i !== place);
  return {
    host: source.host,
    metrics: drop(source.metrics),
    values: drop(source.values),
    statistics: source.statistics.map((statistic) => ({ ...statistic, values: drop(statistic.values) })),
    baseline: source.baseline === null ? null : { version: drop(source.baseline.version) },
  };
}
