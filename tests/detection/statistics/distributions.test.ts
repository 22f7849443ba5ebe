import { describe, expect, it } from 'vitest';
import { chiSquaredSf } from '../../../detection/statistics/chi-squared.js';
import { fSf } from '../../../detection/statistics/f-distribution.js';
import { logGamma, lowerGamma, upperGamma } from '../../../detection/statistics/gamma.js';
import { incompleteBeta } from '../../../detection/statistics/incomplete-beta.js';
import { kolmogorovDistanceSf, kolmogorovSf } from '../../../detection/statistics/kolmogorov.js';
import { normalCdf, normalQuantile, normalSf } from '../../../detection/statistics/normal.js';
import { studentsTCdf, studentsTQuantile } from '../../../detection/statistics/students-t.js';
import { expectClose, readVectors } from './vectors.js';

const vectors = readVectors<{
  norm: { x: number[]; cdf: number[]; sf: number[] };
  norm_ppf: { p: number[]; x: number[] };
  t: { df: number; x: number[]; cdf: number[]; p: number[]; ppf: number[] }[];
  chi2: { df: number; x: number[]; sf: number[] }[];
  f: { d1: number; d2: number; x: number[]; sf: number[] }[];
  kolmogorov: { x: number[]; sf: number[] };
  gammaln: { x: number[]; y: number[] };
  betainc: { a: number; b: number; x: number; y: number }[];
}>('distributions');

/** Expects f(x[i]) = y[i] to a relative 1e-10. */
function expectAll(x: readonly number[], y: readonly number[], f: (x: number) => number): void {
  expect(x.length).toBe(y.length);
  for (const [i, at] of x.entries()) expectClose(f(at), y[i] ?? Number.NaN, 1e-10);
}

describe('distributions equal scipy', () => {
  it('normal', () => {
    expectAll(vectors.norm.x, vectors.norm.cdf, normalCdf);
    expectAll(vectors.norm.x, vectors.norm.sf, normalSf);
    expectAll(vectors.norm_ppf.p, vectors.norm_ppf.x, normalQuantile);
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(2)]).toEqual([
      -Infinity,
      Infinity,
      Number.NaN,
    ]);
  });

  it.each(vectors.t)("Student's t, $df degrees of freedom", (t) => {
    expectAll(t.x, t.cdf, (x) => studentsTCdf(x, t.df));
    expectAll(t.p, t.ppf, (p) => studentsTQuantile(p, t.df));
  });

  it.each(vectors.chi2)('chi-squared, $df degrees of freedom', (c) => {
    expectAll(c.x, c.sf, (x) => chiSquaredSf(x, c.df));
  });

  it.each(vectors.f)('F, $d1 and $d2', (f) => {
    expectAll(f.x, f.sf, (x) => fSf(x, f.d1, f.d2));
  });

  it('Kolmogorov', () => {
    expectAll(vectors.kolmogorov.x, vectors.kolmogorov.sf, kolmogorovSf);
  });

  it('gamma and incomplete beta', () => {
    expectAll(vectors.gammaln.x, vectors.gammaln.y, logGamma);
    for (const { a, b, x, y } of vectors.betainc) expectClose(incompleteBeta(x, a, b), y, 1e-11);
    expectClose(upperGamma(3, 2) + lowerGamma(3, 2), 1, 1e-14);
  });

  it('finite Kolmogorov distances join up where the method changes', () => {
    // n d^2 = 4 (matrix to tail) and n = 1000 (matrix to limit).
    expectClose(kolmogorovDistanceSf(100, 0.1999999), kolmogorovDistanceSf(100, 0.2), 1e-5);
    const scaled = 0.04 * Math.sqrt(1000 / 1001);
    expectClose(kolmogorovDistanceSf(1000, 0.04), kolmogorovDistanceSf(1001, scaled), 2e-4);
    // One value: P(max(u, 1 - u) >= d) = 2 (1 - d).
    expectClose(kolmogorovDistanceSf(1, 0.75), 0.5, 1e-12);
  });
});
