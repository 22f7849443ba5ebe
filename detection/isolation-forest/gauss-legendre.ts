/** Points in (0, 1) and their weights, which sum to 1. */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Returns the Gauss-Legendre rule with `size` points on [0, 1]: exact for polynomials up to degree 2 size - 1. The points are
 * the roots of the Legendre polynomial, found by Newton's method from Tricomi's starting values (Press et al.,
 * Numerical Recipes, section 4.6). Throws a RangeError for a size under 1. O(size^2).
 */
export function gaussLegendre(size: number): Quadrature {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`making quadrature: size ${size} is no count`);
  const points = new Float64Array(size);
  const weights = new Float64Array(size);
  for (let i = 0; i < size; i += 1) {
    const { root, slope } = legendreRoot(size, i);
    points[i] = (1 - root) / 2;
    weights[i] = 1 / ((1 - root * root) * slope * slope);
  }
  return { points, weights };
}

function legendreRoot(size: number, index: number): { root: number; slope: number } {
  let root = Math.cos((Math.PI * (index + 0.75)) / (size + 0.5));
  for (let step = 0; step < 100; step += 1) {
    const { value, slope } = legendre(size, root);
    const next = root - value / slope;
    const isSettled = Math.abs(next - root) < 1e-15;
    root = next;
    if (isSettled) break;
  }
  return { root, slope: legendre(size, root).slope };
}

/** Value and derivative of the Legendre polynomial by its three-term recurrence. */
function legendre(degree: number, x: number): { value: number; slope: number } {
  let previous = 0;
  let value = 1;
  for (let n = 1; n <= degree; n += 1) {
    [previous, value] = [value, ((2 * n - 1) * x * value - (n - 1) * previous) / n];
  }
  return { value, slope: (degree * (x * value - previous)) / (x * x - 1) };
}
