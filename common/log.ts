import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger } from 'pino';

/** Names whose values never reach a log line, wherever they stand in the logged object (two levels deep). */
const SECRET_NAMES = ['password', 'token', 'secret', 'authorization', 'INFLUX_TOKEN', 'KAFKA_SASL_PASSWORD'];

export interface LogOptions {
  /** pino level: trace, debug, info, warn, error, fatal or silent. */
  readonly level: string;
  /** The component's name, written on every line. */
  readonly name: string;
  /** Where lines go; standard error by default, so that standard output stays free for results. */
  readonly destination?: DestinationStream;
}

/** Returns a structured JSON logger (pino) with ISO times and secrets redacted. */
export function createLogger(options: LogOptions): Logger {
  const redact = SECRET_NAMES.flatMap((name) => [name, `*.${name}`]);
  const settings = {
    level: options.level,
    base: { name: options.name },
    redact,
    timestamp: stdTimeFunctions.isoTime,
  };
  return pino(settings, options.destination ?? pino.destination({ dest: 2, sync: true }));
}

/** Returns a logger that writes nothing, for callers that do not care. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
