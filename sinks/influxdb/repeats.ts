import { hash53 } from '../../detection/series/text-hash.js';

/** Ids that are kept of a host, as `window` keeps them: a producer sends fewer of one host at a time. */
const REMEMBERED = 64;
/** Hosts that are remembered: 1 KiB each. */
const MOST_HOSTS = 10_000;

interface RecentEvents {
  /** Hashes of the ids, 53 bit; 0 = unused. */
  readonly hashes: Float64Array;
  /** Offset of each. */
  readonly offsets: Float64Array;
  next: number;
}

/** Where an event was read. */
export interface EventPlace {
  readonly host: string;
  /** Identity of the event. */
  readonly id: string;
  /** In its partition, which is always the same for a host. */
  readonly offset: number;
}

/**
 * Knows events that a producer has published twice, among the last 64 of a host and since this process started. The same offset
 * read again is no repeat but a redelivery, which must be written: its first write may have failed. Memory: 1 KiB a host, 10 MiB.
 */
export class RepeatedEvents {
  readonly #hosts = new Map<string, RecentEvents>();
  readonly #mostHosts: number;

  constructor(mostHosts = MOST_HOSTS) {
    this.#mostHosts = mostHosts;
  }

  /** Returns whether the same event stands at an earlier offset; remembers it otherwise. */
  isRepeat({ host, id, offset }: EventPlace): boolean {
    const recent = this.#recentOf(host);
    const hash = hash53(id) || 1;
    for (let i = 0; i < REMEMBERED; i += 1)
      if (recent.hashes[i] === hash) return (recent.offsets[i] ?? offset) < offset;
    recent.hashes[recent.next] = hash;
    recent.offsets[recent.next] = offset;
    recent.next = (recent.next + 1) % REMEMBERED;
    return false;
  }

  /** The host that was longest without an event makes room. */
  #recentOf(host: string): RecentEvents {
    const known = this.#hosts.get(host);
    const recent = known ?? {
      hashes: new Float64Array(REMEMBERED),
      offsets: new Float64Array(REMEMBERED),
      next: 0,
    };
    this.#hosts.delete(host);
    this.#hosts.set(host, recent);
    if (this.#hosts.size > this.#mostHosts) {
      const [oldest] = this.#hosts.keys();
      if (oldest !== undefined) this.#hosts.delete(oldest);
    }
    return recent;
  }
}
