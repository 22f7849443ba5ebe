import type { LogEntry, logLevel } from 'kafkajs';
import type { Logger } from '../log.js';

/** The broker is still ending the lane's last transaction; kafkajs tries again after some 10 ms (see lane-producer.ts). */
const CONCURRENT_TRANSACTIONS = /another concurrent operation on the same transaction was ongoing/;

/**
 * Returns a kafkajs log creator that writes to a pino logger. kafkajs's INFO lines (joins, pauses) become debug: they are
 * about the client, not about the stream. Its ERROR lines become warnings, because what follows from an error is decided
 * and logged where it is handled. What its connections say of a single response is debug too: the same error comes back
 * to the caller, and a broker that moves a leader would fill the log with it.
 */
export function pinoLogCreator(log: Logger, levels: typeof logLevel): () => (entry: LogEntry) => void {
  return () => (entry) => {
    const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...facts } = entry.log;
    const fields = { kafkajs: entry.namespace, ...facts };
    const isSevere = entry.level === levels.ERROR || entry.level === levels.WARN;
    const isExpected = CONCURRENT_TRANSACTIONS.test(message);
    if (isSevere && !isExpected && !entry.namespace.startsWith('Connection')) log.warn(fields, message);
    else log.debug(fields, message);
  };
}
