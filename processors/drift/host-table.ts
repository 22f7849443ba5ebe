import type { Section } from './core.js';

/** One tested host of the partition: its sections by group, and what of them is in no snapshot yet. */
export interface OwnedHost {
  readonly name: string;
  readonly sections: Map<string, Section>;
  /** Offset and append time (ms) of the last record that is part of the state. */
  lastOffset: number;
  lastAppendTime: number;
  /** Records since the last snapshot, and offset and append time of the first of them. */
  unsaved: number;
  unsavedFrom: number;
  unsavedSince: number;
  /** Whether the state topic holds a snapshot of it. */
  isStored: boolean;
  /** Whether a section began afresh since the last snapshot: then it is saved with the record at hand: a restart must find the same beginning. */
  hasSwitched: boolean;
}

/** Returns a host that stands at no record yet. */
export function ownHost(name: string, sections: Map<string, Section> = new Map()): OwnedHost {
  return {
    name,
    sections,
    lastOffset: -1,
    lastAppendTime: 0,
    unsaved: 0,
    unsavedFrom: 0,
    unsavedSince: 0,
    isStored: false,
    hasSwitched: false,
  };
}

/**
 * The tested hosts of one partition in two orders, each by a Map's order of insertion: by last record (for eviction) and by the oldest
 * record that is in no snapshot (for the age of snapshots and the restore offset). Both follow from offsets alone, so that a restored
 * table equals the one that was lost. Every operation is O(1).
 */
export class HostTable {
  /** By last record, oldest first. */
  readonly #hosts = new Map<string, OwnedHost>();
  /** Hosts with records in no snapshot, by the oldest of these. */
  readonly #unsaved = new Map<string, OwnedHost>();

  constructor(restored: readonly OwnedHost[] = []) {
    for (const host of [...restored].sort((a, b) => a.lastOffset - b.lastOffset))
      this.#hosts.set(host.name, host);
  }

  get size(): number {
    return this.#hosts.size;
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
    host.isStored = true;
    host.hasSwitched = false;
    this.#unsaved.delete(host.name);
  }

  /** Returns the host with the oldest record that is in no snapshot. */
  oldestUnsaved(): OwnedHost | undefined {
    return this.#unsaved.values().next().value;
  }

  remove(host: OwnedHost): void {
    this.#hosts.delete(host.name);
    this.#unsaved.delete(host.name);
  }

  /**
   * Removes and returns the first host that was silent for longer than `evictAfterMs`. While replaying, hosts whose snapshot is newer than the
   * record at hand are passed over: they are in the table before their time.
   */
  takeIdle(offset: number, appendTime: number, evictAfterMs: number): OwnedHost | undefined {
    for (const host of this.#hosts.values()) {
      if (host.lastOffset > offset) continue;
      if (appendTime - host.lastAppendTime <= evictAfterMs) return undefined;
      this.remove(host);
      return host;
    }
    return undefined;
  }
}
