import type { Command } from 'commander';
import type { Settings } from '../common/config.js';
import type { KafkaClient } from '../common/kafka/client.js';
import { kafkaSettings } from '../common/kafka/settings.js';
import { createLogger, type Logger } from '../common/log.js';
import { createRegistry, type MetricsRegistry } from '../common/metrics.js';
import type { Io } from './io.js';
import { connectKafka } from './kafka-connection.js';
import { processSettings } from './settings.js';
import { addSettings, settingsOf } from './settings-options.js';

/** What every component's shell is started with. */
export interface Context {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly registry: MetricsRegistry;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  readonly http: { readonly address: string; readonly port: number };
  readonly instance: string;
  readonly now: () => number;
  readonly process: Settings<typeof processSettings>;
}

/** Adds the flags that every command has which talks to Kafka. */
export function addContextSettings(command: Command): Command {
  return addSettings(command, processSettings, kafkaSettings);
}

/** Returns the context of one process; `name` stands on every log line. Every setting is validated before a socket opens. */
export async function createContext(command: Command, io: Io, name: string): Promise<Context> {
  const process = settingsOf(processSettings, command, io);
  const kafka = settingsOf(kafkaSettings, command, io);
  const log = createLogger({ level: process.LOG_LEVEL, name });
  return {
    kafka: await connectKafka(kafka, process.TIDEWATCH_HOME, io, log),
    log,
    registry: createRegistry(),
    topicPrefix: kafka.TOPIC_PREFIX,
    groupPrefix: kafka.GROUP_PREFIX,
    http: { address: process.HTTP_ADDRESS, port: process.HTTP_PORT },
    instance: `${io.hostname}/${io.pid}`,
    now: io.now,
    process,
  };
}
