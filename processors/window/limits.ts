/** What rules the window processor; all times are spans of append time, ms. See config.ts for ranges and defaults. */
export interface WindowLimits {
  /** How far an event time may lie after the append time. */
  readonly maxSkewMs: number;
  /** Age at which a published baseline is stale. */
  readonly baselineMaxAgeMs: number;
  /** Silence after which a host's state is dropped. */
  readonly evictAfterMs: number;
  /** Events of a host after which its state is snapshotted. */
  readonly snapshotEvents: number;
  /** Age at which an event that is in no snapshot yet causes one. */
  readonly snapshotAgeMs: number;
}
