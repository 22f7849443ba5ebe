import { TidewatchError } from '../../common/errors.js';
import type { Random } from '../../common/random.js';
import { type Effect, INCIDENT_FORMS, INCIDENT_KINDS, type IncidentKind } from './incident-kinds.js';
import type { MetricForm } from './metrics.js';

/** One injected incident. */
export interface Incident {
  readonly kind: IncidentKind;
  /** First row, and the row after the last. */
  readonly from: number;
  readonly to: number;
  readonly effects: readonly Effect[];
}

export interface IncidentPlanOptions {
  readonly rows: number;
  /** Rows at the start without incidents. */
  readonly cleanRows: number;
  /** Rows that shall lie in incidents. */
  readonly labelled: number;
  readonly counts: Readonly<Record<IncidentKind, number>>;
  readonly forms: readonly MetricForm[];
  readonly random: Random;
}

/** Rows without incident before each of them: two that touch would be one. */
const APART = 10;

/** Returns incidents in their order, none of which touch. Throws TOO_FEW_ROWS when they do not fit, with what is missing. */
export function planIncidents(options: IncidentPlanOptions): Incident[] {
  const { rows, cleanRows, random } = options;
  const kinds = shuffled(
    INCIDENT_KINDS.flatMap((kind) => Array.from({ length: options.counts[kind] }, () => kind)),
    random,
  );
  const lengths = lengthsOf(kinds, options.labelled);
  const needed = lengths.reduce((sum, length) => sum + length + APART, 0);
  const free = rows - cleanRows - needed;
  if (free < 0) throw tooFewRows(kinds.length, rows, -free);
  // The free rows are dealt out between the incidents, the last share comes after all of them.
  const shares = [...kinds, null].map(() => -Math.log(1 - random()));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let used = 0;
  let at = cleanRows;
  return kinds.map((kind, i) => {
    const before = used;
    used += (shares[i] ?? 0) / whole;
    at += APART + Math.floor(free * used) - Math.floor(free * before);
    const from = at;
    at += lengths[i] ?? 0;
    return { kind, from, to: at, effects: effectsOf(kind, options.forms, random) };
  });
}

function lengthsOf(kinds: readonly IncidentKind[], labelled: number): number[] {
  const weight = kinds.reduce((sum, kind) => sum + INCIDENT_FORMS[kind].weight, 0);
  return kinds.map((kind) => {
    const { weight: own, shortest } = INCIDENT_FORMS[kind];
    return Math.max(shortest, Math.round((labelled * own) / weight));
  });
}

function effectsOf(kind: IncidentKind, forms: readonly MetricForm[], random: Random): Effect[] {
  const { metrics, spreads, bothWays } = INCIDENT_FORMS[kind];
  const [least, most] = spreads;
  const sign = bothWays && random() < 0.5 ? -1 : 1;
  const number = 1 + Math.floor(random() * Math.min(metrics, forms.length));
  const chosen = kind === 'leak' ? leakable(forms, random) : shuffled(forms, random).slice(0, number);
  return chosen.map((form) => ({ form, spreads: sign * (least + (most - least) * random()) }));
}

/** What leaks is memory or another resource with a bound; where there is none, whatever there is. */
function leakable(forms: readonly MetricForm[], random: Random): MetricForm[] {
  const bounded = forms.filter(({ name }) => name === 'memory_percent' || name === 'disk_used_percent');
  return shuffled(bounded.length > 0 ? bounded : forms, random).slice(0, 1);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function tooFewRows(incidents: number, rows: number, missing: number): TidewatchError {
  return new TidewatchError({
    code: 'TOO_FEW_ROWS',
    retriable: false,
    message: `generating: ${incidents} incidents do not fit into ${rows} rows, ${missing} more are needed after the clean ones; or ask for fewer incidents, less contamination or a smaller clean share`,
    facts: { rows, missing },
  });
}
