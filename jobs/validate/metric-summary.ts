import { fencesOf } from '../../common/checks/host-checks.js';
import { moments } from '../../detection/statistics/moments.js';
import { linearQuantile } from '../../detection/statistics/quantile.js';
import { countBelow, countUpTo } from '../../detection/statistics/sample.js';
import type { ValidationOptions } from './core.js';

/** One metric of one host: its values in the order of the rows. */
export interface MetricColumn {
  readonly metric: string;
  readonly values: number[];
  missing: number;
  outOfRange: number;
}

/** Location and spread of a metric's values. */
export interface ValueSummary {
  readonly mean: number;
  /** Sample standard deviation; 0 for a single value. */
  readonly standardDeviation: number;
  readonly min: number;
  readonly q25: number;
  readonly median: number;
  readonly q75: number;
  readonly q95: number;
  readonly q99: number;
  readonly max: number;
  /** Where outliers begin; null for a series whose quartiles are equal: it has none. */
  readonly fences: { readonly low: number; readonly high: number } | null;
}

/** What is said of one metric. */
export interface MetricSummary {
  readonly metric: string;
  readonly count: number;
  readonly missing: number;
  readonly outOfRange: number;
  readonly outliers: number;
  /** The range that it was held against; null for an open end. */
  readonly range: { readonly least: number | null; readonly most: number | null };
  /** null without values. */
  readonly values: ValueSummary | null;
}

/** Returns the summary of a column. O(n log n). */
export function summarize(column: MetricColumn, { rangeOf, iqrWidth }: ValidationOptions): MetricSummary {
  const { metric, missing, outOfRange } = column;
  const { least, most } = rangeOf(metric);
  const ascending = Float64Array.from(column.values).sort();
  const values = ascending.length === 0 ? null : summaryOf(ascending, iqrWidth);
  const fences = values?.fences ?? null;
  return {
    metric,
    count: ascending.length,
    missing,
    outOfRange,
    outliers:
      fences === null
        ? 0
        : countBelow(ascending, fences.low) + ascending.length - countUpTo(ascending, fences.high),
    range: { least: finiteOrNull(least), most: finiteOrNull(most) },
    values,
  };
}

function summaryOf(ascending: Float64Array, iqrWidth: number): ValueSummary {
  const quantile = (p: number) => linearQuantile(ascending, p);
  const { mean, standardDeviation } = locationAndSpread(ascending);
  const fences = fencesOf(quantile(0.25), quantile(0.75), iqrWidth);
  return {
    mean,
    standardDeviation,
    min: quantile(0),
    q25: quantile(0.25),
    median: quantile(0.5),
    q75: quantile(0.75),
    q95: quantile(0.95),
    q99: quantile(0.99),
    max: quantile(1),
    fences: Number.isFinite(fences.low) ? fences : null,
  };
}

/** Values beyond this have squares that no double holds: they are measured in units of the largest. */
const LARGEST_SQUARED = 1e150;

function locationAndSpread(ascending: Float64Array): { mean: number; standardDeviation: number } {
  const largest = Math.max(Math.abs(ascending[0] ?? 0), Math.abs(ascending.at(-1) ?? 0));
  const unit = largest > LARGEST_SQUARED ? largest : 1;
  const { mean, sampleStandardDeviation } = moments(ascending.map((value) => value / unit));
  return { mean: mean * unit, standardDeviation: ascending.length > 1 ? sampleStandardDeviation * unit : 0 };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
