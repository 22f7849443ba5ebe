import { Counter, Gauge } from 'prom-client';
import type { MetricsRegistry } from '../../common/metrics.js';

/** Counts of a drift processor since its start, and the hosts of the partitions that it owns. */
export interface DriftFigures {
  /** Reports of a host's drift, and notes on one or two metrics. */
  readonly hostReports: number;
  readonly metricNotes: number;
  /** Records that came too late to be compared. */
  readonly lateRecords: number;
  /** Hosts that are compared with a reference, and hosts that have none. */
  readonly tested: number;
  readonly waiting: number;
}

/** What is counted of one partition's task. */
export interface HostCounts {
  readonly tested: number;
  readonly waiting: number;
}

/**
 * The counts that the tasks of one processor share. A task is dropped without a word when its partition is lost, so it is held weakly: its hosts
 * leave the gauge with the next garbage collection. Reports of a transaction that failed and was repeated are counted twice.
 */
export class DriftCounts {
  hostReports = 0;
  metricNotes = 0;
  lateRecords = 0;
  readonly #tasks = new Map<number, WeakRef<HostCounts>>();

  /** Takes the newest task of a partition in place of the one before. */
  follow(partition: number, task: HostCounts): void {
    this.#tasks.set(partition, new WeakRef(task));
  }

  figures(): DriftFigures {
    const { hostReports, metricNotes, lateRecords } = this;
    let tested = 0;
    let waiting = 0;
    for (const task of this.#tasks.values()) {
      tested += task.deref()?.tested ?? 0;
      waiting += task.deref()?.waiting ?? 0;
    }
    return { hostReports, metricNotes, lateRecords, tested, waiting };
  }
}

/** Shows the figures under `tidewatch_drift_...`; read when the metrics are asked for. */
export function registerDriftFigures(registry: MetricsRegistry, figures: () => DriftFigures): void {
  const registers = [registry];
  new Gauge({
    name: 'tidewatch_drift_hosts',
    help: 'Hosts by state: tested against a reference, or waiting for one',
    labelNames: ['state'],
    registers,
    collect() {
      const { tested, waiting } = figures();
      this.set({ state: 'tested' }, tested);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  new Counter({
    name: 'tidewatch_drift_reports_total',
    help: 'Drift reports by scope: host, or a note on a metric',
    labelNames: ['scope'],
    registers,
    collect() {
      const { hostReports, metricNotes } = figures();
      this.reset();
      this.inc({ scope: 'host' }, hostReports);
      this.inc({ scope: 'metric' }, metricNotes);
    },
  });
  new Counter({
    name: 'tidewatch_drift_late_records_total',
    help: 'Records that came too late to be compared',
    registers,
    collect() {
      this.reset();
      this.inc(figures().lateRecords);
    },
  });
}
