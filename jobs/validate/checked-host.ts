import { HostChecks } from '../../common/checks/host-checks.js';
import type { CheckedRow, ValidationOptions, Violation } from './core.js';
import { hostTimes } from './host-times.js';
import { type MetricColumn, summarize } from './metric-summary.js';
import type { HostReport, MetricReport } from './report.js';

/** Where a violation was found. */
export interface FoundAt {
  readonly place: string;
  readonly metric: string | null;
  /** Whether nothing else was found in that row before. */
  readonly isFirstOfRow: boolean;
}

/** The rows of one host, as columns. */
export interface CheckedHost {
  expect(metrics: readonly string[]): void;
  take(row: CheckedRow): void;
  /** Ends the last moment and sums up. */
  finish(): { readonly host: HostReport; readonly metrics: readonly MetricReport[] };
}

interface RowMark {
  readonly place: string;
  isBad: boolean;
}

type OnViolation = (violation: Exclude<Violation, 'schema'>, at: FoundAt) => void;

/** Returns a host without rows. The checks are those of the live system; outliers and gaps are found at the end, from all values. */
export function createCheckedHost(
  name: string,
  options: ValidationOptions,
  onViolation: OnViolation,
): CheckedHost {
  const checks = new HostChecks({
    rangeOf: options.rangeOf,
    gapFactor: Number.POSITIVE_INFINITY,
    forgetAfter: Number.POSITIVE_INFINITY,
  });
  const columns = new Map<string, MetricColumn>();
  const times: number[] = [];
  const seen = new Set<number>();
  let current: RowMark = { place: '', isBad: false };
  let newest: RowMark = current;
  let newestTime = Number.NEGATIVE_INFINITY;

  const violate = (violation: Exclude<Violation, 'schema'>, metric: string | null, row: RowMark): void => {
    onViolation(violation, { place: row.place, metric, isFirstOfRow: !row.isBad });
    row.isBad = true;
  };
  const columnOf = (metric: string): MetricColumn => {
    const known = columns.get(metric);
    if (known !== undefined) return known;
    const column: MetricColumn = { metric, values: [], missing: 0, outOfRange: 0 };
    columns.set(metric, column);
    return column;
  };
  const found = (check: string, metric: string | null): void => {
    if (metric !== null && check === 'missing') columnOf(metric).missing += 1;
    if (metric !== null && check === 'range') columnOf(metric).outOfRange += 1;
    // What is missing is said when its moment is over, so it belongs to the newest row, not to the one at hand.
    if (check === 'missing') violate(check, metric, newest);
    else if (check === 'range' || check === 'duplicate' || check === 'order') violate(check, metric, current);
  };
  return {
    expect: (metrics) => {
      for (const metric of metrics) {
        checks.expect(metric);
        columnOf(metric);
      }
    },
    take: ({ place, timestamp, metrics, values }) => {
      current = { place, isBad: false };
      checks.look(timestamp, metrics, values, found);
      if (timestamp < newestTime && seen.has(timestamp)) violate('duplicate', null, current);
      seen.add(timestamp);
      if (timestamp >= newestTime) newest = current;
      newestTime = Math.max(newestTime, timestamp);
      times.push(timestamp);
      metrics.forEach((metric, i) => {
        columnOf(metric).values.push(values[i] ?? Number.NaN);
      });
    },
    finish: () => {
      checks.endMoment(found);
      return {
        host: { host: name, rows: times.length, ...hostTimes(times, options.gapFactor) },
        metrics: [...columns.values()].map((column) => ({ host: name, ...summarize(column, options) })),
      };
    },
  };
}
