import { EVENT_BYTES, recordCodec } from './codec/record-codec.js';
import { metricEventProblem } from './metric-event-check.js';

export type Source = 'simulator' | 'collector' | 'load' | 'replay' | 'telegraf';

/** One reading of one host: the values of its metrics at one moment. Key of the Kafka record: host. */
export interface MetricEvent {
  /** Identity of the event: the producer's uuid, a colon and its sequence number; 1 to 128 characters. Repeats carry the same id. */
  readonly id: string;
  /** Name of the host; 1 to 255 characters, no control characters. */
  readonly host: string;
  /** Event time in milliseconds since 1970-01-01T00:00:00Z; 0 to 4102444800000 (the year 2100). */
  readonly timestamp: number;
  /** Which kind of producer wrote it. */
  readonly source: Source;
  /** Names of the metrics, sorted, distinct; 1 to 512 names of 1 to 128 characters, [A-Za-z0-9_.:/-]. */
  readonly metrics: readonly string[];
  /** Values in the order of `metrics`, in each metric's own unit; finite. */
  readonly values: readonly number[];
  /** Labels of the event; `group` names the model group. At most 32, names of 1 to 128 characters, values of at most 256. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Codec of `metric-event.avsc`. */
export const metricEventCodec = recordCodec<MetricEvent>(new URL('./metric-event.avsc', import.meta.url), {
  maxBytes: EVENT_BYTES,
  check: metricEventProblem,
});
