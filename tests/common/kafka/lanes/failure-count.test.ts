import { describe, expect, it } from 'vitest';
import { FailureCount } from '../../../../common/kafka/lanes/failure-count.js';

const MINUTE = 60_000;

describe('FailureCount', () => {
  it('waits longer after every failure, up to five seconds', () => {
    const failures = new FailureCount();
    const waits = Array.from({ length: 8 }, (_, second) => failures.failed(second * 1_000));
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  });

  it('gives up on a lane that has been failing for more than five minutes', () => {
    const failures = new FailureCount();
    const outcomes = [0, 1, 2, 3, 4, 5, 6].map((minute) => failures.failed(minute * MINUTE));
    expect(outcomes.indexOf(null)).toBe(6);
  });

  it('begins anew after a commit', () => {
    const failures = new FailureCount();
    for (let minute = 0; minute <= 5; minute += 1) failures.failed(minute * MINUTE);
    failures.succeeded();
    expect(failures.failed(6 * MINUTE)).toBe(200);
  });

  it('does not add up failures hours apart of a lane without traffic, which never commits', () => {
    const failures = new FailureCount();
    failures.failed(0);
    expect(failures.failed(3 * MINUTE)).toBe(200);
    expect(failures.failed(600 * MINUTE)).toBe(200);
  });
});
