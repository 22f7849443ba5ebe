import { type HealthServer, startHealthServer } from '../../common/health-server.js';
import { createRegistry } from '../../common/metrics.js';
import type { ChildState } from './child-process.js';

export interface OverviewOptions {
  readonly address: string;
  readonly port: number;
  readonly children: () => readonly ChildState[];
  readonly kafka: () => readonly string[];
  /** Null without InfluxDB. */
  readonly influx: () => string | null;
}

/** Serves what runs where: GET / for people and scripts, and /healthz, /readyz, /metrics. */
export function startOverview({
  children,
  kafka,
  influx,
  ...listen
}: OverviewOptions): Promise<HealthServer> {
  return startHealthServer({
    ...listen,
    registry: createRegistry(),
    health: () => ({
      ready: children().every(({ pid }) => pid !== null),
      facts: { processes: children().length },
    }),
    routes: (server) => server.get('/', () => ({ processes: children(), kafka: kafka(), influx: influx() })),
  });
}
