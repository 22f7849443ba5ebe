import { metricEventCodec } from '../../schemas/metric-event.js';
import { type MetricsTopicSource, readMetricsTopic } from '../metrics-topic.js';
import type { History } from './core.js';

/** Adds everything that the metrics topic holds now and that can be read. Throws TOPIC_MISSING, or what ends the reader. */
export async function readTopicHistory(source: MetricsTopicSource, history: History): Promise<void> {
  await readMetricsTopic(source, ({ value }) => {
    const decoded = value === null ? null : metricEventCodec.decode(value);
    if (decoded?.ok !== true) return;
    const { host, timestamp, metrics, values } = decoded.value;
    metrics.forEach((metric, i) => {
      history.add(host, timestamp, metric, values[i] ?? Number.NaN);
    });
  });
}
