import type { ChildSpec } from './child-process.js';

/** Where the services are, and what else the children have in common. */
export interface PlanOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly brokers: readonly string[];
  /** Settings of the sink; null without InfluxDB: everything else runs. */
  readonly influx: {
    readonly url: string;
    readonly bucket: string;
    readonly org: string | null;
    readonly token: string | null;
  } | null;
  readonly onlyHost: boolean;
  /** Returns a free port of this machine, another at each call. */
  readonly freePort: () => Promise<number>;
  /** Port of the simulator's control. */
  readonly simulatorPort: number;
}

/** The children in the order of their start; they are stopped in reverse. */
export interface Plan {
  readonly consumers: readonly ChildSpec[];
  readonly producers: readonly ChildSpec[];
}

/** Returns the processes of the whole stream: consumers first, so that nothing is published before somebody listens. */
export async function planChildren(options: PlanOptions): Promise<Plan> {
  const environment = { ...options.environment, KAFKA_BROKERS: options.brokers.join(',') };
  const child = async (
    name: string,
    args: readonly string[],
    more: Record<string, string | undefined> = {},
  ): Promise<ChildSpec> => {
    const port = await options.freePort();
    return {
      name,
      args,
      url: `http://127.0.0.1:${port}`,
      environment: { ...environment, HTTP_ADDRESS: '127.0.0.1', HTTP_PORT: String(port), ...more },
    };
  };
  const consumers = [
    await child('window+score', ['process', 'window+score']),
    await child('drift', ['process', 'drift']),
    await child('trainer', ['job', 'train', '--watch']),
  ];
  if (options.influx !== null)
    consumers.push(await child('influxdb sink', ['sink', 'influxdb'], influxEnvironment(options.influx)));
  const producers = [await collector(environment, options)];
  if (!options.onlyHost) producers.push(simulator(environment, options.simulatorPort));
  return { consumers, producers };
}

function influxEnvironment({
  url,
  bucket,
  org,
  token,
}: NonNullable<PlanOptions['influx']>): Record<string, string | undefined> {
  return {
    INFLUX_URL: url,
    INFLUX_BUCKET: bucket,
    ...(org === null ? {} : { INFLUX_ORG: org }),
    ...(token === null ? {} : { INFLUX_TOKEN: token, INFLUX_TOKEN_FILE: undefined }),
  };
}

async function collector(environment: ChildSpec['environment'], options: PlanOptions): Promise<ChildSpec> {
  const port = await options.freePort();
  return {
    name: 'collector',
    args: ['produce', 'collect'],
    url: `http://127.0.0.1:${port}`,
    environment: { ...environment, COLLECTOR_HTTP_ADDRESS: '127.0.0.1', COLLECTOR_HTTP_PORT: String(port) },
  };
}

function simulator(environment: ChildSpec['environment'], port: number): ChildSpec {
  return {
    name: 'simulator',
    args: ['produce', 'simulate'],
    url: `http://127.0.0.1:${port}`,
    environment: { ...environment, SIM_HTTP_ADDRESS: '127.0.0.1', SIM_HTTP_PORT: String(port) },
  };
}
