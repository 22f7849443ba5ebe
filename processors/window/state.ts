import { TidewatchError } from '../../common/errors.js';
import { decodeHost, encodeHost } from '../../detection/series/host-bytes.js';
import type { HostState } from '../../detection/series/host-state.js';
import { type WindowState, windowStateCodec } from '../../schemas/window-state.js';

/** One host of the partition: its state, and what of it is in no snapshot yet. */
export interface OwnedHost {
  readonly name: string;
  readonly state: HostState;
  /** Offset and append time (ms) of the last record that is part of the state. */
  lastOffset: number;
  lastAppendTime: number;
  /** Records since the last snapshot, and offset and append time of the first of them. */
  unsaved: number;
  unsavedFrom: number;
  unsavedSince: number;
}

/**
 * The hosts of one partition. Two orders are kept, each by a Map's order of insertion: by last record (for eviction) and by the
 * oldest record that is in no snapshot (for the age of snapshots and the restore offset). Both follow from offsets alone, so
 * that a restored table equals the one that was lost. Every operation is O(1), but the first use after `load`.
 */
export class HostTable {
  /** By last record, oldest first. */
  readonly #hosts = new Map<string, OwnedHost>();
  /** Hosts with records in no snapshot, by the oldest of these. */
  readonly #unsaved = new Map<string, OwnedHost>();
  #loaded: Map<string, Buffer> | null = new Map();

  /** Takes one value of the state topic, in the topic's order: the newest of a key wins, null removes it. */
  load(name: string, value: Buffer | null): void {
    if (this.#loaded === null) throw new Error('loading window state: records were already processed');
    if (value === null) this.#loaded.delete(name);
    else this.#loaded.set(name, value);
  }

  /**
   * Decodes what was loaded; call it before the first record.
   * @throws TidewatchError STATE_VERSION_UNKNOWN or STATE_CORRUPT: going on without the state would change every verdict silently
   */
  settle(): void {
    if (this.#loaded === null) return;
    const hosts = [...this.#loaded].map(([name, value]) => readSnapshot(name, value));
    this.#loaded = null;
    hosts.sort((a, b) => a.lastOffset - b.lastOffset);
    for (const host of hosts) this.#hosts.set(host.name, host);
  }

  get(name: string): OwnedHost | undefined {
    return this.#hosts.get(name);
  }

  /** Moves a host behind all others in the order of eviction. */
  touch(host: OwnedHost): void {
    this.#hosts.delete(host.name);
    this.#hosts.set(host.name, host);
  }

  /** Notes that a record became part of the host's state. */
  changed(host: OwnedHost, offset: number, appendTime: number): void {
    this.touch(host);
    host.lastOffset = offset;
    host.lastAppendTime = appendTime;
    if (host.unsaved === 0) {
      host.unsavedFrom = offset;
      host.unsavedSince = appendTime;
      this.#unsaved.set(host.name, host);
    }
    host.unsaved++;
  }

  /** Notes that the host's state is in a snapshot. */
  saved(host: OwnedHost): void {
    host.unsaved = 0;
    this.#unsaved.delete(host.name);
  }

  /** Returns the host with the oldest record that is in no snapshot. */
  oldestUnsaved(): OwnedHost | undefined {
    return this.#unsaved.values().next().value;
  }

  /**
   * Removes and returns the first host that was silent for longer than `evictAfterMs`. While replaying, hosts whose snapshot is newer than the
   * record at hand are passed over: they are in the table before their time.
   */
  takeIdle(offset: number, appendTime: number, evictAfterMs: number): OwnedHost | undefined {
    for (const host of this.#hosts.values()) {
      if (host.lastOffset > offset) continue;
      if (appendTime - host.lastAppendTime <= evictAfterMs) return undefined;
      this.#hosts.delete(host.name);
      this.#unsaved.delete(host.name);
      return host;
    }
    return undefined;
  }
}

/** Returns a host that stands at no record yet. */
export function ownHost(name: string, state: HostState): OwnedHost {
  return {
    name,
    state,
    lastOffset: -1,
    lastAppendTime: 0,
    unsaved: 0,
    unsavedFrom: 0,
    unsavedSince: 0,
  };
}

/** Returns the record of the state topic that a host can be restored from. */
export function writeSnapshot(host: OwnedHost): Buffer {
  const state = encodeHost(host.state);
  return windowStateCodec.encode({
    host: host.name,
    sourceOffset: host.lastOffset,
    appendTime: host.lastAppendTime,
    state: Buffer.from(state.buffer, state.byteOffset, state.byteLength),
  });
}

function readSnapshot(name: string, value: Buffer): OwnedHost {
  const record = windowStateCodec.decode(value);
  if (!record.ok) throw unreadable(name, record);
  const snapshot: WindowState = record.value;
  const decoded = decodeHost(snapshot.state);
  if (!decoded.ok) throw unreadable(name, decoded);
  return {
    ...ownHost(name, decoded.host),
    lastOffset: snapshot.sourceOffset,
    lastAppendTime: snapshot.appendTime,
  };
}

function unreadable(host: string, problem: { code: string; reason: string }): TidewatchError {
  return new TidewatchError({
    code: problem.code,
    retriable: false,
    message: `restoring window state: ${problem.reason}`,
    facts: { host },
  });
}
