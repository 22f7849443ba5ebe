/** Averages of one host's metrics in one bucket of time. */
export interface HistoryRow {
  /** Start of the bucket, ms. */
  readonly timestamp: number;
  /** In the order of the host's metrics; null where the bucket has no value. */
  readonly values: readonly (number | null)[];
}

/** Sums of one bucket by column: V8 keeps these as bare doubles, 16 bytes a metric. */
interface BucketSums {
  readonly totals: number[];
  readonly counts: number[];
}

/** What one host measured, summed up by bucket and metric. */
export class HostSums {
  readonly #columns = new Map<string, number>();
  readonly #buckets = new Map<number, BucketSums>();
  #held = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** Takes one value; returns how many averages more are held: a new bucket has one of every metric so far, with a value or not. */
  add(bucket: number, metric: string, value: number): number {
    const before = this.#held;
    const column = this.#columns.get(metric) ?? this.#columns.size;
    this.#columns.set(metric, column);
    const { totals, counts } = this.#bucket(bucket);
    while (totals.length <= column) {
      totals.push(0);
      counts.push(0);
      this.#held += 1;
    }
    totals[column] = (totals[column] as number) + value;
    counts[column] = (counts[column] as number) + 1;
    return this.#held - before;
  }

  /** Sorted. */
  metrics(): string[] {
    return [...this.#columns.keys()].sort();
  }

  /** Rows from the first bucket with a value to the last. */
  get rowCount(): number {
    return Math.max(0, this.#last - this.#first + 1);
  }

  /** Yields the rows; a bucket without a value has one as well. */
  *rows(bucketMs: number): Generator<HistoryRow> {
    const columns = this.metrics().map((metric) => this.#columns.get(metric) ?? 0);
    for (let bucket = this.#first; bucket <= this.#last; bucket += 1) {
      const sums = this.#buckets.get(bucket);
      const values = columns.map((column) => {
        const count = sums?.counts[column] ?? 0;
        return count === 0 ? null : (sums?.totals[column] ?? 0) / count;
      });
      yield { timestamp: bucket * bucketMs, values };
    }
  }

  #bucket(bucket: number): BucketSums {
    const known = this.#buckets.get(bucket);
    if (known !== undefined) return known;
    this.#first = Math.min(this.#first, bucket);
    this.#last = Math.max(this.#last, bucket);
    // Made as long as they will be: arrays that grow take room for more.
    const width = this.#columns.size;
    const sums = { totals: new Array<number>(width).fill(0), counts: new Array<number>(width).fill(0) };
    this.#buckets.set(bucket, sums);
    this.#held += width;
    return sums;
  }
}
