import type { Settings } from '../../common/config.js';
import type { Health } from '../../common/health-server.js';
import type { KafkaClient } from '../../common/kafka/client.js';
import type { GroupPosition } from '../../common/kafka/delivery/partition-positions.js';
import {
  DELIVERY_LIMITS,
  type DeliveryInput,
  type DeliveryLoop,
  startDeliveryLoop,
} from '../../common/kafka/delivery-loop.js';
import { deadLetterOf, TOPICS, topicName } from '../../common/kafka/topics.js';
import type { Running } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import type { MetricsRegistry } from '../../common/metrics.js';
import type { Random } from '../../common/random.js';
import { createInfluxClient, type InfluxClient } from './client.js';
import type { influxdbSettings } from './config.js';
import { createFigures, type SinkFigures } from './figures.js';
import { createInfluxdbTarget, SINK_TOPICS, type SinkTopic } from './target.js';

export interface InfluxdbSinkOptions {
  /** INFLUX_URL filled in, whether it was set or a server was found. */
  readonly settings: Settings<typeof influxdbSettings> & { readonly INFLUX_URL: string };
  readonly kafka: KafkaClient;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  /** Tells this process from others of its kind. */
  readonly instance: string;
  readonly registry: MetricsRegistry;
  readonly log: Logger;
  readonly random: Random;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A running sink. */
export interface InfluxdbSink extends Running {
  /** Ready: a member of the group, and InfluxDB takes writes (or none was needed yet). */
  health(): Health;
  /** Returns where the group stands in every partition. */
  positions(): Promise<readonly GroupPosition[]>;
}

/**
 * Starts writing metrics, predictions, drift reports and baselines to InfluxDB. Offsets are committed after InfluxDB has
 * the points; while it is down Kafka keeps them; records and points that it will never take become dead letters. `done`
 * rejects when settings or rights are wrong, never because InfluxDB is away.
 */
export async function runInfluxdbSink(options: InfluxdbSinkOptions): Promise<InfluxdbSink> {
  const { settings, kafka, topicPrefix, groupPrefix, instance, registry, log, random, now } = options;
  const client = createInfluxClient(connectionOf(settings));
  const figures = createFigures(registry, now);
  const topics = topicNames(topicPrefix);
  const target = createInfluxdbTarget({ topics, explained: settings.SINK_SHAP, write: client.write });
  const loop = await startDeliveryLoop({
    kafka,
    groupId: `${groupPrefix}sink-influxdb`,
    application: 'tidewatch-sink-influxdb',
    instance,
    inputs: SINK_TOPICS.map((topic) => inputOf(topicPrefix, topic)),
    target,
    observer: figures.observer,
    limits: {
      ...DELIVERY_LIMITS,
      maxGroupRecords: settings.SINK_MAX_LINES,
      backoff: { ...DELIVERY_LIMITS.backoff, maxMs: settings.SINK_RETRY_MAX_MS },
    },
    log,
    random,
    now,
  });
  const stopFigures = reportFigures({ options, loop, client, figures });
  void loop.done
    .catch(() => undefined)
    .finally(() => {
      stopFigures();
      client.close();
    });
  return {
    done: loop.done,
    stop: () => loop.stop(),
    positions: () => loop.positions(),
    health: () => ({
      ready: loop.joined() && loop.targetUp() !== false,
      facts: {
        joined: loop.joined(),
        targetUp: loop.targetUp(),
        influx: client.version()?.version ?? null,
      },
    }),
  };
}

function connectionOf(settings: InfluxdbSinkOptions['settings']) {
  return {
    url: settings.INFLUX_URL,
    token: settings.INFLUX_TOKEN ?? '',
    org: settings.INFLUX_ORG,
    bucket: settings.INFLUX_BUCKET,
    timeoutMs: settings.INFLUX_TIMEOUT_MS,
    maxLines: settings.SINK_MAX_LINES,
    maxBytes: settings.SINK_MAX_BYTES,
  };
}

function topicNames(prefix: string): Readonly<Record<SinkTopic, string>> {
  return {
    metrics: topicName(prefix, 'metrics'),
    predictions: topicName(prefix, 'predictions'),
    drift: topicName(prefix, 'drift'),
    baselines: topicName(prefix, 'baselines'),
  };
}

/** Returns the input with its dead-letter topic, when the table of topics has one for it. */
function inputOf(prefix: string, topic: SinkTopic): DeliveryInput {
  const wanted = deadLetterOf(TOPICS[topic].name);
  const exists = Object.values(TOPICS).some(({ name }) => name === wanted);
  return { topic: topicName(prefix, topic), deadLetter: exists ? `${prefix}${wanted}` : null };
}

interface Reported {
  readonly options: InfluxdbSinkOptions;
  readonly loop: DeliveryLoop;
  readonly client: InfluxClient;
  readonly figures: SinkFigures;
}

/**
 * Updates lag and circuit state, and writes one `pipeline` point, every SINK_PIPELINE_EVERY_MS. Best effort: a point that
 * cannot be written is left out, as is everything else about it while InfluxDB is down.
 */
function reportFigures({ options, loop, client, figures }: Reported): () => void {
  const { settings, instance, log, now } = options;
  const stopped = new AbortController();
  if (settings.SINK_PIPELINE_EVERY_MS === 0) return () => stopped.abort();
  let busy = false;
  const report = async () => {
    if (busy) return;
    busy = true;
    try {
      figures.targetUp(loop.targetUp());
      const lag = figures.lag(await loop.positions());
      const line = figures.line(instance, now(), lag);
      if (line !== undefined && loop.targetUp() === true) await client.write([line], stopped.signal);
    } catch (error) {
      log.debug({ err: error }, 'reporting the figures of the sink failed');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void report(), settings.SINK_PIPELINE_EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    stopped.abort();
  };
}
