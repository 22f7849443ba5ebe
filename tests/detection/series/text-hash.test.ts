import { describe, expect, it } from 'vitest';
import { groupOf } from '../../../detection/series/group.js';
import { noIds, rememberId } from '../../../detection/series/recent-ids.js';
import { fnv1a, fnv1aBytes, hash53 } from '../../../detection/series/text-hash.js';

describe('hashes of texts', () => {
  it('equals the published values of FNV-1a', () => {
    // Test vectors of the reference implementation (Noll, isthe.com/chongo/tech/comp/fnv).
    expect(fnv1a('')).toBe(0x811c9dc5);
    expect(fnv1a('a')).toBe(0xe40c292c);
    expect(fnv1a('foobar')).toBe(0xbf9cf968);
    expect(fnv1aBytes(Buffer.from('foobar'), 6)).toBe(0xbf9cf968);
  });

  it('has no collision among ids that differ in their sequence only, nor in 26 bits more than chance', () => {
    const seen = new Set<number>();
    const low = new Set<number>();
    const high = new Set<number>();
    const count = 200_000;
    for (let i = 0; i < count; i++) {
      const hash = hash53(`6f1c8d2e-5b7a-4c3d-9e8f-0a1b2c3d4e5f:${i}`);
      seen.add(hash);
      low.add(hash % 2 ** 26);
      high.add(Math.floor(hash / 2 ** 27));
    }
    expect(seen.size).toBe(count);
    expect([...seen].every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
    // Of n values in m = 2^26 cells m (1 - e^(-n/m)) are distinct: 199,702 here, standard deviation 17.
    for (const half of [low, high]) expect(Math.abs(half.size - 199_702)).toBeLessThan(120);
  });

  it('remembers exactly the last 64 ids', () => {
    const recent = noIds();
    for (let i = 0; i < 65; i++) expect(rememberId(recent, `p:${i}`)).toBe(true);
    for (let i = 1; i < 65; i++) expect(rememberId(recent, `p:${i}`)).toBe(false);
    expect(rememberId(recent, 'p:0')).toBe(true);
  });

  it('names groups by label or by names', () => {
    expect(groupOf({ group: 'web' }, ['cpu'])).toBe('web');
    expect(groupOf({ group: '' }, ['cpu'])).toBe(groupOf({}, ['cpu']));
    expect(groupOf({}, ['cpu', 'mem'])).toMatch(/^g-[0-9a-f]{8}$/);
    expect(groupOf({}, ['ab', 'c'])).not.toBe(groupOf({}, ['a', 'bc']));
  });
});
