import type { CsvReading } from '../../common/csv/csv-rows.js';
import { type ReplayIdentity, replayedEvent } from '../../common/csv/replayed-event.js';
import type { Publisher } from '../../common/kafka/publisher.js';
import { pause } from '../../common/lifecycle.js';
import { metricRecord } from '../metric-stream.js';
import { isEvent } from './plan.js';

export interface PublishRowsOptions {
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly identity: ReplayIdentity;
  /** Events per second; null = as fast as Kafka takes them. */
  readonly rate: number | null;
  /** Called after each row with the number of rows done. */
  readonly onRow: (rows: number) => void;
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicNow: () => number;
  /** Ends the replay early, between two rows. */
  readonly signal: AbortSignal;
}

/** Events that wait for Kafka at once. */
const MOST_IN_FLIGHT = 2_000;

/**
 * Publishes the rows in their order and resolves with the number of events that Kafka has stored. A replay with a hole is no replay: the
 * first event that cannot be stored ends it with what Kafka said.
 */
export async function publishRows(
  rows: AsyncIterable<CsvReading>,
  options: PublishRowsOptions,
): Promise<number> {
  const { publisher, identity, rate, onRow, monotonicNow, signal } = options;
  const started = monotonicNow();
  const failed = new AbortController();
  let inFlight: Promise<unknown>[] = [];
  let events = 0;
  for await (const reading of rows) {
    if (isEvent(reading)) {
      if (rate !== null)
        await pause(
          started + (1000 * events) / rate - monotonicNow(),
          AbortSignal.any([signal, failed.signal]),
        );
      if (signal.aborted || failed.signal.aborted) break;
      const sent = publisher.publish(metricRecord(replayedEvent(reading, identity)));
      sent.catch(() => failed.abort());
      inFlight.push(sent);
      events += 1;
    }
    onRow(reading.row + 1);
    if (inFlight.length < MOST_IN_FLIGHT) continue;
    await Promise.all(inFlight);
    inFlight = [];
  }
  await Promise.all(inFlight);
  return events;
}
