/** Each bucket is this much wider than the one before: the largest relative error of a quantile is half a percent. */
const GROWTH = 1.01;

/** Upper end of the first bucket, ms; what is below is counted there. */
const SMALLEST_MS = 0.01;

/** Buckets up to 0.01 ms x 1.01^1800 = about 10 minutes; what is above is counted in the last one, its maximum exact. */
const BUCKETS = 1_800;

/** Latencies in buckets of constant relative width (as HdrHistogram's): any number of values in 14 KB. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS + 1);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Adds one latency, ms; below 0 counts as 0. O(1). */
  add(latencyMs: number): void {
    const latency = Math.max(0, latencyMs);
    const bucket = latency <= SMALLEST_MS ? 0 : Math.ceil(Math.log(latency / SMALLEST_MS) / Math.log(GROWTH));
    const index = Math.min(BUCKETS, bucket);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    this.#sum += latency;
    this.#max = Math.max(this.#max, latency);
  }

  get count(): number {
    return this.#count;
  }

  /** Largest latency, exact, ms; 0 without values. */
  get max(): number {
    return this.#max;
  }

  /** Mean latency, exact, ms; 0 without values. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Returns the nearest-rank quantile, ms, within 0.5 % (`share` 0 to 1): the middle of its bucket, never above the maximum. O(buckets). */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket <= BUCKETS; bucket += 1) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank && this.#count > 0) return this.#valueOf(bucket);
    }
    return 0;
  }

  #valueOf(bucket: number): number {
    if (bucket === BUCKETS) return this.#max;
    const upper = SMALLEST_MS * GROWTH ** bucket;
    return Math.min(this.#max, bucket === 0 ? upper : (upper + upper / GROWTH) / 2);
  }
}
