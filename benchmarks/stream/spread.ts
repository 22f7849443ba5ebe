/** Smallest, middle and largest of some measurements. */
export interface Spread {
  readonly samples: number;
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

/** Returns the spread of at least one number, rounded to `digits` places; the median of an even count is its lower middle. */
export function spreadOf(measured: readonly number[], digits = 2): Spread {
  const sorted = [...measured].sort((a, b) => a - b);
  const at = (index: number) => round(sorted[index] ?? Number.NaN, digits);
  return {
    samples: sorted.length,
    minimum: at(0),
    median: at((sorted.length - 1) >> 1),
    maximum: at(sorted.length - 1),
  };
}

/** Returns the nearest-rank quantile of numbers in ascending order; NaN of none. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Returns a number rounded to `digits` decimal places. */
export function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
