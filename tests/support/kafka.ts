import { createKafka, type KafkaClient } from '../../common/kafka/client.js';
import { createLogger } from '../../common/log.js';
import { testKafka, uniqueName } from './services.js';

/** Returns a logger for tests: LOG_LEVEL, silent by default. */
export function testLog() {
  return createLogger({ level: process.env['LOG_LEVEL'] ?? 'silent', name: 'test' });
}

/** Returns a client of the run's Kafka. */
export function kafkaClient(): KafkaClient {
  return createKafka({ brokers: testKafka().brokers, clientId: uniqueName('test') }, testLog());
}
