import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../common/random.js';
import { expectedPathLengthSteps } from '../../../detection/isolation-forest/expectation.js';
import { importSklearnForest } from '../../../detection/isolation-forest/sklearn-import.js';
import { decodeForest, decodeForestSteps, encodeForest } from '../../../detection/isolation-forest/state.js';
import { loadVector, VECTOR_NAMES } from './vectors.js';

const small = encodeForest(importSklearnForest(loadVector('iforest_f3_t20').vector));

function reasonFor(bytes: Uint8Array): string {
  const decoded = decodeForest(bytes);
  return decoded.ok ? 'no reason' : decoded.reason;
}

/** A copy with other bytes and a checksum that fits them: what a writer with a bug would leave. */
function rewrite(change: (view: DataView) => void): Uint8Array {
  const bytes = small.slice();
  const view = new DataView(bytes.buffer);
  change(view);
  let hash = 0x811c9dc5;
  for (const byte of bytes.subarray(0, -4)) hash = Math.imul(hash ^ byte, 0x01000193);
  view.setUint32(bytes.length - 4, hash >>> 0, true);
  return bytes;
}

describe('forest state', () => {
  it.each(VECTOR_NAMES)('%s: a round trip gives the same forest, bit for bit', (name) => {
    const forest = importSklearnForest(loadVector(name).vector);
    expect(decodeForest(encodeForest(forest))).toEqual({ ok: true, forest });
    const own = { ...forest, castsToFloat32: false };
    expect(decodeForest(encodeForest(own))).toEqual({ ok: true, forest: own });
  });

  it('decodes from the middle of a larger buffer', () => {
    const buffer = new Uint8Array(small.length + 13);
    buffer.set(small, 7);
    expect(decodeForest(buffer.subarray(7, 7 + small.length)).ok).toBe(true);
  });

  it('refuses every shortened form', () => {
    for (let length = 0; length < small.length; length += 1) {
      expect(decodeForest(small.subarray(0, length)).ok).toBe(false);
    }
  });

  it('refuses any single altered byte', () => {
    const random = seededRandom(5);
    const bytes = small.slice();
    for (let i = 0; i < bytes.length; i += 1) {
      const original = bytes[i] ?? 0;
      bytes[i] = original ^ (1 + Math.floor(random() * 255));
      expect(decodeForest(bytes).ok).toBe(false);
      bytes[i] = original;
    }
  });

  it('names what is wrong', () => {
    expect(reasonFor(new Uint8Array(5))).toContain('5 bytes are too few');
    expect(reasonFor(rewrite((view) => view.setUint8(0, 0)))).toContain('magic');
    expect(reasonFor(rewrite((view) => view.setUint16(4, 2, true)))).toContain('version 2 is unknown');
    expect(reasonFor(small.map((byte, i) => (i === 40 ? byte ^ 1 : byte)))).toContain('checksum differs');
  });

  it('refuses a wrong forest under a right checksum', () => {
    expect(reasonFor(rewrite((view) => view.setUint32(12, 21, true)))).toContain('end inside a tree');
    expect(reasonFor(rewrite((view) => view.setUint32(12, 19, true)))).toContain('after the last tree');
    expect(reasonFor(rewrite((view) => view.setUint32(12, 0, true)))).toContain('after the last tree');
    expect(reasonFor(rewrite((view) => view.setUint16(24, 3, true)))).toContain('feature 3 is not in 0..2');
    expect(reasonFor(rewrite((view) => view.setFloat64(26, Number.NaN, true)))).toContain('not finite');
    expect(reasonFor(rewrite((view) => view.setUint32(16, 0, true)))).toContain('subsampleSize 0');
  });
});

it('is read and put together tree by tree: nothing is done for all trees at once', () => {
  const forest = importSklearnForest(loadVector('iforest_f3_t20').vector);
  const chunks = Math.ceil(small.length / 16_384);
  expect([...decodeForestSteps(small)]).toHaveLength(chunks + 2 * forest.treeCount);
  expect([...expectedPathLengthSteps(forest)]).toHaveLength(forest.treeCount);
});
