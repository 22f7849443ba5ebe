import { buildDriftReference } from '../../detection/drift/reference.js';
import { encodeDriftReference } from '../../detection/drift/reference-bytes.js';
import type { DriftReference } from '../../schemas/model-version.js';
import type { TrainingRow } from './training-row.js';

/** Length of a drift window: what the references are built for and the drift processor compares. */
export interface DriftWindow {
  readonly blockMs: number;
  readonly windowBlocks: number;
}

/**
 * Returns the reference of the readings of each host and metric, hosts and metrics sorted; a metric whose range is too short, too
 * sparse or constant has none. Times are append times, as in the drift processor. O(rows x metrics x log rows).
 */
export function driftReferences(rows: readonly TrainingRow[], window: DriftWindow): DriftReference[] {
  const references: DriftReference[] = [];
  for (const [host, seriesOfHost] of collectSeries(rows)) {
    for (const [metric, { values, timestamps }] of seriesOfHost) {
      const built = buildDriftReference({ values, timestamps, ...window });
      if (built.kind === 'insufficient') continue;
      const { limit, windows, rows: counted } = built;
      references.push({
        host,
        metric,
        statistic: 'value',
        limit,
        windows,
        rows: counted,
        state: Buffer.from(encodeDriftReference(built)),
      });
    }
  }
  return references.sort((a, b) => compareText(a.host, b.host) || compareText(a.metric, b.metric));
}

interface Series {
  readonly values: number[];
  readonly timestamps: number[];
}

function collectSeries(rows: readonly TrainingRow[]): Map<string, Map<string, Series>> {
  const hosts = new Map<string, Map<string, Series>>();
  for (const { host, appendTime, metrics, values } of [...rows].sort((a, b) => a.appendTime - b.appendTime)) {
    const seriesOfHost = hosts.get(host) ?? new Map<string, Series>();
    hosts.set(host, seriesOfHost);
    metrics.forEach((metric, i) => {
      const series = seriesOfHost.get(metric) ?? { values: [], timestamps: [] };
      seriesOfHost.set(metric, series);
      series.values.push(values[i] as number);
      series.timestamps.push(appendTime);
    });
  }
  return hosts;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
