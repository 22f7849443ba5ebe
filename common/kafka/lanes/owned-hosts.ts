/** Where one host of a partition stands: what of it is part of the state, and what of that is in no snapshot yet. */
export interface HostPosition {
  readonly name: string;
  /** Offset and append time (ms) of the last record that is part of the state. */
  lastOffset: number;
  lastAppendTime: number;
  /** Records since the last snapshot, and offset and append time of the first of them. */
  unsaved: number;
  unsavedFrom: number;
  unsavedSince: number;
}

/** Returns the position of a host that stands at no record yet. */
export function startOfHost(name: string): HostPosition {
  return { name, lastOffset: -1, lastAppendTime: 0, unsaved: 0, unsavedFrom: 0, unsavedSince: 0 };
}

/**
 * The hosts of one partition, for a task that keeps state per host. Two orders are kept, each by a Map's order of insertion: by last record
 * (for eviction) and by the oldest record that is in no snapshot (for the age of snapshots and the restore offset). Both follow from offsets
 * alone, so that a restored table equals the one that was lost. Every operation is O(1), but the first use after `load`: snapshots are decoded
 * then, because whatever else they need (the models) has been read by that time.
 */
export class OwnedHosts<Host extends HostPosition> {
  /** By last record, oldest first. */
  readonly #hosts = new Map<string, Host>();
  /** Hosts with records in no snapshot, by the oldest of these. */
  readonly #unsaved = new Map<string, Host>();
  #loaded: Map<string, Buffer> | null = new Map();

  /** @param read returns the host of a snapshot, or throws when it cannot be read: going on without it would change results silently */
  constructor(private readonly read: (name: string, value: Buffer) => Host) {}

  /** Takes one value of the state topic, in the topic's order: the newest of a key wins, null removes it. */
  load(name: string, value: Buffer | null): void {
    if (this.#loaded === null) throw new Error('loading state of hosts: records were already processed');
    if (value === null) this.#loaded.delete(name);
    else this.#loaded.set(name, value);
  }

  /** Hosts that are owned; decodes nothing. */
  get size(): number {
    return this.#loaded?.size ?? this.#hosts.size;
  }

  get(name: string): Host | undefined {
    return this.#settled().get(name);
  }

  /** Moves a host behind all others in the order of eviction. */
  touch(host: Host): void {
    const hosts = this.#settled();
    hosts.delete(host.name);
    hosts.set(host.name, host);
  }

  /** Notes that a record became part of the host's state. */
  changed(host: Host, offset: number, appendTime: number): void {
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
  saved(host: Host): void {
    host.unsaved = 0;
    this.#unsaved.delete(host.name);
  }

  /** Returns the host with the oldest record that is in no snapshot. */
  oldestUnsaved(): Host | undefined {
    return this.#unsaved.values().next().value;
  }

  remove(host: Host): void {
    this.#settled().delete(host.name);
    this.#unsaved.delete(host.name);
  }

  /**
   * Removes and returns the first host that was silent for longer than `evictAfterMs`. While replaying, hosts whose snapshot is newer than the
   * record at hand are passed over: they are in the table before their time.
   */
  takeIdle(offset: number, appendTime: number, evictAfterMs: number): Host | undefined {
    for (const host of this.#settled().values()) {
      if (host.lastOffset > offset) continue;
      if (appendTime - host.lastAppendTime <= evictAfterMs) return undefined;
      this.remove(host);
      return host;
    }
    return undefined;
  }

  #settled(): Map<string, Host> {
    if (this.#loaded === null) return this.#hosts;
    const restored = [...this.#loaded].map(([name, value]) => this.read(name, value));
    this.#loaded = null;
    restored.sort((a, b) => a.lastOffset - b.lastOffset);
    for (const host of restored) this.#hosts.set(host.name, host);
    return this.#hosts;
  }
}
