import { codeOf, messageOf } from '../../common/errors.js';
import {
  findOrStartInfluxOnly,
  findOrStartKafkaOnly,
  type RunningServices,
  type ServicesOptions,
} from '../../infra/local/services.js';
import { ServiceKeeper } from './service-keeper.js';

type Kafka = RunningServices['kafka'];
type Influx = RunningServices['influx'];

const LOOK_EVERY_MS = 1_000;

/** Kafka and InfluxDB as `up` runs on them: found or started, started again when they end, stopped when they are ours. */
export class UpServices {
  readonly #options: ServicesOptions;
  readonly #say: (line: string) => void;
  #kafka: ServiceKeeper<Kafka> | undefined;
  #influx: ServiceKeeper<Influx> | undefined;

  constructor(options: ServicesOptions, say: (line: string) => void) {
    this.#options = options;
    this.#say = say;
  }

  /** Undefined before the start. */
  get kafka(): Kafka | undefined {
    return this.#kafka?.service;
  }

  /** Undefined before the start, and where no InfluxDB is to be had: everything but the sink then runs. */
  get influx(): Influx | undefined {
    return this.#influx?.service;
  }

  /** Throws the refusal of {@link findOrStartKafkaOnly}; a missing InfluxDB is said, not thrown. */
  async start(): Promise<void> {
    const startKafka = () => findOrStartKafkaOnly(this.#options);
    const startInflux = () => findOrStartInfluxOnly(this.#options);
    this.#kafka = this.#keep('Kafka', await startKafka(), startKafka);
    try {
      this.#influx = this.#keep('InfluxDB', await startInflux(), startInflux);
    } catch (error) {
      if (codeOf(error) !== 'INFLUX_UNAVAILABLE') throw error;
      this.#say(`${messageOf(error)}. Everything but the sink runs.`);
    }
  }

  /** Stops both side by side. Returns the names of those that had to be killed after the grace. */
  async stop(graceMs: number): Promise<string[]> {
    const [influx, kafka] = await Promise.all([this.#influx?.stop(graceMs), this.#kafka?.stop(graceMs)]);
    return [...(influx === 'killed' ? ['InfluxDB'] : []), ...(kafka === 'killed' ? ['Kafka'] : [])];
  }

  #keep<T extends Kafka | Influx>(name: string, service: T, restart: () => Promise<T>): ServiceKeeper<T> {
    return new ServiceKeeper({ name, service, restart, isAlive, say: this.#say, everyMs: LOOK_EVERY_MS });
  }
}

/** Signal 0 is delivered to nobody: it only asks whether there is a process. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
