import { countUpTo, distinctValues, type Sample, sorted } from './sample.js';

/**
 * Returns the first Wasserstein distance of two samples: the area between their distribution functions, in the unit of the values; how far the
 * mass has to move. Cost O(n log n).
 * @throws RangeError when a sample is empty
 * @example wasserstein([0, 1], [5, 6]); // 5
 */
export function wasserstein(a: Sample, b: Sample): number {
  const first = sorted(a);
  const second = sorted(b);
  return integrateGap(first, second, Math.abs);
}

/** Returns the integral over x of f(F_a(x) - F_b(x)) for two ascending samples. */
export function integrateGap(a: Float64Array, b: Float64Array, f: (gap: number) => number): number {
  const values = distinctValues(a, b);
  let sum = 0;
  for (let i = 0; i + 1 < values.length; i++) {
    const x = values[i] as number;
    const gap = countUpTo(a, x) / a.length - countUpTo(b, x) / b.length;
    sum += f(gap) * ((values[i + 1] as number) - x);
  }
  return sum;
}
