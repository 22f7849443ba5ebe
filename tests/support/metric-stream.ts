import type { KafkaClient } from '../../common/kafka/client.js';
import { createPublisher, type Publisher } from '../../common/kafka/publisher.js';
import { gaussian, seededRandom } from '../../common/random.js';
import { type MetricEvent, metricEventCodec } from '../../schemas/metric-event.js';
import { testLog } from './kafka.js';

/** Model group of the events below. */
export const STREAM_GROUP = 'web';
const METRICS = ['cpu', 'memory', 'network'];

/** Returns the given number of events, one after another per host, round robin over the hosts; same seed, same values. */
export function metricEvents(seed: number, hosts: number, count: number, start: number): MetricEvent[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const host = `host-${index % hosts}`;
    const load = gaussian(random);
    return {
      id: `${seed}:${index}`,
      host,
      timestamp: start + index,
      source: 'load',
      metrics: METRICS,
      values: METRICS.map((_name, metric) => 40 + 10 * metric + 3 * load + 2 * gaussian(random)),
      labels: { group: STREAM_GROUP },
    };
  });
}

/** Returns a publisher of metric events, models and whatever else a test needs. */
export function metricPublisher(kafka: KafkaClient, topicPrefix: string): Promise<Publisher> {
  return createPublisher({
    kafka,
    log: testLog(),
    topicPrefix,
    topics: ['metrics', 'models'],
    now: () => performance.now(),
  });
}

/** Publishes one event; resolves when Kafka has it. */
export async function publishEvent(publisher: Publisher, event: MetricEvent): Promise<void> {
  await publisher.publish({
    topic: 'metrics',
    key: event.host,
    value: metricEventCodec.encode(event),
    headers: { 'tidewatch-id': event.id },
  });
}

/** Publishes events at about `perSecond`, in slices of 50 ms, in order; resolves when Kafka has them all. */
export async function publishPaced(
  publisher: Publisher,
  events: readonly MetricEvent[],
  perSecond: number,
): Promise<void> {
  const started = performance.now();
  const sent: Promise<void>[] = [];
  while (sent.length < events.length) {
    const due = Math.ceil(((performance.now() - started) / 1000) * perSecond);
    for (const event of events.slice(sent.length, due)) sent.push(publishEvent(publisher, event));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await Promise.all(sent);
}
