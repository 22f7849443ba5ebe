/** A source of uniform doubles in [0, 1). */
export type Random = () => number;

/**
 * Returns a seeded source of uniform doubles in [0, 1): Mulberry32 (Tommy Ettinger's public-domain generator, 32 bits of
 * state). Same seed, same sequence, on every machine. Not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Returns a standard normal draw (Box and Muller's polar-free form). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
