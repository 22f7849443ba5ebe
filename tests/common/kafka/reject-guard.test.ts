import { describe, expect, it } from 'vitest';
import { RejectGuard } from '../../../common/kafka/reject-guard.js';

describe('RejectGuard', () => {
  it('lets a fifth of a window pass and trips at one more', () => {
    const guard = new RejectGuard();
    const trips = Array.from({ length: 201 }, () => guard.count(true));
    expect(trips.indexOf(true)).toBe(200);
  });

  it('never trips on poison among good records, however long the stream', () => {
    const guard = new RejectGuard();
    const trips = Array.from({ length: 20_000 }, (_, index) => guard.count(index % 6 === 0));
    expect(trips).not.toContain(true);
  });

  it('forgets a window once it is over', () => {
    const guard = new RejectGuard();
    for (let index = 0; index < 1_000; index += 1) guard.count(index < 200);
    expect(Array.from({ length: 200 }, () => guard.count(true))).not.toContain(true);
  });
});
