import { gaussian, type Random, seededRandom } from '../../common/random.js';
import { emptyHost, type HostState } from '../../detection/series/host-state.js';
import { observe } from '../../detection/series/observe.js';
import { metricSpreads } from '../metric-spreads.js';
import type { TrainingRow } from '../training-row.js';

/** Rows with anomalies that were put in on purpose: what is chosen by where nobody has labelled any. */
export interface InjectedRows {
  readonly rows: readonly TrainingRow[];
  /** Per row 1 = disturbed, 0 = as it was. Rows whose windows still hold a disturbance are left out. */
  readonly labels: readonly number[];
}

/** Rows of a host before each injection: they are judged as clean. */
const CLEAN = 52;
/** Length of an injection, rows. */
const LENGTH = 8;
/** Rows after it whose windows still hold it: the longest window. */
const TAIL = 100;
/** Height in standard deviations of the metric: beyond what is normal, not so far that everything is found. */
const HEIGHT = 4;
/** A published baseline of a replay is never stale. */
const NEVER_STALE = Number.MAX_SAFE_INTEGER;

const KINDS = ['rise', 'fall', 'noise'] as const;

interface Injection {
  readonly metrics: ReadonlySet<string>;
  readonly kind: (typeof KINDS)[number];
}

interface Host {
  readonly state: HostState;
  /** Standard deviation of each metric before the first injection. */
  readonly spreads: ReadonlyMap<string, number>;
  /** Rows since injections may happen. */
  rows: number;
  injection: Injection | null;
}

/**
 * Returns the last rows of a history with injected anomalies: again and again some metrics of a host are for 8 rows moved up or down by 4 of
 * their standard deviations, or shaken by as much; metrics and kind are drawn. All rows go through series states anew, so that windows see
 * an injection as live ones would. Injected anomalies choose models better than other measures without labels do: Goswami et al.,
 * "Unsupervised Model Selection for Time-series Anomaly Detection", ICLR 2023. O(rows x metrics x windows).
 * @param history rows in order of time
 * @param from place of the first row that may be disturbed and is returned
 */
export function injectAnomalies(history: readonly TrainingRow[], from: number, seed: number): InjectedRows {
  const random = seededRandom(seed);
  const hosts = hostsOf(history.slice(0, from));
  const rows: TrainingRow[] = [];
  const labels: number[] = [];
  history.forEach((row, place) => {
    const host = hosts.get(row.host);
    // A host that was not there before says nothing of what is normal on it.
    if (host === undefined) return;
    if (place < from) {
      look(host, row, row.values);
      return;
    }
    const at = (host.rows++ % (CLEAN + LENGTH + TAIL)) - CLEAN;
    const isDisturbed = at >= 0 && at < LENGTH;
    if (at === 0) host.injection = drawn(row, random);
    const observed = look(host, row, isDisturbed ? disturbed(host, row, random) : row.values);
    if (at >= LENGTH || observed.late || observed.warmingUp) return;
    rows.push(observed);
    labels.push(Number(isDisturbed));
  });
  return { rows, labels };
}

function hostsOf(history: readonly TrainingRow[]): Map<string, Host> {
  const names = [...new Set(history.map(({ host }) => host))];
  return new Map(
    names.map((name) => {
      const spreads = metricSpreads(history.filter(({ host }) => host === name));
      return [name, { state: emptyHost(), spreads, rows: 0, injection: null }];
    }),
  );
}

function look({ state }: Host, row: TrainingRow, values: readonly number[]): TrainingRow {
  const { timestamp, appendTime, metrics } = row;
  const seen = observe(state, { timestamp, appendTime, metrics, values }, NEVER_STALE);
  const { statistics, baseline, warmingUp, late } = seen;
  return { ...row, values, statistics, baseline, warmingUp, late };
}

function drawn({ metrics }: TrainingRow, random: Random): Injection {
  // Incidents show in several metrics of a host at once: as many as the root of their number, each as likely as the others.
  const shuffled = metrics
    .map((metric) => ({ metric, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ metric }) => metric);
  return {
    metrics: new Set(shuffled.slice(0, Math.round(Math.sqrt(metrics.length)))),
    kind: KINDS[Math.floor(random() * KINDS.length)] ?? 'rise',
  };
}

function disturbed({ spreads, injection }: Host, row: TrainingRow, random: Random): readonly number[] {
  if (injection === null) return row.values;
  return row.values.map((value, i) => {
    const metric = row.metrics[i] ?? '';
    if (!injection.metrics.has(metric)) return value;
    const height = HEIGHT * (spreads.get(metric) ?? 0);
    return value + { rise: height, fall: -height, noise: height * gaussian(random) }[injection.kind];
  });
}
