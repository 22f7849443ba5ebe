import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { boundedGzip, MAX_INFLATED_BYTES } from '../../../common/kafka/gzip.js';

describe('boundedGzip', () => {
  it('round-trips', async () => {
    const codec = boundedGzip();
    const bytes = Buffer.from('tidewatch'.repeat(1_000));
    expect(await codec.decompress(await codec.compress({ buffer: bytes }))).toEqual(bytes);
  });

  it('refuses a batch that would inflate beyond its bound, with an error that kafkajs does not retry for ever', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_INFLATED_BYTES + 1));
    expect(bomb.length).toBeLessThan(100_000);
    // kafkajs ends its consumer for a RangeError and retries most others.
    await expect(boundedGzip().decompress(bomb)).rejects.toBeInstanceOf(RangeError);
  });
});
