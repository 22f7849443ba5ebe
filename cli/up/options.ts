import type { Settings } from '../../common/config.js';
import type { kafkaSettings, topicSettings } from '../../common/kafka/settings.js';
import type { simulatorSettings } from '../../producers/simulator/config.js';
import type { influxdbSettings } from '../../sinks/influxdb/config.js';
import type { localServiceSettings, processSettings } from '../settings.js';
import type { upSettings } from './settings.js';

/** Everything that `up` was told. */
export interface UpOptions {
  readonly process: Settings<typeof processSettings>;
  readonly kafka: Settings<typeof kafkaSettings>;
  readonly topics: Settings<typeof topicSettings>;
  readonly influx: Settings<typeof influxdbSettings>;
  readonly simulator: Settings<typeof simulatorSettings>;
  readonly up: Settings<typeof upSettings>;
  readonly ports: Settings<typeof localServiceSettings>;
  /** Leaves the simulator out. */
  readonly onlyHost: boolean;
  /** Stops by itself after so many milliseconds of running; null = when told to. */
  readonly forMs: number | null;
  /** Environment of the children: the process's own, with the flags of this command laid over it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}
