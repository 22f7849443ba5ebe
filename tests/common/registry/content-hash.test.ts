import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contentHash, contentHashSteps, type ModelContent } from '../../../common/registry/content-hash.js';

const content: ModelContent = {
  kind: 'k',
  subsampleSize: 7,
  features: [{ metric: 'm', statistic: 's', window: 5, centre: -0, scale: 1e-300 }],
  scaling: [{ host: 'h', centres: [1.5], scales: [2.5] }],
  forest: Buffer.from([1, 2, 3]),
  calibration: [{ method: 'z', median: 0.5, q99: 1, threshold: 2 }],
  threshold: 3,
};

/** What goes into the hash, written out by hand: texts with their length, numbers as eight little-endian bytes. */
function writtenOut(): Buffer {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
  };
  const parts = [1, 'k', 7, 1, 1, 'm', 1, 's', 5, -0, 1e-300, 1, 1, 'h', 1.5, 2.5, 3, content.forest];
  return Buffer.concat(
    [...parts, 1, 1, 'z', 0.5, 1, 2, 3].map((part) => {
      if (typeof part === 'number') return number(part);
      return typeof part === 'string' ? Buffer.from(part) : part;
    }),
  );
}

describe('contentHash', () => {
  it('is the SHA-256 of lengths, texts and little-endian doubles: models that were stored are read on any machine', () => {
    expect(contentHash(content)).toBe(createHash('sha256').update(writtenOut()).digest('hex'));
  });

  it.each<[string, Partial<ModelContent>]>([
    ['the centre of a host', { scaling: [{ host: 'h', centres: [1.25], scales: [2.5] }] }],
    ['the scale of a host', { scaling: [{ host: 'h', centres: [1.5], scales: [2.25] }] }],
    ['the name of a host', { scaling: [{ host: 'i', centres: [1.5], scales: [2.5] }] }],
    ['the number of hosts', { scaling: [] }],
    ['the threshold', { threshold: 4 }],
  ])('changes with %s', (_, change) => {
    expect(contentHash({ ...content, ...change })).not.toBe(contentHash(content));
  });
});

it('gives way for every 128 KiB of a forest, every host and every 64 features', () => {
  const stepsOf = (changed: Partial<ModelContent>) =>
    [...contentHashSteps({ ...content, ...changed })].length;
  const few = stepsOf({});
  const [host] = content.scaling;
  const [feature] = content.features;
  if (host === undefined || feature === undefined) return expect.fail('no content');
  expect(stepsOf({ forest: Buffer.alloc(16 * 1_048_576) }) - few).toBe(127);
  expect(stepsOf({ scaling: new Array(101).fill(host) }) - few).toBe(100);
  expect(stepsOf({ features: new Array(640).fill(feature) }) - few).toBe(9);
});
