import { expect, test } from 'vitest';
import type { Acknowledged, OutgoingRecord, Publisher } from '../../../common/kafka/publisher.js';
import { planArrivals } from '../../../producers/load-generator/arrivals.js';
import { LoadRun } from '../../../producers/load-generator/load-run.js';

/** A publisher whose broker answers only when told to. */
class HeldPublisher implements Publisher {
  readonly records: OutgoingRecord[] = [];
  readonly answers: ((outcome: Acknowledged | Error) => void)[] = [];

  publish(record: OutgoingRecord): Promise<Acknowledged> {
    this.records.push(record);
    return new Promise((resolve, reject) => {
      this.answers.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
    });
  }

  stats(): never {
    throw new Error('not used');
  }

  async flush(): Promise<void> {}
  async close(): Promise<void> {}
}

function runOf(publisher: Publisher, maxInFlight: number, clock: { now: number; stop: AbortController }) {
  return new LoadRun({
    publisher,
    arrivals: planArrivals({ rate: 100, durationSeconds: 1, rampSeconds: 0, burst: null }),
    durationMs: 1000,
    recordAt: (timestamp) => ({
      topic: 'metrics',
      key: 'h',
      value: Buffer.from([1, 2]),
      headers: { t: `${timestamp}` },
    }),
    maxInFlight,
    monotonicNow: () => {
      clock.now += 1;
      return clock.now;
    },
    startedAtEpochMs: 1_000_000,
    signal: clock.stop.signal,
  });
}

test('an open loop: with no answer at all every event is sent, at its own time', async () => {
  const publisher = new HeldPublisher();
  const clock = { now: 0, stop: new AbortController() };
  const run = runOf(publisher, 1_000, clock);
  await run.send();
  expect(run.counts).toMatchObject({ planned: 100, sent: 100, acknowledged: 0 });
  expect(publisher.records[0]?.headers['t']).toBe('1000005');
  expect(publisher.records[99]?.headers['t']).toBe('1000995');
});

test('a stalled broker: latency counts from the scheduled time, what is not sent by the end stays unsent', async () => {
  const publisher = new HeldPublisher();
  const clock = { now: 0, stop: new AbortController() };
  const run = runOf(publisher, 10, clock);
  await run.send();
  expect(run.counts.sent).toBe(10);
  expect(run.stalledSeconds).toBeGreaterThan(0.05);
  for (const answer of publisher.answers) answer({ latencyMs: 3 });
  await run.drain(1_000);
  expect(run.counts).toMatchObject({ acknowledged: 10, bytes: 20, failed: 0 });
  expect(run.fromPublish.max).toBe(3);
  expect(run.fromSchedule.quantile(0.5)).toBeGreaterThan(800);
});

test('failures are counted by their code', async () => {
  const publisher = new HeldPublisher();
  const clock = { now: 0, stop: new AbortController() };
  const run = runOf(publisher, 1_000, clock);
  await run.send();
  publisher.answers.forEach((answer, index) => {
    answer(index < 3 ? Object.assign(new Error('no'), { code: 'BUFFER_FULL' }) : { latencyMs: 1 });
  });
  await run.drain(1_000);
  expect(run.counts).toMatchObject({ acknowledged: 97, failed: 3, errors: { BUFFER_FULL: 3 } });
});

test('a stop ends the sending at once', async () => {
  const clock = { now: 0, stop: new AbortController() };
  const run = runOf(new HeldPublisher(), 1_000, clock);
  clock.stop.abort();
  await run.send();
  expect(run.counts.sent).toBe(0);
});
