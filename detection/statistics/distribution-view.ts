/** Values and weights in ascending order of value: what a {@link DistributionView} reads. */
export interface WeightedItems {
  readonly means: Float64Array;
  readonly weights: Float64Array;
  readonly min: number;
  readonly max: number;
}

/**
 * A frozen reading of a quantile sketch: take one, ask it many questions. Later adds to the sketch do not change it.
 * An item of weight 1 is a known value and answers exactly; a heavier one is a centroid, interpolated linearly between
 * the centres of its neighbours.
 * Cost: building O(items); each question O(log items), `tailExcess` O(items).
 */
export class DistributionView {
  /** Number of values. */
  readonly count: number;
  /** Mass in front of each item. */
  private readonly before: Float64Array;

  constructor(private readonly items: WeightedItems) {
    const { weights } = items;
    this.before = new Float64Array(weights.length);
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      this.before[i] = sum;
      sum += weights[i] as number;
    }
    this.count = sum;
  }

  /**
   * Returns the value below which a share `p` lies, as numpy's linear method (Hyndman and Fan type 7) where all values
   * are known singly; NaN when empty. Monotone in p, never outside [min, max].
   * @param p 0..1 (clamped)
   */
  quantile(p: number): number {
    const { means, min, max } = this.items;
    const last = means.length - 1;
    if (last < 0) return Number.NaN;
    const position = Math.min(1, Math.max(0, p)) * (this.count - 1);
    if (position < this.centre(0)) return between(min, means[0] as number, position / this.centre(0));
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.centre(middle) <= position) low = middle;
      else high = middle - 1;
    }
    const start = this.centre(low);
    const from = means[low] as number;
    if (position === start) return from;
    if (low === last) return between(from, max, (position - start) / (this.count - 1 - start));
    return between(from, means[low + 1] as number, (position - start) / (this.centre(low + 1) - start));
  }

  /** Returns the share of values <= x (the empirical distribution function); NaN when empty. */
  cdf(x: number): number {
    const { means, weights, min, max } = this.items;
    if (means.length === 0) return Number.NaN;
    if (x < min) return 0;
    if (x >= max) return 1;
    const next = this.firstAbove(x, false);
    const left = next - 1;
    const ceiling = next < means.length ? this.massUpTo(next) : this.count;
    const nextValue = next < means.length ? (means[next] as number) : max;
    if (left < 0) return ramp({ x, from: min, to: nextValue, low: 0, high: ceiling }) / this.count;
    const value = means[left] as number;
    const tied = left > 0 && means[left - 1] === value;
    const mass = weights[left] as number;
    // Two neighbours of one mean can only be made of that value: all of the mass lies at it, not half.
    const floor = (this.before[left] as number) + (mass === 1 || tied ? mass : mass / 2);
    return ramp({ x, from: value, to: nextValue, low: floor, high: Math.max(floor, ceiling) }) / this.count;
  }

  /** Returns the share of values < x: with ties 1 - below(x) is the share at or above x. NaN when empty. */
  below(x: number): number {
    const { means, weights, min, max } = this.items;
    if (means.length === 0) return Number.NaN;
    if (x <= min) return 0;
    if (x > max) return 1;
    const next = this.firstAbove(x, true);
    const left = next - 1;
    if (left < 0)
      return (
        ramp({ x, from: min, to: means[next] as number, low: 0, high: this.massUpTo(next) }) / this.count
      );
    const mass = weights[left] as number;
    const floor = (this.before[left] as number) + (mass === 1 ? 1 : mass / 2);
    if (next >= means.length)
      return ramp({ x, from: means[left] as number, to: max, low: floor, high: this.count }) / this.count;
    const tied = next + 1 < means.length && means[next + 1] === means[next];
    const ceiling = tied ? (this.before[next] as number) : this.massUpTo(next);
    return (
      ramp({
        x,
        from: means[left] as number,
        to: means[next] as number,
        low: floor,
        high: Math.max(floor, ceiling),
      }) / this.count
    );
  }

  /**
   * Returns the mean excess beyond the p quantile u: E[max(x - u, 0)] / (1 - p) for 'upper', E[max(u - x, 0)] / p for
   * 'lower', in the unit of x, >= 0; the scale of an exponential tail. 0 where there is no tail mass; NaN when empty.
   * Exact while all values are known singly; a centroid that straddles u counts with half its mass spread evenly on each side
   * (2-5 % low on an exponential at the default compression: linear interpolation puts u a little too far out).
   * @param p 0..1
   */
  tailExcess(p: number, side: 'upper' | 'lower' = 'upper'): number {
    const { means, weights } = this.items;
    if (means.length === 0) return Number.NaN;
    const share = side === 'upper' ? 1 - p : p;
    if (!(share > 0)) return 0;
    const u = this.quantile(p);
    const sign = side === 'upper' ? 1 : -1;
    let sum = 0;
    for (let i = 0; i < means.length; i++) {
      const mean = means[i] as number;
      const mass = weights[i] as number;
      const low = mass === 1 ? mean : this.spanStart(i);
      const high = mass === 1 ? mean : this.spanEnd(i);
      if (!(low < u && high > u)) sum += mass * Math.max(0, sign * (mean - u));
      else if (side === 'upper') sum += (mass / 2) * (evenExcess(low, mean, u) + evenExcess(mean, high, u));
      else sum += (mass / 2) * (evenExcess(-high, -mean, -u) + evenExcess(-mean, -low, -u));
    }
    return sum / this.count / share;
  }

  /** Position (0-based rank) of an item's centre. */
  private centre(i: number): number {
    return (this.before[i] as number) + ((this.items.weights[i] as number) - 1) / 2;
  }

  /** Mass that is surely or on average in front of an item's mean. */
  private massUpTo(i: number): number {
    const mass = this.items.weights[i] as number;
    return (this.before[i] as number) + (mass === 1 ? 0 : mass / 2);
  }

  /** Where the mass of an item is taken to begin, and to end: half-way to its neighbours. */
  private spanStart(i: number): number {
    const { means, min } = this.items;
    return i === 0 ? min : ((means[i - 1] as number) + (means[i] as number)) / 2;
  }

  private spanEnd(i: number): number {
    const { means, max } = this.items;
    return i === means.length - 1 ? max : ((means[i + 1] as number) + (means[i] as number)) / 2;
  }

  /** First item with a mean above x (or, when `orEqual`, at or above it). */
  private firstAbove(x: number, orEqual: boolean): number {
    const { means } = this.items;
    let low = 0;
    let high = means.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const mean = means[middle] as number;
      if (mean < x || (!orEqual && mean === x)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** E[max(x - u, 0)] of x spread evenly over [a, b]. */
function evenExcess(a: number, b: number, u: number): number {
  if (u <= a) return (a + b) / 2 - u;
  if (u >= b) return 0;
  return ((b - u) * (b - u)) / (2 * (b - a));
}

/** Linear interpolation, monotone in `share`, that never leaves [a, b] whatever the rounding. */
function between(a: number, b: number, share: number): number {
  const value = a + (b - a) * share;
  return Math.max(a, Math.min(value, b));
}

function ramp(line: { x: number; from: number; to: number; low: number; high: number }): number {
  const width = line.to - line.from;
  if (!(width > 0)) return line.low;
  return line.low + (line.high - line.low) * ((line.x - line.from) / width);
}
