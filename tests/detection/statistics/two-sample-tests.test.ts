import { describe, expect, it } from 'vitest';
import { andersonDarling } from '../../../detection/statistics/anderson-darling.js';
import { chiSquareContingency, chiSquareFit } from '../../../detection/statistics/chi-square-test.js';
import { cramerVonMises } from '../../../detection/statistics/cramer-von-mises.js';
import { energyDistance } from '../../../detection/statistics/energy-distance.js';
import { kolmogorovSmirnov } from '../../../detection/statistics/kolmogorov-smirnov.js';
import { levene } from '../../../detection/statistics/levene.js';
import { mannWhitney } from '../../../detection/statistics/mann-whitney.js';
import { populationStabilityIndex } from '../../../detection/statistics/population-stability-index.js';
import { wasserstein } from '../../../detection/statistics/wasserstein.js';
import { welch } from '../../../detection/statistics/welch.js';
import { expectClose, readVectors } from './vectors.js';

interface Expected {
  readonly statistic: number;
  readonly p: number;
}
interface Case {
  readonly a: number[];
  readonly b: number[];
  readonly ks_exact: Expected & { location: number; sign: number };
  readonly ks_asymp: Expected & { location: number; sign: number };
  readonly cvm_asymptotic: Expected;
  readonly cvm_exact?: Expected;
  readonly anderson_ksamp_midrank: Expected;
  readonly anderson_ksamp_right: Expected;
  readonly mannwhitneyu_exact?: { U: number; p: number };
  readonly mannwhitneyu_asymptotic: { U: number; p: number };
  readonly wasserstein: number;
  readonly energy: number;
  readonly levene_median: Expected;
  readonly levene_mean: Expected;
  readonly levene_trimmed: Expected;
  readonly welch_t: Expected & { df: number };
  readonly psi: { edges: number[]; expected: number[]; actual: number[]; psi: number };
}
interface ChiSquareCase extends Expected {
  readonly table: number[][];
  readonly dof: number;
}
const vectors = readVectors<{
  cases: Record<string, Case>;
  chi2: {
    contingency_3x2: ChiSquareCase;
    yates_2x2: ChiSquareCase;
    plain_2x2: ChiSquareCase;
    gof: Expected & { observed: number[]; expected: number[] };
  };
}>('two_sample_tests');

/** Statistics to 1e-9, p-values to 1e-9 unless the test says another tolerance and why. */
function expectResult(actual: Expected, expected: Expected, pRelative = 1e-9, pAbsolute = 1e-15): void {
  expectClose(actual.statistic, expected.statistic, 1e-9);
  expectClose(actual.p, expected.p, pRelative, pAbsolute);
}

describe.each(Object.entries(vectors.cases))('two-sample tests equal scipy: %s', (_, c) => {
  it('Kolmogorov-Smirnov, exact', () => {
    const actual = kolmogorovSmirnov(c.a, c.b, 'exact');
    expectResult(actual, c.ks_exact);
    expect([actual.location, actual.sign]).toEqual([c.ks_exact.location, c.ks_exact.sign]);
  });

  it('Kolmogorov-Smirnov, asymptotic', () => {
    // scipy takes the Pelz-Good expansion above n = 140, 1.4e-6 off at n = 222; ours is the exact matrix there.
    expectResult(kolmogorovSmirnov(c.a, c.b, 'asymptotic'), c.ks_asymp, 2e-6, 1e-15);
  });

  it('Cramer-von Mises', () => {
    // scipy ends its series at terms of 1e-7, which leaves up to 6e-11 in its small p-values; ours ends at 1e-17.
    expectResult(cramerVonMises(c.a, c.b), c.cvm_asymptotic, 1e-9, 1e-10);
  });

  const { cvm_exact: cvmExact, mannwhitneyu_exact: mannWhitneyExact } = c;
  if (cvmExact !== undefined) {
    it('Cramer-von Mises, exact', () => {
      expectResult(cramerVonMises(c.a, c.b, 'exact'), cvmExact);
    });
  }

  it('Anderson-Darling', () => {
    expectResult(andersonDarling([c.a, c.b], 'midrank'), c.anderson_ksamp_midrank);
    expectResult(andersonDarling([c.a, c.b], 'right'), c.anderson_ksamp_right);
  });

  it('Mann-Whitney', () => {
    const actual = mannWhitney(c.a, c.b);
    expect(actual.u).toBe(c.mannwhitneyu_asymptotic.U);
    expectClose(actual.p, c.mannwhitneyu_asymptotic.p, 1e-9);
  });

  if (mannWhitneyExact !== undefined) {
    it('Mann-Whitney, exact', () => {
      expectClose(mannWhitney(c.a, c.b, 'exact').p, mannWhitneyExact.p, 1e-9, 0);
    });
  }

  it('Wasserstein-1 and energy distance', () => {
    expectClose(wasserstein(c.a, c.b), c.wasserstein, 1e-9);
    expectClose(energyDistance(c.a, c.b), c.energy, 1e-9);
  });

  it('Levene around median, mean and trimmed mean', () => {
    expectResult(levene([c.a, c.b], 'median'), c.levene_median);
    expectResult(levene([c.a, c.b], 'mean'), c.levene_mean);
    expectResult(levene([c.a, c.b], 'trimmed'), c.levene_trimmed);
  });

  it('Welch t', () => {
    const actual = welch(c.a, c.b);
    expectResult(actual, c.welch_t, 1e-9, 0);
    expectClose(actual.df, c.welch_t.df, 1e-9);
  });

  it('population stability index', () => {
    const actual = populationStabilityIndex(c.a, c.b);
    expectClose(actual.psi, c.psi.psi, 1e-9);
    expect([actual.expected, actual.actual]).toEqual([c.psi.expected, c.psi.actual]);
  });
});

describe('chi-square tests equal scipy', () => {
  it.each(['contingency_3x2', 'yates_2x2', 'plain_2x2'] as const)('%s', (name) => {
    const c = vectors.chi2[name];
    const actual = chiSquareContingency(c.table, name === 'yates_2x2');
    expectResult(actual, c);
    if (c.dof !== undefined) expect(actual.df).toBe(c.dof);
  });

  it('goodness of fit', () => {
    expectResult(chiSquareFit(vectors.chi2.gof.observed, vectors.chi2.gof.expected), vectors.chi2.gof);
  });

  it('refuses tables without counts', () => {
    expect(() =>
      chiSquareContingency([
        [0, 0],
        [1, 2],
      ]),
    ).toThrow(RangeError);
    expect(() => chiSquareFit([1, 2], [1])).toThrow(RangeError);
  });
});

describe('two-sample tests refuse what they cannot answer', () => {
  it.each([
    ['kolmogorovSmirnov', () => kolmogorovSmirnov([], [1])],
    ['cramerVonMises', () => cramerVonMises([1], [1, 2])],
    [
      'andersonDarling',
      () =>
        andersonDarling([
          [1, 1],
          [1, 1],
        ]),
    ],
    ['mannWhitney', () => mannWhitney([], [1])],
    ['wasserstein', () => wasserstein([], [1])],
    ['levene', () => levene([[1, 2]])],
    ['welch', () => welch([1], [1, 2])],
  ])('%s', (_, call) => {
    expect(call).toThrow(RangeError);
  });
});
