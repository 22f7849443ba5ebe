import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LoadPlan, planArrivals } from '../../../producers/load-generator/arrivals.js';

function times(plan: LoadPlan): number[] {
  const arrivals = planArrivals(plan);
  const due: number[] = [];
  for (let at = arrivals.next(); at !== null; at = arrivals.next()) due.push(at);
  return due;
}

function countIn(due: readonly number[], fromSeconds: number, toSeconds: number): number {
  return due.filter((at) => at >= fromSeconds * 1000 && at < toSeconds * 1000).length;
}

const plans = fc.record({
  rate: fc.double({ min: 1, max: 300, noNaN: true }),
  durationSeconds: fc.double({ min: 0.1, max: 20, noNaN: true }),
  rampSeconds: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 30, noNaN: true })),
  burst: fc.option(
    fc.record({
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      everySeconds: fc.double({ min: 0.1, max: 5, noNaN: true }),
      seconds: fc.double({ min: 0.01, max: 5, noNaN: true }),
    }),
  ),
});

test('every plan: as many times as it says, rising, within the run', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const due = times(plan);
      expect(due).toHaveLength(planArrivals(plan).total);
      due.forEach((at, index) => {
        expect(at).toBeGreaterThanOrEqual(due[index - 1] ?? 0);
        expect(at).toBeLessThanOrEqual(plan.durationSeconds * 1000 + 1e-6);
      });
    }),
    { numRuns: 60 },
  );
});

describe('single plans', () => {
  test('a constant rate gives equal distances', () => {
    const due = times({ rate: 100, durationSeconds: 3, rampSeconds: 0, burst: null });
    expect(due).toHaveLength(300);
    expect(due[0]).toBeCloseTo(5, 9);
    expect(due[299]).toBeCloseTo(2995, 6);
  });

  test('a ramp of 10 s to 100/s gives 500 events, a quarter of them in its first half', () => {
    const due = times({ rate: 100, durationSeconds: 20, rampSeconds: 10, burst: null });
    expect(due).toHaveLength(1500);
    expect(countIn(due, 0, 5)).toBe(125);
    expect(countIn(due, 0, 10)).toBe(500);
    expect(countIn(due, 10, 20)).toBe(1000);
  });

  test('a run shorter than its ramp stops on the way up', () => {
    expect(times({ rate: 100, durationSeconds: 5, rampSeconds: 10, burst: null })).toHaveLength(125);
  });

  test('bursts of 1 s every 5 s at 3 x', () => {
    const due = times({
      rate: 100,
      durationSeconds: 15,
      rampSeconds: 0,
      burst: { factor: 3, everySeconds: 5, seconds: 1 },
    });
    expect(countIn(due, 0, 5)).toBe(500);
    expect(countIn(due, 5, 6)).toBe(300);
    expect(countIn(due, 6, 10)).toBe(400);
    expect(countIn(due, 10, 11)).toBe(300);
    expect(due).toHaveLength(1900);
  });
});
