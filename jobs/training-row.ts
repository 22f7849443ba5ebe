import type { FeatureEvent } from '../schemas/feature-event.js';

/** What training reads of a features record. */
export type TrainingRow = Pick<
  FeatureEvent,
  | 'host'
  | 'group'
  | 'timestamp'
  | 'appendTime'
  | 'sourcePartition'
  | 'sourceOffset'
  | 'metrics'
  | 'values'
  | 'statistics'
  | 'baseline'
  | 'warmingUp'
  | 'late'
>;

/** Returns whether a row shows what is normal: its series are warm, and it came in order. */
export function isTrainable(row: Pick<TrainingRow, 'warmingUp' | 'late'>): boolean {
  return !row.warmingUp && !row.late;
}

/** Orders rows as the log did: by append time, then by place. A total order: any reading order ends in the same one. */
export function compareRows(a: TrainingRow, b: TrainingRow): number {
  return (
    a.appendTime - b.appendTime || a.sourcePartition - b.sourcePartition || a.sourceOffset - b.sourceOffset
  );
}

/** Readings per row, on average, that a keeper has room for: of wider rows it keeps fewer. A reading takes some 105 bytes. */
const ROW_READINGS = 100;
/** What a row takes besides its readings, in readings: 1.6 kB for its fields and the heads of its arrays. */
const ROW_COST = 15;
/** Rows gather until they are so many times the limit, then the oldest go. More would cost memory, less a sort for every few rows. */
const PRUNE_AT = 1.25;
/** Share of the rows that go at once when a keeper gives way to others. */
const GIVEN_UP = 0.1;

/** The newest rows of one group. */
export interface RowKeeper<Row extends TrainingRow = TrainingRow> {
  /** What the rows take, in readings: their metrics, and 15 for each row. Some 105 bytes each. */
  readonly held: number;
  /** Rows that were added so far. */
  readonly added: number;
  add(row: Row): void;
  /** Returns the newest rows, at most `limit` of them with `limit` x 100 readings, oldest first. O(limit log limit). */
  rows(): Row[];
  /** Drops the oldest tenth of the rows, at least one, where there is one. O(limit log limit). */
  giveUpOldest(): void;
}

/**
 * Returns a keeper of the newest `limit` rows by append time, whatever order they are added in (a reader of several partitions
 * sees one partition run ahead). Holds at most a quarter more. Rows of 512 metrics are fewer, a fifth: ten thousand of them
 * would be more than a process may have.
 */
export function createRowKeeper<Row extends TrainingRow = TrainingRow>(limit: number): RowKeeper<Row> {
  const mostReadings = limit * ROW_READINGS;
  let kept: Row[] = [];
  let readings = 0;
  let added = 0;
  const prune = (mostRows: number): void => {
    kept.sort(compareRows);
    let first = kept.length;
    readings = 0;
    while (first > 0 && kept.length - first < mostRows) {
      const more = kept[first - 1]?.metrics.length ?? 0;
      if (readings + more > mostReadings) break;
      readings += more;
      first -= 1;
    }
    kept = kept.slice(first);
  };
  return {
    get held() {
      return readings + ROW_COST * kept.length;
    },
    get added() {
      return added;
    },
    add: (row) => {
      added += 1;
      kept.push(withSharedNames(row, kept.at(-1)));
      readings += row.metrics.length;
      if (kept.length >= PRUNE_AT * limit || readings >= PRUNE_AT * mostReadings) prune(limit);
    },
    rows: () => {
      prune(limit);
      return [...kept];
    },
    giveUpOldest: () => prune(Math.min(limit, Math.floor((1 - GIVEN_UP) * kept.length))),
  };
}

/** Every decoded record brings its own copies of the metric names; most rows of a group have the same. */
function withSharedNames<Row extends TrainingRow>(row: Row, other: Row | undefined): Row {
  const isSame =
    other !== undefined &&
    other.metrics.length === row.metrics.length &&
    other.metrics.every((name, i) => name === row.metrics[i]);
  return isSame ? { ...row, metrics: other.metrics } : row;
}
