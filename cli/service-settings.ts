import type { Settings } from '../common/config.js';
import type { kafkaSettings } from '../common/kafka/settings.js';
import type { ServiceSettings } from '../infra/local/settings.js';
import type { influxdbSettings } from '../sinks/influxdb/config.js';
import type { Io } from './io.js';
import { kafkaSecurity } from './kafka-connection.js';
import type { localServiceSettings } from './settings.js';

/** The settings that say where the services are or shall be. */
export interface ServiceTables {
  readonly kafka: Settings<typeof kafkaSettings>;
  readonly influx: Settings<typeof influxdbSettings>;
  readonly ports: Settings<typeof localServiceSettings>;
}

/** Returns what finding or starting the services needs to know. */
export function serviceSettings({ kafka, influx, ports }: ServiceTables, io: Io): ServiceSettings {
  const { tls, sasl } = kafkaSecurity(kafka, io);
  const ssl =
    tls === undefined
      ? {}
      : {
          ssl: {
            ...(tls.ca === undefined ? {} : { ca: [tls.ca] }),
            ...(tls.cert === undefined ? {} : { cert: tls.cert }),
            ...(tls.key === undefined ? {} : { key: tls.key }),
          },
        };
  const security = { ...ssl, ...(sasl === undefined ? {} : { sasl }) };
  return {
    environment: io.environment,
    kafkaPort: ports.KAFKA_PORT ?? undefined,
    influxPort: ports.INFLUX_PORT ?? undefined,
    kafkaBrokers: kafka.KAFKA_BROKERS ?? undefined,
    kafkaSecurity: security as NonNullable<ServiceSettings['kafkaSecurity']>,
    influxUrl: influx.INFLUX_URL ?? undefined,
    influxToken: influx.INFLUX_TOKEN ?? undefined,
    influxOrg: influx.INFLUX_ORG,
    influxBucket: influx.INFLUX_BUCKET,
  };
}
