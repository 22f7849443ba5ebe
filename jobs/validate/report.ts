import type { ValidationResult, Violation } from './core.js';
import { VIOLATIONS } from './core.js';
import type { HostTimes } from './host-times.js';
import type { MetricSummary } from './metric-summary.js';

/** What is said of one host's rows. */
export interface HostReport extends HostTimes {
  readonly host: string;
  readonly rows: number;
}

/** What is said of one metric of one host. */
export interface MetricReport extends MetricSummary {
  readonly host: string;
}

/** What a validation found. */
export interface ValidationReport extends ValidationResult {
  /** The file, or the topic. */
  readonly input: string;
  readonly passed: boolean;
  /** violatingRows / rows, 0..1. */
  readonly violationShare: number;
  /** Largest share that passes. */
  readonly limit: number;
  /** All gaps and outliers: they are reported and make no row a bad one. */
  readonly gaps: number;
  readonly outliers: number;
}

/** Returns the report of a result. */
export function reportOf(input: string, result: ValidationResult, limit: number): ValidationReport {
  const violationShare = result.rows === 0 ? 0 : result.violatingRows / result.rows;
  return {
    input,
    passed: violationShare <= limit,
    violationShare,
    limit,
    gaps: sum(result.hosts.map(({ gaps }) => gaps)),
    outliers: sum(result.metrics.map(({ outliers }) => outliers)),
    ...result,
  };
}

/** Metrics that the table for people shows at most; the JSON has all. */
const TABLE_ROWS = 40;

/** Returns the report as a table for people. */
export function reportLines(report: ValidationReport): string[] {
  const { rows, hosts, metrics, gaps, outliers } = report;
  const shown = metrics.slice(0, TABLE_ROWS);
  const names = shown.map((metric) => nameOf(metric, hosts.length > 1));
  const width = Math.max(6, ...names.map((name) => name.length));
  return [
    `${report.passed ? 'passed' : 'FAILED'}: ${percent(report.violationShare)} of ${rows} rows violate a check, ${percent(report.limit)} are allowed`,
    ...VIOLATIONS.flatMap((violation) => violationLines(violation, report)),
    `gaps in time: ${gaps}${gaps === 0 ? '' : ` (${sum(hosts.map(({ rowsInGaps }) => rowsInGaps))} rows would fit in)`}, outliers: ${outliers} values`,
    `${'metric'.padEnd(width)}${COLUMNS.map(([title]) => title.padStart(11)).join('')}`,
    ...shown.map(
      (metric, i) =>
        `${(names[i] ?? '').padEnd(width)}${COLUMNS.map(([, cell]) => cell(metric).padStart(11)).join('')}`,
    ),
    ...(metrics.length > shown.length
      ? [`and ${metrics.length - shown.length} metrics more: --report or --json has them`]
      : []),
  ];
}

const COLUMNS: readonly (readonly [string, (metric: MetricReport) => string])[] = [
  ['count', ({ count }) => String(count)],
  ['missing', ({ missing }) => String(missing)],
  ['out', ({ outOfRange }) => String(outOfRange)],
  ['outliers', ({ outliers }) => String(outliers)],
  ['mean', ({ values }) => number(values?.mean)],
  ['sd', ({ values }) => number(values?.standardDeviation)],
  ['min', ({ values }) => number(values?.min)],
  ['median', ({ values }) => number(values?.median)],
  ['q99', ({ values }) => number(values?.q99)],
  ['max', ({ values }) => number(values?.max)],
];

function violationLines(violation: Violation, { violations }: ValidationReport): string[] {
  const { count, examples } = violations[violation];
  const [first] = examples;
  if (first === undefined) return [];
  const where = [first.place, first.metric ?? ''].filter((text) => text !== '').join(', ');
  return [`${violation}: ${count}, first at ${where}: ${first.reason}`];
}

function nameOf({ host, metric }: MetricReport, withHost: boolean): string {
  return withHost ? `${host} ${metric}` : metric;
}

function number(value: number | undefined): string {
  return value === undefined ? '-' : String(Number(value.toPrecision(5)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
