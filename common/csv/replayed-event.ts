import type { MetricEvent } from '../../schemas/metric-event.js';
import type { CsvReading } from './csv-rows.js';

/** What all rows of a replayed file share. */
export interface ReplayIdentity {
  /** Host that the rows are read as. */
  readonly host: string;
  /** Model group. It is always a label: a row that lacks a cell must not fall into another group by its names. */
  readonly group: string;
  /** First part of the events' identities; the second is the number of the row. */
  readonly replayId: string;
}

/** Returns a row as the event that a replay publishes and a backtest scores: one place, so that they cannot differ. */
export function replayedEvent(reading: CsvReading, { host, group, replayId }: ReplayIdentity): MetricEvent {
  const { row, timestamp, metrics, values } = reading;
  return { id: `${replayId}:${row}`, host, timestamp, source: 'replay', metrics, values, labels: { group } };
}
