import type { Settings } from '../common/config.js';
import { TidewatchError } from '../common/errors.js';
import { servicesStatus } from '../infra/local/services.js';
import type { influxdbSettings } from '../sinks/influxdb/config.js';
import type { Io } from './io.js';

type InfluxSettings = Settings<typeof influxdbSettings>;

/** Returns the settings with INFLUX_URL filled in: the one that is set, else the server that runs for this home. Throws NO_INFLUX. */
export async function findInflux(
  settings: InfluxSettings,
  home: string,
  io: Io,
): Promise<InfluxSettings & { readonly INFLUX_URL: string }> {
  if (settings.INFLUX_URL !== null) return { ...settings, INFLUX_URL: settings.INFLUX_URL };
  const { influx } = await servicesStatus({ home, settings: { environment: io.environment } });
  if (influx !== null)
    return {
      ...settings,
      INFLUX_URL: influx.url,
      INFLUX_BUCKET: 'database' in influx ? influx.database : influx.bucket,
    };
  throw new TidewatchError({
    code: 'NO_INFLUX',
    retriable: false,
    message:
      'finding InfluxDB: none runs for this folder; set INFLUX_URL, or start one with "tidewatch services start"',
  });
}
