import { join } from 'node:path';
import type { RunningServices } from '../../infra/local/services.js';

/** What a run has started, as far as somebody may want to go there. */
export interface RunAddresses {
  readonly kafka: RunningServices['kafka'] | null;
  /** Null without InfluxDB. */
  readonly influx: RunningServices['influx'] | null;
  readonly overview: string;
  /** Null without the simulator. */
  readonly simulator: string | null;
  /** TIDEWATCH_HOME. */
  readonly home: string;
}

/** Returns the lines that tell a person where everything is. */
export function describeAddresses({ kafka, influx, overview, simulator, home }: RunAddresses): string[] {
  return [
    `Kafka      ${kafka?.brokers.join(',')} (${kafka?.kind})`,
    influx === null
      ? 'InfluxDB   none'
      : `InfluxDB   ${influx.url} database ${influx.bucket} (${influx.kind}, ${influx.version})`,
    `overview   ${overview}`,
    ...(simulator === null
      ? []
      : [`simulator  ${simulator}  POST /stress {"kind":"cpu","hosts":"all","seconds":30}`]),
    `logs       ${join(home, 'logs')}`,
  ];
}
