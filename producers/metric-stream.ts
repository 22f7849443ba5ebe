import { Counter, Histogram } from 'prom-client';
import type { OutgoingRecord, Publisher } from '../common/kafka/publisher.js';
import type { Logger } from '../common/log.js';
import type { MetricsRegistry } from '../common/metrics.js';
import { type MetricEvent, metricEventCodec } from '../schemas/metric-event.js';

/** Returns the Kafka record of an event: key = host, its identity in the header `tidewatch-id`. */
export function metricRecord(event: MetricEvent): OutgoingRecord {
  return {
    topic: 'metrics',
    key: event.host,
    value: metricEventCodec.encode(event),
    headers: { 'tidewatch-id': event.id },
  };
}

/** Returns a source of event identities: `<producer uuid>:<sequence>`, the sequence from 0. */
export function eventIds(producerId: string): () => string {
  let sequence = 0;
  return () => {
    const id = `${producerId}:${sequence}`;
    sequence += 1;
    return id;
  };
}

export interface MetricStreamOptions {
  readonly publisher: Publisher;
  readonly registry: MetricsRegistry;
  readonly log: Logger;
  /** Prefix of the metrics: `tidewatch_<component>_...`. */
  readonly component: string;
  /** Records that may be on their way at once; above it an offer is refused. */
  readonly maxInFlight: number;
}

/** Publishes without waiting, within a bound; counts what became of each record. */
export interface MetricStream {
  /** Starts to publish; false when the bound is reached: the record is left out and counted. */
  offer(record: OutgoingRecord): boolean;
  /** True after a first acknowledgement, while the last record to settle was acknowledged. */
  healthy(): boolean;
  /** Resolves when everything offered has been acknowledged or has failed. */
  settled(): Promise<void>;
}

/** Returns a stream over a publisher. A failure is logged when it begins and when it ends, not once per record. */
export function createMetricStream(options: MetricStreamOptions): MetricStream {
  const counts = streamMetrics(options);
  const inFlight = new Set<Promise<void>>();
  let state: 'untried' | 'healthy' | 'failing' = 'untried';

  const turn = (next: 'healthy' | 'failing', error?: unknown) => {
    if (state === next) return;
    if (next === 'failing') options.log.error({ err: error }, 'publishing records: failing');
    else if (state === 'failing') options.log.info('publishing records: working again');
    state = next;
  };

  const publish = async (record: OutgoingRecord) => {
    try {
      const { latencyMs } = await options.publisher.publish(record);
      counts.published.inc({ topic: record.topic });
      counts.bytes.inc({ topic: record.topic }, record.value?.length ?? 0);
      counts.latency.observe(latencyMs / 1000);
      turn('healthy');
    } catch (error) {
      counts.lost.inc({ reason: 'failed' });
      turn('failing', error);
    }
  };

  return {
    offer: (record) => {
      if (inFlight.size >= options.maxInFlight) {
        counts.lost.inc({ reason: 'in_flight_full' });
        return false;
      }
      const work: Promise<void> = publish(record).finally(() => inFlight.delete(work));
      inFlight.add(work);
      return true;
    },
    healthy: () => state === 'healthy',
    settled: async () => {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}

function streamMetrics(options: MetricStreamOptions) {
  const name = (what: string) => `tidewatch_${options.component}_${what}`;
  const registers = [options.registry];
  return {
    published: new Counter({
      name: name('records_published_total'),
      help: 'Records that the broker has stored, by topic',
      labelNames: ['topic'],
      registers,
    }),
    bytes: new Counter({
      name: name('bytes_published_total'),
      help: 'Bytes of the values of published records, by topic',
      labelNames: ['topic'],
      registers,
    }),
    lost: new Counter({
      name: name('records_lost_total'),
      help: 'Records that were not stored, by reason',
      labelNames: ['reason'],
      registers,
    }),
    latency: new Histogram({
      name: name('acknowledgement_seconds'),
      help: 'From publishing a record to its acknowledgement',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
}
