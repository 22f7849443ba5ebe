import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../common/random.js';
import { alarmBoundary } from '../../../detection/consensus/boundary.js';

describe('alarmBoundary', () => {
  it('is the quantile of the scores when there are enough', () => {
    const scores = Float64Array.from({ length: 2001 }, (_, i) => i / 2000);
    expect(alarmBoundary(scores, 0.01)).toBeCloseTo(0.99, 12);
    expect(alarmBoundary(scores.slice(0, 101), 0.2)).toBeCloseTo(0.04, 12);
  });

  it('reaches beyond the largest of few scores, so that live events do not alarm at every turn', () => {
    let alarms = 0;
    let alarmsAboveMaximum = 0;
    const trials = 200;
    for (let seed = 0; seed < trials; seed += 1) {
      const random = seededRandom(seed);
      const draw = (count: number) => Float64Array.from({ length: count }, () => -Math.log(1 - random()));
      const training = draw(60);
      const boundary = alarmBoundary(training, 0.01);
      const live = draw(200);
      alarms += live.filter((score) => score > boundary).length;
      alarmsAboveMaximum += live.filter((score) => score > Math.max(...training)).length;
    }
    expect(alarms / (200 * trials)).toBeLessThan(0.012);
    expect(alarms).toBeLessThan(alarmsAboveMaximum);
  });

  it('stays finite for constant scores and a contamination of 0', () => {
    expect(alarmBoundary(new Float64Array(60).fill(2), 0.01)).toBe(2);
    expect(
      Number.isFinite(
        alarmBoundary(
          Float64Array.from({ length: 60 }, (_, i) => i),
          0,
        ),
      ),
    ).toBe(true);
  });
});
