import { describe, expect, it } from 'vitest';
import { decodeRestore, encodeRestore } from '../../../../common/kafka/lanes/restore-metadata.js';

describe('restore metadata', () => {
  it('round-trips', () => {
    expect(decodeRestore(encodeRestore(0))).toBe(0);
    expect(decodeRestore(encodeRestore(9_007_199_254_740_991))).toBe(9_007_199_254_740_991);
  });

  it('reads nothing into what it did not write', () => {
    for (const text of [null, undefined, '', 'v2;restore=1', 'v1;restore=-1', 'v1;restore=1x'])
      expect(decodeRestore(text)).toBeNull();
  });
});
