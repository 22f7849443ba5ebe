import type { RangeOf } from './ranges.js';

/** What the checks can find, besides records that cannot be read at all. */
export const CHECKS = ['range', 'missing', 'duplicate', 'order', 'gap', 'outlier'] as const;

/**
 * - range: a value outside the range of its metric
 * - missing: a metric that the host sends, but not at this moment; said when the moment is over
 * - duplicate: a metric twice at one moment
 * - order: an event older than the host's newest
 * - gap: a host silent for much longer than usual
 * - outlier: a value beyond the fences of its metric
 */
export type Check = (typeof CHECKS)[number];

/** Told of everything that is found; `metric` null where it concerns the whole event. */
export type Found = (check: Check, metric: string | null) => void;

/** Usual values of a metric: what lies outside is an outlier. */
export interface Fences {
  readonly low: number;
  readonly high: number;
}

export interface HostCheckOptions {
  readonly rangeOf: RangeOf;
  /** Usual intervals that make a gap; Infinity looks for none. */
  readonly gapFactor: number;
  /** Moments in a row without a metric after which the host does not send it any more; Infinity = never. */
  readonly forgetAfter: number;
}

/** Shorter silences are no gap, whatever the host's rhythm, ms. */
export const SHORTEST_GAP_MS = 1_000;
/** Intervals that must have been seen before one can be called unusual. */
const FIRST_INTERVALS = 10;
/** How far the usual interval moves at each event: the steps balance at the median. */
const INTERVAL_STEP = 1.05;
/** Metrics of one host after which all are forgotten: names that change all the time must not fill the memory. */
const MOST_SERIES = 4_096;

interface CheckedSeries {
  readonly least: number;
  readonly most: number;
  low: number;
  high: number;
  /** Last moment with a value, ms. */
  moment: number;
  /** Moments without one since. */
  missed: number;
}

/**
 * The value checks of one host's stream of events. Several events of one moment (sources split them) count as one.
 * Nothing is allocated for an event whose metrics are known; O(metrics).
 */
export class HostChecks {
  readonly #series = new Map<string, CheckedSeries>();
  #newest = Number.NEGATIVE_INFINITY;
  /** Metrics with a value at the newest moment. */
  #present = 0;
  #usualMs = 0;
  #intervals = 0;

  constructor(private readonly options: HostCheckOptions) {}

  /** Makes a metric one that the host sends, before its first value. */
  expect(metric: string): void {
    if (!this.#series.has(metric)) this.#begin(metric);
  }

  /** Sets the usual values of a metric. */
  fence(metric: string, { low, high }: Fences): void {
    const series = this.#series.get(metric) ?? this.#begin(metric);
    series.low = low;
    series.high = high;
  }

  /** Looks at one event; `timestamp` in ms, `values` in the order of `metrics`. */
  look(timestamp: number, metrics: readonly string[], values: readonly number[], found: Found): void {
    const isLate = timestamp < this.#newest;
    if (isLate) found('order', null);
    else if (timestamp > this.#newest) this.#nextMoment(timestamp, found);
    let isRepeated = false;
    for (let j = 0; j < metrics.length; j += 1) {
      const metric = metrics[j] as string;
      const value = values[j] as number;
      const series = this.#series.get(metric) ?? this.#begin(metric);
      if (value < series.least || value > series.most) found('range', metric);
      if (value < series.low || value > series.high) found('outlier', metric);
      if (isLate) continue;
      if (series.moment === timestamp) isRepeated = true;
      else this.#present += 1;
      series.moment = timestamp;
      series.missed = 0;
    }
    if (isRepeated) found('duplicate', null);
  }

  /** Says what is missing at the newest moment; called by itself when the next one begins, by the caller at the end. */
  endMoment(found: Found): void {
    if (this.#present >= this.#series.size) return;
    for (const [metric, series] of this.#series) {
      if (series.moment === this.#newest) continue;
      found('missing', metric);
      series.missed += 1;
      if (series.missed >= this.options.forgetAfter) this.#series.delete(metric);
    }
  }

  #nextMoment(timestamp: number, found: Found): void {
    if (this.#newest !== Number.NEGATIVE_INFINITY) {
      this.endMoment(found);
      this.#interval(timestamp - this.#newest, found);
    }
    this.#newest = timestamp;
    this.#present = 0;
  }

  #interval(ms: number, found: Found): void {
    const isKnown = this.#intervals >= FIRST_INTERVALS;
    if (isKnown && ms >= SHORTEST_GAP_MS && ms > this.options.gapFactor * this.#usualMs) found('gap', null);
    if (this.#intervals === 0) this.#usualMs = ms;
    else if (ms > this.#usualMs) this.#usualMs *= INTERVAL_STEP;
    else if (ms < this.#usualMs) this.#usualMs /= INTERVAL_STEP;
    this.#intervals += 1;
  }

  #begin(metric: string): CheckedSeries {
    if (this.#series.size >= MOST_SERIES) this.#series.clear();
    const series: CheckedSeries = {
      ...this.options.rangeOf(metric),
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      moment: Number.NaN,
      missed: 0,
    };
    this.#series.set(metric, series);
    return series;
  }
}

/** Returns Tukey's fences around the quartiles; none (infinite) when they are equal: a series that hardly ever moves has no usual spread. */
export function fencesOf(q25: number, q75: number, width: number): Fences {
  const spread = q75 - q25;
  return spread > 0
    ? { low: q25 - width * spread, high: q75 + width * spread }
    : { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
}
