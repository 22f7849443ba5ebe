import { expect, test } from 'vitest';
import { silentLogger } from '../../../common/log.js';
import { firstReadings, slowValue } from '../../../producers/host-collector/slow-values.js';

function counted(everyMs: number, outcomes: (() => Promise<number>)[]) {
  let now = 0;
  let reads = 0;
  const value = slowValue({
    name: 'disk use',
    everyMs,
    monotonicNow: () => now,
    log: silentLogger(),
    read: () => {
      const outcome = outcomes[reads];
      reads += 1;
      return outcome === undefined ? Promise.reject(new Error('no more')) : outcome();
    },
  });
  return { value, reads: () => reads, setNow: (ms: number) => (now = ms) };
}

test('read at its own rhythm, repeated in between', async () => {
  const { value, reads, setNow } = counted(30_000, [async () => 1, async () => 2]);
  await firstReadings([value])();
  expect(value.get()).toBe(1);
  setNow(29_999);
  expect(value.get()).toBe(1);
  expect(reads()).toBe(1);
  setNow(30_000);
  expect(value.get()).toBe(1);
  await value.settled();
  expect(value.get()).toBe(2);
});

test('a failed reading leaves the value out', async () => {
  const { value, setNow } = counted(1_000, [async () => 1]);
  await firstReadings([value])();
  setNow(1_000);
  value.get();
  await value.settled();
  expect(value.get()).toBeUndefined();
});

test('a reading that hangs neither holds up anybody nor lets an old value stand for ever', async () => {
  const { value, reads, setNow } = counted(1_000, [async () => 1, () => new Promise(() => undefined)]);
  await firstReadings([value])();
  setNow(1_000);
  value.get();
  setNow(3_900);
  expect(value.get()).toBe(1);
  setNow(4_100);
  expect(value.get()).toBeUndefined();
  expect(reads()).toBe(2);
});
