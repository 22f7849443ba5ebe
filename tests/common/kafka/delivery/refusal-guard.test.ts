import { describe, expect, it } from 'vitest';
import { RefusalGuard } from '../../../../common/kafka/delivery/refusal-guard.js';

function feed(guard: RefusalGuard, refused: readonly boolean[]): number {
  return refused.findIndex((bad) => !guard.admit(bad));
}

describe('RefusalGuard', () => {
  it('lets one in five pass for ever', () => {
    const guard = new RefusalGuard();
    expect(
      feed(
        guard,
        Array.from({ length: 10_000 }, (_, index) => index % 5 === 0),
      ),
    ).toBe(-1);
  });

  it('stops at the 201st refusal of a window, so that at most 200 records drain', () => {
    expect(feed(new RefusalGuard(), new Array<boolean>(300).fill(true))).toBe(200);
  });

  it('forgets what is older than the window', () => {
    const guard = new RefusalGuard();
    expect(feed(guard, new Array<boolean>(200).fill(true))).toBe(-1);
    expect(feed(guard, new Array<boolean>(1_000).fill(false))).toBe(-1);
    expect(feed(guard, new Array<boolean>(200).fill(true))).toBe(-1);
  });
});
