import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/** Largest decompressed record batch, bytes: the broker bounds only the compressed size, and gzip can grow a thousandfold. */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

const compress = promisify(gzip);
const decompress = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/** Returns kafkajs's gzip codec with a bound on what a batch may inflate to (kafkajs itself has none). */
export function boundedGzip(): {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
} {
  return {
    compress: (encoder) => compress(encoder.buffer),
    decompress: (bytes) => decompress(bytes, { maxOutputLength: MAX_INFLATED_BYTES }),
  };
}
