import { logGamma } from './gamma.js';

/**
 * Returns P(K > x) of Kolmogorov's limit distribution of sqrt(n) D: the alternating series in the tail, its theta transform near 0.
 * @param x >= 0
 * @example kolmogorovSf(1.3581); // 0.0500
 */
export function kolmogorovSf(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) {
    const step = (Math.PI * Math.PI) / (8 * x * x);
    let sum = 0;
    for (let k = 1; k <= 9; k += 2) sum += Math.exp(-k * k * step);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 1; k <= 8; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}

/** Above this n d^2 both one-sided tails together differ from the two-sided one by less than 4e-11 of it. */
const ONE_SIDED_FROM = 4;
/** Up to this n the matrix is small enough (2 n d columns, at most 127). */
const MATRIX_UP_TO = 1000;

/**
 * Returns P(D_n >= d), the distribution of the one-sample Kolmogorov distance of n values (scipy's `kstwo.sf`): the exact
 * matrix of Marsaglia, Tsang and Wang (2003); twice the exact one-sided sum (Birnbaum and Tingey 1951) in the tail; beyond n = 1000 the limit with Vrbik's
 * (2018) correction, about 1e-5 off. Cost: matrix O((nd)^3 log n), at most some 50 ms; tail O(n).
 * @param n whole, >= 1
 * @param d 0..1
 */
export function kolmogorovDistanceSf(n: number, d: number): number {
  if (d <= 0.5 / n) return 1;
  if (d >= 1) return 0;
  if (n * d * d >= ONE_SIDED_FROM || d >= 0.5) return Math.min(1, 2 * oneSidedSf(n, d));
  if (n <= MATRIX_UP_TO) return 1 - matrixCdf(n, d);
  const x = Math.sqrt(n) * d;
  return kolmogorovSf(x + 1 / (6 * Math.sqrt(n)) + (x - 1) / (4 * n));
}

function oneSidedSf(n: number, d: number): number {
  let sum = 0;
  const terms = Math.floor(n * (1 - d));
  for (let j = 0; j <= terms; j++) {
    const share = d + j / n;
    if (share >= 1) continue;
    const choose = logGamma(n + 1) - logGamma(j + 1) - logGamma(n - j + 1);
    sum += Math.exp(choose + (j - 1) * Math.log(share) + (n - j) * Math.log1p(-share));
  }
  return d * sum;
}

function matrixCdf(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const size = 2 * k - 1;
  const h = k - n * d;
  const matrix = transitionMatrix(size, h);
  const power = matrixPower(matrix, size, n);
  let value = power.matrix[(k - 1) * size + k - 1] as number;
  let exponent = power.exponent;
  for (let i = 1; i <= n; i++) {
    value *= i / n;
    if (value < 1e-140) {
      value *= 1e140;
      exponent -= 140;
    }
  }
  return value * 10 ** exponent;
}

function transitionMatrix(size: number, h: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) matrix[i * size + j] = i - j + 1 < 0 ? 0 : 1;
  const corner = (size - 1) * size;
  for (let i = 0; i < size; i++) {
    matrix[i * size] = (matrix[i * size] as number) - h ** (i + 1);
    matrix[corner + i] = (matrix[corner + i] as number) - h ** (size - i);
  }
  matrix[corner] = (matrix[corner] as number) + (2 * h - 1 > 0 ? (2 * h - 1) ** size : 0);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      // One division by the logarithm: (i - j + 1)! alone overflows from 171 on.
      if (i - j + 1 > 0)
        matrix[i * size + j] = (matrix[i * size + j] as number) * Math.exp(-logGamma(i - j + 2));
    }
  }
  return matrix;
}

interface ScaledMatrix {
  readonly matrix: Float64Array;
  /** Decimal exponent taken out of the numbers. */
  readonly exponent: number;
}

function matrixPower(matrix: Float64Array, size: number, n: number): ScaledMatrix {
  if (n === 1) return { matrix, exponent: 0 };
  const half = matrixPower(matrix, size, Math.floor(n / 2));
  let product = multiply(half.matrix, half.matrix, size);
  let exponent = 2 * half.exponent;
  if (n % 2 === 1) product = multiply(matrix, product, size);
  if ((product[((size - 1) / 2) * (size + 1)] as number) > 1e140) {
    product = product.map((value) => value * 1e-140);
    exponent += 140;
  }
  return { matrix: product, exponent };
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) {
        product[i * size + j] = (product[i * size + j] as number) + factor * (b[k * size + j] as number);
      }
    }
  }
  return product;
}
