import { TidewatchError } from '../errors.js';

/** Values that a metric may have, both ends included; an open end is infinite. */
export interface MetricRange {
  readonly least: number;
  readonly most: number;
}

/** Range of the metrics whose name fits a pattern, in which `*` stands for any text. */
export interface DeclaredRange extends MetricRange {
  readonly pattern: string;
}

/** Returns the range of a metric; the same object for every metric without one. */
export type RangeOf = (metric: string) => MetricRange;

const ANYTHING: MetricRange = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };

const percent = (pattern: string): DeclaredRange => ({ pattern, least: 0, most: 100 });
const notNegative = (pattern: string): DeclaredRange => ({
  pattern,
  least: 0,
  most: Number.POSITIVE_INFINITY,
});

/** What names say about values, as the simulator, the collector and most agents use them. The first that fits counts. */
export const DECLARED_RANGES: readonly DeclaredRange[] = [
  ...['percent', '*_percent', '*_pct'].map(percent),
  ...['*_per_second', '*_rate', '*_bytes', '*_count', '*_total', 'load_*', 'processes'].map(notNegative),
];

const OWN_RANGE = /^([A-Za-z0-9_.:/*-]+)=(.*?)\.\.(.*)$/;

/**
 * Returns the ranges of metrics: own ones first, as `name=least..most` with `*` in the name and either end left out, then
 * {@link DECLARED_RANGES}. Throws BAD_SETTINGS for a text that is no range. A lookup is O(patterns): callers keep its result.
 */
export function metricRanges(own: readonly string[] | null): RangeOf {
  const ranges = [...(own ?? []).map(parseRange), ...DECLARED_RANGES].map(({ pattern, least, most }) => ({
    fits: matcher(pattern),
    range: { least, most },
  }));
  return (metric) => ranges.find(({ fits }) => fits.test(metric))?.range ?? ANYTHING;
}

function parseRange(text: string): DeclaredRange {
  const [, pattern = '', least = '', most = ''] = OWN_RANGE.exec(text) ?? [];
  const range = {
    pattern,
    least: endOf(least, Number.NEGATIVE_INFINITY),
    most: endOf(most, Number.POSITIVE_INFINITY),
  };
  if (pattern !== '' && range.least <= range.most) return range;
  throw new TidewatchError({
    code: 'BAD_SETTINGS',
    retriable: false,
    message: `reading settings: METRIC_RANGES has "${text}", which is no name=least..most (for example queue_*=0..500)`,
  });
}

/** NaN for what is no number: then no comparison of the ends holds. */
function endOf(text: string, open: number): number {
  return text.trim() === '' ? open : Number(text);
}

function matcher(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.\\^$+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
