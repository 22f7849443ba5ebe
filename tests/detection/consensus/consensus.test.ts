import { describe, expect, it } from 'vitest';
import {
  type Calibration,
  calibrate,
  shownScore,
  spreadOut,
} from '../../../detection/consensus/calibration.js';
import { createConsensus, newVerdict } from '../../../detection/consensus/consensus.js';

const calibration: Calibration[] = [
  { method: 'zscore', median: 1, q99: 3, threshold: 1.5 },
  { method: 'baseline', median: 1, q99: 5, threshold: 2 },
  { method: 'iforest', median: 0.4, q99: 0.6, threshold: 1 },
];
const mean = createConsensus({ calibration, threshold: 1.2, mode: 'mean' });
const majority = createConsensus({ calibration, threshold: 1.2, mode: 'majority' });

/** Raw readings of all three methods for one calibrated score each. */
function readings(...calibrated: readonly number[]) {
  return calibrated.map((r, i) => {
    const { method, median, q99 } = calibration[i] as Calibration;
    return { name: method, raw: median + r * (q99 - median) };
  });
}

describe('calibrate', () => {
  it('maps the median to 0 and the 99 % quantile to 1', () => {
    const [zscore] = calibration as [Calibration];
    expect([1, 3, 5].map((raw) => calibrate(raw, zscore))).toEqual([0, 1, 2]);
  });

  it('gives no NaN for a spread of 0, and keeps a constant training from making it', () => {
    const flat = { method: 'zscore', median: 0, q99: 0, threshold: 1 };
    expect(calibrate(0, flat)).toBe(0);
    expect(calibrate(Number.NaN, flat)).toBe(0);
    expect(spreadOut('zscore', 0, 0)).toBe(0.5);
    expect(spreadOut('zscore', 0, 4)).toBe(4);
  });
});

describe('shownScore', () => {
  it('shows 0.5 at the boundary, u / (1 + u) above a tenth of it, 1 at the most', () => {
    expect(shownScore(1.2, 1.2)).toBe(0.5);
    expect(shownScore(3.6, 1.2)).toBeCloseTo(0.75, 12);
    expect(shownScore(0.4, 1.2)).toBeCloseTo(0.25, 12);
    expect(shownScore(Number.POSITIVE_INFINITY, 1.2)).toBe(1);
    expect(shownScore(Number.NaN, 1.2)).toBe(shownScore(0, 1.2));
  });

  it('keeps the order of quiet events too: the half below the median can still be ranked', () => {
    const calibrated = Array.from({ length: 400 }, (_, i) => -2 + i / 100);
    const shown = calibrated.map((score) => shownScore(score, 1.2));
    shown.slice(1).forEach((score, i) => {
      expect(score).toBeGreaterThan(shown[i] as number);
    });
    expect(shown[0]).toBeGreaterThan(0);
    expect(shown.at(-1)).toBeLessThan(1);
  });

  it('joins its two branches without a step or a bend', () => {
    const at = (excess: number) => shownScore(excess, 1);
    const slope = (from: number, to: number) => (at(to) - at(from)) / (to - from);
    expect(at(0.1 + 1e-9) - at(0.1 - 1e-9)).toBeLessThan(1e-8);
    expect(slope(0.1, 0.1 + 1e-6)).toBeCloseTo(slope(0.1 - 1e-6, 0.1), 4);
  });
});

describe('createConsensus', () => {
  it('alarms above the boundary of the mean, not at it', () => {
    const at = mean.decide([{ name: 'zscore', raw: 1 }, ...readings(1.2, 1.2, 1.2).slice(1)], true);
    expect(at.isAnomaly).toBe(false);
    expect(mean.decide(readings(1.2, 1.2, 1.19), true).isAnomaly).toBe(false);
    expect(mean.decide(readings(1.2, 1.2, 1.21), true).isAnomaly).toBe(true);
    expect(mean.decide(readings(1.2, 1.2, 1.2), true).score).toBeCloseTo(0.5, 12);
  });

  it('reports the share of warm methods that agree with the verdict', () => {
    const verdict = mean.decide(readings(6, 0, 0), true);
    expect(verdict).toMatchObject({ isAnomaly: true, confidence: 1 / 3 });
    expect(verdict.methods.map(({ isAnomaly }) => isAnomaly)).toEqual([true, false, false]);
    expect(mean.decide(readings(0, 0, 0), true)).toMatchObject({ isAnomaly: false, confidence: 1 });
  });

  it('takes the mean of the own boundaries while a method is cold', () => {
    const [zscore, baseline] = readings(1.5, 2) as [
      { name: string; raw: number },
      { name: string; raw: number },
    ];
    expect(mean.decide([zscore], true).score).toBe(0.5);
    expect(mean.decide([baseline], true).score).toBe(0.5);
    expect(mean.decide([zscore, baseline], true).score).toBe(0.5);
  });

  it('needs more than half of the warm votes in majority mode', () => {
    const isAnomaly = (...r: number[]) => majority.decide(readings(...r), true).isAnomaly;
    expect(isAnomaly(50, 0, 0)).toBe(false);
    expect(isAnomaly(1.6, 2.1, 0)).toBe(true);
    expect(isAnomaly(1.6, 0)).toBe(false);
    expect(isAnomaly(1.6, 2.1)).toBe(true);
    expect(isAnomaly(1.6)).toBe(true);
  });

  it('raises no alarm that it may not raise, and has nothing to say without a warm method', () => {
    expect(mean.decide(readings(9, 9, 9), false)).toMatchObject({ isAnomaly: false, confidence: 0 });
    expect(mean.decide([], true)).toEqual({ score: 0, isAnomaly: false, confidence: 0, methods: [] });
    expect(mean.decide([{ name: 'unheard of', raw: 9 }], true).methods).toEqual([]);
  });

  it('leaves a method without calibration out, wherever it stands, in a room that held other verdicts', () => {
    const room = newVerdict(4);
    const strange = { name: 'unheard of', raw: 1e9 };
    for (const consensus of [mean, majority]) {
      for (const calibrated of [
        [0.1, 9, 8],
        [0.1, 0.2, 9],
        [7, 0.1],
      ]) {
        const known = readings(...calibrated);
        const alone = consensus.decide(known, true);
        consensus.decide(readings(9, 9, 9), true, room);
        for (let place = 0; place <= known.length; place += 1)
          expect(consensus.decide(known.toSpliced(place, 0, strange), true, room)).toEqual(alone);
      }
    }
  });
});
