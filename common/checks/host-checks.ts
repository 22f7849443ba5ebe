import type { MetricRange, RangeOf } from './ranges.js';

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

/** What a series is compared with, when a comparison with both at once has failed. */
interface Limits {
  readonly range: MetricRange;
  fences: Fences;
}

/**
 * The value checks of one host's stream of events. Several events of one moment (sources split them) count as one.
 * Nothing is allocated for an event whose metrics are known; O(metrics). What every event touches lies in few arrays, one after
 * another: with an object per series most of the time went into waiting for memory.
 */
export class HostChecks {
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();
  /** By place: the narrower of range and fences. */
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  /** By place: last moment with a value, ms. */
  readonly #moments: number[] = [];
  /** By place: moments in a row without a value, and the last one with a value before them, ms. */
  readonly #missed: number[] = [];
  readonly #missedAfter: number[] = [];
  readonly #limits: Limits[] = [];
  #newest = Number.NEGATIVE_INFINITY;
  /** Metrics with a value at the newest moment. */
  #present = 0;
  #usualMs = 0;
  #intervals = 0;

  constructor(private readonly options: HostCheckOptions) {}

  /** Makes a metric one that the host sends, before its first value. */
  expect(metric: string): void {
    this.#placeOf(metric, 0);
  }

  /** Sets the usual values of a metric. */
  fence(metric: string, fences: Fences): void {
    const place = this.#placeOf(metric, 0);
    const limits = this.#limits[place];
    if (limits === undefined) return;
    limits.fences = fences;
    this.#low[place] = Math.max(limits.range.least, fences.low);
    this.#high[place] = Math.min(limits.range.most, fences.high);
  }

  /** Looks at one event; `timestamp` in ms, `values` in the order of `metrics`. */
  look(timestamp: number, metrics: readonly string[], values: readonly number[], found: Found): void {
    const isLate = timestamp < this.#newest;
    if (isLate) found('order', null);
    else if (timestamp > this.#newest) this.#nextMoment(timestamp, found);
    let isRepeated = false;
    let place = -1;
    for (let j = 0; j < metrics.length; j += 1) {
      place = this.#placeOf(metrics[j] as string, place + 1);
      const value = values[j] as number;
      if (value < (this.#low[place] as number) || value > (this.#high[place] as number))
        this.#sayWhy(place, value, found);
      if (isLate) continue;
      if (this.#moments[place] === timestamp) isRepeated = true;
      else this.#present += 1;
      this.#moments[place] = timestamp;
    }
    if (isRepeated) found('duplicate', null);
  }

  /** Says what is missing at the newest moment; called by itself when the next one begins, by the caller at the end. */
  endMoment(found: Found): void {
    if (this.#present >= this.#names.length) return;
    for (let place = this.#names.length - 1; place >= 0; place -= 1) {
      const seen = this.#moments[place] ?? NEVER;
      if (seen === this.#newest) continue;
      found('missing', this.#names[place] ?? null);
      const missed = this.#missedAfter[place] === seen ? (this.#missed[place] ?? 0) + 1 : 1;
      this.#missed[place] = missed;
      this.#missedAfter[place] = seen;
      if (missed >= this.options.forgetAfter) this.#forget(place, 1);
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

  #sayWhy(place: number, value: number, found: Found): void {
    const limits = this.#limits[place];
    const metric = this.#names[place];
    if (limits === undefined || metric === undefined) return;
    if (value < limits.range.least || value > limits.range.most) found('range', metric);
    if (value < limits.fences.low || value > limits.fences.high) found('outlier', metric);
  }

  /** Returns the place of a metric, a new one when it is not known; `guess` is where it stands when events have the same metrics. */
  #placeOf(metric: string, guess: number): number {
    if (this.#names[guess] === metric) return guess;
    return this.#places.get(metric) ?? this.#begin(metric);
  }

  #begin(metric: string): number {
    if (this.#names.length >= MOST_SERIES) this.#forget(0, this.#names.length);
    const range = this.options.rangeOf(metric);
    this.#limits.push({ range, fences: NO_FENCES });
    this.#low.push(range.least);
    this.#high.push(range.most);
    this.#moments.push(NEVER);
    this.#missed.push(0);
    this.#missedAfter.push(NEVER);
    this.#places.set(metric, this.#names.length);
    return this.#names.push(metric) - 1;
  }

  #forget(place: number, count: number): void {
    const numbers = [this.#low, this.#high, this.#moments, this.#missed, this.#missedAfter];
    for (const column of [this.#names, this.#limits, ...numbers]) column.splice(place, count);
    this.#places.clear();
    for (const [at, name] of this.#names.entries()) this.#places.set(name, at);
  }
}

/** Before every moment. */
const NEVER = -1;
const NO_FENCES: Fences = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Returns Tukey's fences around the quartiles; none (infinite) when they are equal: a series that hardly ever moves has no usual spread. */
export function fencesOf(q25: number, q75: number, width: number): Fences {
  const spread = q75 - q25;
  return spread > 0 ? { low: q25 - width * spread, high: q75 + width * spread } : NO_FENCES;
}
