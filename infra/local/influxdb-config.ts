/** Where one local InfluxDB 1.x listens and keeps its data. */
export interface InfluxLayout {
  readonly httpPort: number;
  /** Port of the backup service, which influxd always opens. */
  readonly rpcPort: number;
  /** Absolute path. */
  readonly folder: string;
}

/**
 * Returns the influxdb.conf of a single InfluxDB 1.x, loopback only and therefore without users. The monitor's own
 * database is off: it would write to the disk for ever without anybody reading it.
 */
export function influxConfig(layout: InfluxLayout): string {
  const path = (name: string): string => JSON.stringify(`${layout.folder}/${name}`);
  return `reporting-disabled = true
bind-address = "127.0.0.1:${layout.rpcPort}"

[meta]
  dir = ${path('meta')}
  logging-enabled = false

[data]
  dir = ${path('data')}
  wal-dir = ${path('wal')}
  query-log-enabled = false
  cache-snapshot-write-cold-duration = "1m"

[http]
  bind-address = "127.0.0.1:${layout.httpPort}"
  auth-enabled = false
  log-enabled = false

[monitor]
  store-enabled = false

[logging]
  level = "warn"
`;
}
