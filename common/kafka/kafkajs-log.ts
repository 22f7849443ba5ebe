import type { LogEntry, logLevel } from 'kafkajs';
import type { Logger } from '../log.js';

/**
 * Returns a kafkajs log creator that writes to a pino logger. kafkajs's INFO lines (joins, pauses) become debug: they are
 * about the client, not about the stream. Its ERROR lines become warnings, because what follows from an error is decided
 * and logged where it is handled.
 */
export function pinoLogCreator(log: Logger, levels: typeof logLevel): () => (entry: LogEntry) => void {
  return () => (entry) => {
    const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...facts } = entry.log;
    const fields = { kafkajs: entry.namespace, ...facts };
    if (entry.level === levels.ERROR || entry.level === levels.WARN) log.warn(fields, message);
    else log.debug(fields, message);
  };
}
