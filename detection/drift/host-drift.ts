import type { DriftOutcome, DriftReported, MetricCheck, MetricDrift } from './drift-outcome.js';
import { describeEffect } from './effect.js';
import { decodeHostDrift, encodeHostDrift } from './host-drift-bytes.js';
import type { DriftReference } from './reference.js';
import { SeriesDrift, type SeriesVerdict } from './series-drift.js';
import type { DriftSettings } from './settings.js';
import { driftSeverity } from './severity.js';

/** One metric of the host; without a reference it is carried but not tested. */
export interface DriftMetric {
  readonly name: string;
  readonly reference: DriftReference | null;
}

/** One row of a host. */
export interface DriftRow {
  /** Append time of the record, ms: the only clock there is. */
  readonly appendTime: number;
  /** Values in the order of the metrics; NaN (or an infinity) = the row does not hold that metric. */
  readonly values: ArrayLike<number>;
  /** Share 0..1 of the last window's rows over the fixed alarm boundary, when the caller knows it. */
  readonly harmRate?: number;
  /** Whether an incident is open on the host: then a change must not be adopted. */
  readonly openIncident?: boolean;
}

/** What changes over a host's life besides its series. */
export interface HostProgress {
  /** Number of the open block, append time / blockMs; null before the first row. */
  openBlock: number | null;
  lateRows: number;
  /** Confirmations of the last window, oldest first. */
  recent: { readonly block: number; readonly drift: MetricDrift }[];
  /** Block of the newest change to the open host report; null when none is open. */
  reportBlock: number | null;
}

/** From this many tested metrics on, three of them make a host report; below it, half of them. */
const FEW_METRICS = 6;

/**
 * Drift of one host (drift recipe 5.1-5.4): feed it rows in offset order, and read what each step says. A function of the rows alone: two instances fed
 * the same rows say the same, and so does one restored from bytes in between.
 *
 * Every row counts, flagged or not: a window without the odd rows is no longer a day, which makes false drift. A check runs when the first
 * row of a later block arrives; a row of an older block than the open one is late: counted, not added.
 * Memory per metric: about 33 bins x 4 bytes x (blocks + 1 + regimes). Cost per row and metric: log2(33) compares; per check and metric some thousand flops.
 */
export class HostDrift {
  private readonly series: (SeriesDrift | null)[];
  private readonly progress: HostProgress = { openBlock: null, lateRows: 0, recent: [], reportBlock: null };

  /** @throws RangeError when a reference was built with other blocks than the settings say */
  constructor(
    private readonly metrics: readonly DriftMetric[],
    private readonly settings: DriftSettings,
  ) {
    this.series = metrics.map(({ name, reference }) => {
      if (reference === null) return null;
      if (reference.blockMs !== settings.blockMs || reference.windowBlocks !== settings.windowBlocks) {
        throw new RangeError(
          `creating host drift: the reference of ${name} has other blocks than the settings`,
        );
      }
      return new SeriesDrift(reference, settings);
    });
  }

  /**
   * Returns the state that `toBytes` wrote, for the same metrics, references and settings; it continues bit for bit.
   * @throws RangeError on damaged bytes, or when they were written for other references (a new model: start afresh)
   */
  static fromBytes(bytes: Uint8Array, metrics: readonly DriftMetric[], settings: DriftSettings): HostDrift {
    const host = new HostDrift(metrics, settings);
    Object.assign(host.progress, decodeHostDrift(bytes, host.series));
    return host;
  }

  /** Returns the versioned bytes of the whole state without the references; about 1.5 KB a metric with hour blocks. */
  toBytes(): Uint8Array {
    return encodeHostDrift(this.series, this.progress);
  }

  /** Rows that came after their block was closed. */
  get lateRows(): number {
    return this.progress.lateRows;
  }

  /** Takes one row in and returns what it led to, oldest first; mostly nothing. */
  step(row: DriftRow): DriftOutcome[] {
    const { progress, settings } = this;
    const block = Math.floor(row.appendTime / settings.blockMs);
    progress.openBlock ??= block;
    if (block < progress.openBlock) {
      progress.lateRows++;
      const behindMs = progress.openBlock * settings.blockMs - row.appendTime;
      return [{ kind: 'late', lateRows: progress.lateRows, behindMs }];
    }
    const outcomes: DriftOutcome[] = [];
    // After a silence of a whole window every block is empty: closing more of them would change nothing.
    for (let closed = 0; progress.openBlock < block && closed <= settings.windowBlocks; closed++) {
      outcomes.push(...this.closeBlock(progress.openBlock, row));
      progress.openBlock++;
    }
    progress.openBlock = block;
    for (const [i, series] of this.series.entries()) {
      const value = row.values[i];
      // Adding 0 turns -0 into 0, which JSON in the state could not tell apart.
      if (series !== null && value !== undefined && Number.isFinite(value)) series.window.add(value + 0);
    }
    return outcomes;
  }

  private closeBlock(block: number, row: DriftRow): DriftOutcome[] {
    const checks: MetricCheck[] = [];
    const fresh: MetricDrift[] = [];
    for (const [i, series] of this.series.entries()) {
      const metric = this.metrics[i]?.name ?? '';
      if (series === null) continue;
      series.window.closeBlock();
      const verdict = series.check(block);
      const { limit } = series.reference;
      checks.push({
        metric,
        distance: verdict?.distance ?? null,
        limit,
        nearestRegime: verdict?.nearest ?? 0,
        run: series.run,
        confirmed: series.confirmed || (verdict?.newlyConfirmed ?? false),
      });
      if (verdict?.newlyConfirmed) fresh.push(this.describe({ metric, series, verdict, block }));
    }
    const live = checks.filter((check) => check.distance !== null).length;
    if (live === 0) return [];
    const windowEnd = (block + 1) * this.settings.blockMs;
    return [{ kind: 'checked', windowEnd, metrics: checks }, ...this.report({ fresh, block, live, row })];
  }

  private describe(found: {
    metric: string;
    series: SeriesDrift;
    verdict: SeriesVerdict;
    block: number;
  }): MetricDrift {
    const { metric, series, verdict, block } = found;
    const { reference } = series;
    const { blockMs, windowBlocks, persistence } = this.settings;
    const confirmedAt = (block + 1) * blockMs;
    return {
      metric,
      distance: verdict.distance,
      limit: reference.limit,
      nearestRegime: verdict.nearest,
      onset: confirmedAt - persistence * blockMs - Math.round(reference.limit * windowBlocks * blockMs),
      confirmedAt,
      effect: describeEffect(reference, verdict.nearestSample, verdict.window),
      rowsThen: verdict.nearestSample.rows,
      rowsNow: verdict.window.rows,
      effectiveRowsThen: verdict.nearestSample.rows / reference.autocorrelationRows,
      effectiveRowsNow: verdict.window.rows / reference.autocorrelationRows,
    };
  }

  /** The host rule: enough metrics within one window make a host report that later ones update; fewer are notes. */
  private report(found: {
    fresh: MetricDrift[];
    block: number;
    live: number;
    row: DriftRow;
  }): DriftReported[] {
    const { fresh, block, live, row } = found;
    const { progress, settings } = this;
    const oldest = block - settings.windowBlocks;
    progress.recent = progress.recent.filter((entry) => entry.block > oldest);
    if (progress.reportBlock !== null && progress.reportBlock <= oldest) progress.reportBlock = null;
    if (fresh.length === 0) return [];
    progress.recent.push(...fresh.map((drift) => ({ block, drift })));
    const needed = live >= FEW_METRICS ? 3 : Math.max(1, Math.ceil(live / 2));
    const newest = new Map(progress.recent.map(({ drift }) => [drift.metric, drift]));
    const isUpdate = progress.reportBlock !== null;
    if (!isUpdate && newest.size < needed) {
      return fresh.map((drift) =>
        this.reported({ scope: 'metric', state: 'opened', metrics: [drift], needed, block, live, row }),
      );
    }
    progress.reportBlock = block;
    const metrics = [...newest.values()];
    return [
      this.reported({
        scope: 'host',
        state: isUpdate ? 'updated' : 'opened',
        metrics,
        needed,
        block,
        live,
        row,
      }),
    ];
  }

  private reported(found: {
    scope: 'metric' | 'host';
    state: 'opened' | 'updated';
    metrics: MetricDrift[];
    needed: number;
    block: number;
    live: number;
    row: DriftRow;
  }): DriftReported {
    const { scope, state, metrics, needed, block, live, row } = found;
    const windowEnd = (block + 1) * this.settings.blockMs;
    return {
      kind: 'drift',
      scope,
      state,
      metrics,
      onset: Math.min(...metrics.map((drift) => drift.onset)),
      windowStart: windowEnd - this.settings.windowBlocks * this.settings.blockMs,
      windowEnd,
      liveMetrics: live,
      metricsNeeded: needed,
      ...driftSeverity({ metrics, liveMetrics: live, harmRate: row.harmRate, scope }),
      recommendation: scope === 'metric' ? 'watch' : row.openIncident ? 'investigate' : 'adopt',
    };
  }
}
