import type { KafkaConfig } from 'kafkajs';
import type { Logger } from '../../common/log.js';

/** How to reach a Kafka that is not plain text on loopback: TLS and SASL as kafkajs takes them. */
export type KafkaSecurity = Pick<KafkaConfig, 'ssl' | 'sasl'>;

/** What the caller knows about the services. Everything may be left out: then the service is started locally. */
export interface ServiceSettings {
  /** `KAFKA_BROKERS`, already split: `host:port` each. Given = external, never started by us. */
  readonly kafkaBrokers?: readonly string[] | undefined;
  readonly kafkaSecurity?: KafkaSecurity | undefined;
  /** Port of a locally started broker, 1..65535; without it 9092 or a free one. */
  readonly kafkaPort?: number | undefined;
  /** `INFLUX_URL`. Given = external, never started by us. */
  readonly influxUrl?: string | undefined;
  /** `INFLUX_TOKEN`: a token for 2.x, `user:password` for 1.x. */
  readonly influxToken?: string | undefined;
  readonly influxOrg?: string | undefined;
  /** `INFLUX_BUCKET`: the bucket of 2.x, the database of 1.x. Default `tidewatch`. */
  readonly influxBucket?: string | undefined;
  /** Port of a locally started InfluxDB, 1..65535; without it 8086 or a free one. */
  readonly influxPort?: number | undefined;
  /** Environment of the commands that are run (PATH, HOME, JAVA_HOME, DOCKER_HOST, ...). */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A long step, in words for a person: `resolving the Kafka jars: 12 files`. */
export type Progress = (line: string) => void;

/** What every start needs: where things live, and what to tell to whom. */
export interface ServiceContext {
  readonly settings: ServiceSettings;
  /** Absolute path of TIDEWATCH_HOME: data, logs, services.json. */
  readonly home: string;
  /** Absolute path under which downloads are kept; default `home`. Several homes may share it. */
  readonly cache: string;
  /** Absolute path of the project, where `infra/kafka/pom.xml` and `docker-compose.yml` are. */
  readonly root: string;
  readonly log: Logger;
  readonly onProgress: Progress;
  /** Free bytes of the file system that holds a path. */
  readonly freeBytes: (path: string) => Promise<number>;
  /** Process on whose behalf services run; null: they stay until `stopServices`. */
  readonly owner: number | null;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** The database or bucket that is used when the settings name none. */
export const DEFAULT_BUCKET = 'tidewatch';

/** The ways to give Tidewatch a Kafka, for the end of every refusal. */
export const KAFKA_WAYS =
  'set KAFKA_BROKERS to a running Kafka, start a Docker engine, or install Java 17 or newer and Maven';

/** The ways to give Tidewatch an InfluxDB, for the end of every refusal. */
export const INFLUX_WAYS =
  'set INFLUX_URL to a running InfluxDB, start a Docker engine, put influxd on the PATH, or use Debian or Ubuntu with its package influxdb';
