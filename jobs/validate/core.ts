import type { Check } from '../../common/checks/host-checks.js';
import type { RangeOf } from '../../common/checks/ranges.js';
import { type CheckedHost, createCheckedHost } from './checked-host.js';
import type { HostReport, MetricReport } from './report.js';

/** What makes a row a bad one. Gaps and outliers do not: a gap is no row, and an outlier may be what is being looked for. */
export const VIOLATIONS = ['schema', 'range', 'missing', 'duplicate', 'order'] as const satisfies readonly (
  | Check
  | 'schema'
)[];
export type Violation = (typeof VIOLATIONS)[number];

/** One event or row. */
export interface CheckedRow {
  /** Where it stands, for people: `line 7`, `partition 0, offset 12`. */
  readonly place: string;
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly metrics: readonly string[];
  readonly values: readonly number[];
}

/** One violation, without the value: reports travel further than data. */
export interface Example {
  readonly place: string;
  readonly host: string | null;
  readonly metric: string | null;
  readonly reason: string;
}

/** Violations of one kind. */
export interface Tally {
  count: number;
  /** The first of them. */
  readonly examples: Example[];
}

export interface ValidationOptions {
  readonly rangeOf: RangeOf;
  readonly iqrWidth: number;
  readonly gapFactor: number;
}

/** What all rows together come to. */
export interface ValidationResult {
  readonly rows: number;
  /** Rows with at least one violation. */
  readonly violatingRows: number;
  readonly violations: Readonly<Record<Violation, Tally>>;
  readonly hosts: readonly HostReport[];
  readonly metrics: readonly MetricReport[];
}

/** Takes rows one by one; memory grows by 16 bytes a value. */
export interface Validation {
  /** Takes a row that could be read. */
  take(row: CheckedRow): void;
  /** Takes a row that could not. */
  unreadable(place: string, reason: string): void;
  /** Metrics that every row of a host shall have, before its first. */
  expect(host: string, metrics: readonly string[]): void;
  result(): ValidationResult;
}

const EXAMPLES = 5;
const REASONS: Readonly<Record<Exclude<Violation, 'schema'>, string>> = {
  range: 'outside the range of its metric',
  missing: 'no value',
  duplicate: 'the same moment again',
  order: 'older than a row before it',
};

/** Returns a validation that has seen nothing. */
export function createValidation(options: ValidationOptions): Validation {
  const hosts = new Map<string, CheckedHost>();
  const violations = emptyTallies();
  let rows = 0;
  let violatingRows = 0;
  const note = (violation: Violation, example: Example): void => {
    const tally = violations[violation];
    tally.count += 1;
    if (tally.examples.length < EXAMPLES) tally.examples.push(example);
  };
  const hostOf = (name: string): CheckedHost => {
    const known = hosts.get(name);
    if (known !== undefined) return known;
    const host = createCheckedHost(name, options, (violation, { place, metric, isFirstOfRow }) => {
      note(violation, { place, host: name, metric, reason: REASONS[violation] });
      if (isFirstOfRow) violatingRows += 1;
    });
    hosts.set(name, host);
    return host;
  };
  return {
    take: (row) => {
      rows += 1;
      hostOf(row.host).take(row);
    },
    unreadable: (place, reason) => {
      rows += 1;
      violatingRows += 1;
      note('schema', { place, host: null, metric: null, reason });
    },
    expect: (host, metrics) => hostOf(host).expect(metrics),
    result: () => {
      const reports = [...hosts.values()].map((host) => host.finish());
      return {
        rows,
        violatingRows,
        violations,
        hosts: reports.map(({ host }) => host),
        metrics: reports.flatMap(({ metrics }) => metrics),
      };
    },
  };
}

function emptyTallies(): Record<Violation, Tally> {
  const tally = (): Tally => ({ count: 0, examples: [] });
  return { schema: tally(), range: tally(), missing: tally(), duplicate: tally(), order: tally() };
}
