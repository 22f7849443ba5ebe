import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputRecord, PartitionTask } from '../../../common/kafka/lanes/processor.js';
import { createWindowProcessor } from '../../../processors/window/task.js';
import { eventWith, MemoryEmitter, recordOf, settingsWith } from './memory-emitter.js';

const settings = settingsWith({ WINDOW_EVICT_AFTER_MS: '600000', WINDOW_SNAPSHOT_EVENTS: '16' });
const newTask = (): PartitionTask => createWindowProcessor({ settings }).createTask(3);

/** One record's worth of chance. */
const draw = fc.record({
  host: fc.integer({ min: 0, max: 3 }),
  /** Mostly small steps of append time; sometimes past the snapshot age; rarely past eviction. */
  gapMs: fc.oneof(
    { weight: 30, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: 50_000, max: 130_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: 500_000, max: 700_000 }) },
  ),
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant('good' as const) },
    { weight: 1, arbitrary: fc.constant('late' as const) },
    { weight: 1, arbitrary: fc.constant('repeat' as const) },
    { weight: 1, arbitrary: fc.constant('broken' as const) },
    { weight: 1, arbitrary: fc.constant('future' as const) },
  ),
  subset: fc.integer({ min: 1, max: 7 }),
  value: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
});
type Draw = typeof draw extends fc.Arbitrary<infer T> ? T : never;

const LATENESS = { good: 0, late: -5_000, repeat: 0, broken: 0, future: 700_000 } as const;

/** Records before the chance: long enough for baselines, a full ring and the gate. */
const REGULAR = 160;

function recordsFrom(chance: readonly Draw[]): InputRecord[] {
  const regular = Array.from(
    { length: REGULAR },
    (_, i): Draw => ({ host: i % 2, gapMs: 1000, kind: 'good', subset: 7, value: (i * 37) % 11 }),
  );
  const draws = [...regular, ...chance];
  let now = 1_700_000_000_000;
  const metrics = ['cpu', 'disk', 'mem'];
  return draws.map((one, i) => {
    now += one.gapMs;
    const chosen = metrics.filter((_, bit) => (one.subset >> bit) & 1);
    const event = eventWith({
      id: `p:${one.kind === 'repeat' ? Math.max(0, i - 4) : i}`,
      host: `host-${one.kind === 'repeat' ? (draws[Math.max(0, i - 4)]?.host ?? 0) : one.host}`,
      timestamp: now + LATENESS[one.kind],
      metrics: chosen,
      values: chosen.map((_, j) => one.value * (j + 1)),
    });
    const record = recordOf(event, i * 2, now);
    return one.kind === 'broken' ? { ...record, value: Buffer.from('broken') } : record;
  });
}

/** What one owner emits for each record. */
function run(task: PartitionTask, records: readonly InputRecord[]) {
  return records.map((record) => {
    const emitter = new MemoryEmitter();
    const outcome = task.process(record, emitter);
    return { outcome, emitted: emitter.records, restore: task.restoreFrom?.(record.offset + 1) ?? 0 };
  });
}

/** One owner's step as text: bytes by their digest, because comparing buffers cell by cell takes minutes. */
function linesOf({ outcome, emitted, restore }: ReturnType<typeof run>[number]): string {
  const outputs = emitted.map(({ topic, key, value, headers }) => {
    const digest = value === null ? null : createHash('sha1').update(value).digest('hex');
    return [topic, key, digest, headers];
  });
  return JSON.stringify([outcome, restore, outputs]);
}

/** A new owner after everything before `crash` was committed: load, replay, and go on. */
function takeOver(records: readonly InputRecord[], committed: ReturnType<typeof run>): PartitionTask {
  const task = newTask();
  for (const { emitted } of committed)
    for (const { topic, key, value } of emitted) if (topic === 'windowState') task.load?.(key, value);
  const restore = committed.at(-1)?.restore ?? 0;
  for (const record of records.slice(0, committed.length))
    if (record.offset >= restore) task.replay?.(record);
  return task;
}

describe('window restart', () => {
  it('continues after a crash at any record with the very bytes of an uninterrupted run', () => {
    fc.assert(
      fc.property(
        fc.array(draw, { minLength: 1, maxLength: 220 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
        (draws, crashes) => {
          const records = recordsFrom(draws);
          const expected = run(newTask(), records);
          let resumed: ReturnType<typeof run> = [];
          for (const at of [...crashes].sort((a, b) => a - b)) {
            const crash = Math.max(resumed.length, Math.floor(at * records.length));
            resumed.push(...run(takeOver(records, resumed), records.slice(resumed.length, crash)));
            resumed = resumed.slice(0, crash);
          }
          resumed.push(...run(takeOver(records, resumed), records.slice(resumed.length)));
          expect(resumed.map(linesOf)).toEqual(expected.map(linesOf));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never asks for a replay from beyond what it has processed, nor for more than is unsaved', () => {
    fc.assert(
      fc.property(fc.array(draw, { minLength: 1, maxLength: 150 }), (draws) => {
        const records = recordsFrom(draws);
        run(newTask(), records).forEach(({ restore }, i) => {
          const record = records[i] as InputRecord;
          expect(restore).toBeLessThanOrEqual(record.offset + 1);
          const oldest = records.find(({ offset }) => offset >= restore) ?? record;
          expect(record.timestamp - oldest.timestamp).toBeLessThan(60_000);
        });
      }),
      { numRuns: 40 },
    );
  });
});
