import { recordCodec, STATE_BYTES } from './codec/record-codec.js';

/** Complete state of one host in a stateful processor: the snapshot that a restart begins from. Key: host; compacted. */
export interface WindowState {
  /** Name of the host. */
  readonly host: string;
  /** Offset of the last input record that is part of the state; 0 or more. */
  readonly sourceOffset: number;
  /** Append time of that record, milliseconds. */
  readonly appendTime: number;
  /** State of the host, versioned by its first byte. */
  readonly state: Buffer;
}

/** Codec of `window-state.avsc`. */
export const windowStateCodec = recordCodec<WindowState>(new URL('./window-state.avsc', import.meta.url), {
  maxBytes: STATE_BYTES,
});
