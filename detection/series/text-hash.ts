const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Starting value of {@link fnv1a}. */
export const FNV_START = FNV_OFFSET;

/** Returns the FNV-1a hash (32 bit, unsigned) of a text's code units (low byte each), continued from `hash`. O(length). */
export function fnv1a(text: string, hash: number = FNV_OFFSET): number {
  let state = hash;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ (text.charCodeAt(i) & 0xff), FNV_PRIME);
  return state >>> 0;
}

/** Returns the FNV-1a hash (32 bit, unsigned) of bytes[0, end): one changed byte always changes it. O(end). */
export function fnv1aBytes(bytes: Uint8Array, end: number): number {
  let state = FNV_OFFSET;
  for (let i = 0; i < end; i++) state = Math.imul(state ^ (bytes[i] as number), FNV_PRIME);
  return state >>> 0;
}

/**
 * Returns a 53-bit hash of a text, a safe integer. 32 bits would be too few to drop repeats by: at 5,000 events a second
 * and 64 remembered ids that is several healthy events a day dropped by chance; with 53 bits one in a thousand years.
 * Two lanes with different multipliers and a different mixing step, finished by MurmurHash3's avalanche.
 */
export function hash53(text: string): number {
  let low = FNV_OFFSET;
  let high = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, FNV_PRIME);
    high = Math.imul(high + unit, 0x85ebca6b);
    high ^= high >>> 15;
  }
  return (avalanche(high ^ low) & 0x1fffff) * 2 ** 32 + (avalanche(low + text.length) >>> 0);
}

/** The finaliser of MurmurHash3 (Appleby, 2011): every input bit reaches every output bit. */
function avalanche(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
