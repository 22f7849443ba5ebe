import { describe, expect, it } from 'vitest';
import { Position } from '../../../../common/kafka/lanes/position.js';

describe('Position', () => {
  it('uses a batch that starts where it should, and the rest of one that starts before', () => {
    expect(new Position(10).check(10, 20)).toEqual({ kind: 'use', from: 10 });
    expect(new Position(10).check(5, 20)).toEqual({ kind: 'use', from: 10 });
  });

  it('recognises a batch that is done already, so that a stale fetch emits nothing twice', () => {
    expect(new Position(10).check(5, 9)).toEqual({ kind: 'done' });
  });

  it('sends a batch that starts beyond it back, so that nothing between is lost', () => {
    expect(new Position(10).check(11, 20)).toEqual({ kind: 'ahead', to: 10 });
  });

  it('follows control records only when they follow on', () => {
    const position = new Position(10);
    expect(position.skip(10, 12)).toBeNull();
    expect(position.next).toBe(13);
    expect(position.skip(20, 25)).toBe(13);
    expect(position.next).toBe(13);
  });

  it('never goes back', () => {
    const position = new Position(10);
    position.advance(4);
    expect(position.next).toBe(10);
  });
});
