import { EVENT_BYTES, recordCodec } from './codec/record-codec.js';

export type IncidentKind = 'spike' | 'leak' | 'saturation' | 'silence' | 'level_shift' | 'stress' | 'restart';

/** What the simulator did to a host, and when: for live judging. Key: host. */
export interface Truth {
  /** Identity of the incident. */
  readonly id: string;
  /** Host that it was done to. */
  readonly host: string;
  /** What was done. */
  readonly kind: IncidentKind;
  /** Metrics that it moved. */
  readonly metrics: readonly string[];
  /** First event time that it touched, milliseconds. */
  readonly from: number;
  /** Event time at which it ended, milliseconds; for a level shift, the time at which it was done. */
  readonly to: number;
  /** Strength as asked for; 1 is the default strength of its kind. */
  readonly magnitude: number;
  /** Who asked: schedule or the HTTP control. */
  readonly cause: string;
}

/** Codec of `truth.avsc`. */
export const truthCodec = recordCodec<Truth>(new URL('./truth.avsc', import.meta.url), {
  maxBytes: EVENT_BYTES,
});
