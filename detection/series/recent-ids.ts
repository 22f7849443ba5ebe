import { hash53 } from './text-hash.js';

/** How many ids of a host are remembered: a producer resends at most its last send, of which 48 may be of one host (common/kafka/publisher.ts). */
export const REMEMBERED_IDS = 64;

/** The newest ids of a host, as hashes. */
export interface RecentIds {
  /** Hashes of the ids, 53 bit; 0 = unused. */
  readonly hashes: Float64Array;
  /** Position of the next one. */
  next: number;
}

/** Returns a memory without ids. */
export function noIds(): RecentIds {
  return { hashes: new Float64Array(REMEMBERED_IDS), next: 0 };
}

/**
 * Remembers an id; returns false, and changes nothing, when it is one of the last {@link REMEMBERED_IDS}.
 * Two different ids are taken for one with probability 64 / 2^53 per event.
 */
export function rememberId(recent: RecentIds, id: string): boolean {
  const hash = hash53(id) || 1;
  const { hashes } = recent;
  for (let i = 0; i < REMEMBERED_IDS; i++) if (hashes[i] === hash) return false;
  hashes[recent.next] = hash;
  recent.next = (recent.next + 1) % REMEMBERED_IDS;
  return true;
}
