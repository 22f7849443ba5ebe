import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputRecord, PartitionTask } from '../../../common/kafka/lanes/processor.js';
import { driftReferences } from '../../../jobs/train/drift-references.js';
import { createDriftProcessor } from '../../../processors/drift/task.js';
import type { FeatureEvent } from '../../../schemas/feature-event.js';
import { MemoryEmitter } from '../window/memory-emitter.js';
import { row, rows, SMALL } from './drift-harness.js';
import { modelOf, recordOf, settingsWith, tableOf } from './drift-world.js';

const settings = settingsWith({
  DRIFT_MIN_ROWS: '6',
  DRIFT_PERSISTENCE_BLOCKS: '3',
  DRIFT_SNAPSHOT_EVENTS: '25',
  DRIFT_SNAPSHOT_AGE_MS: '9000',
  DRIFT_EVICT_AFTER_MS: '60000',
});

const HOSTS = ['host-0', 'host-1', 'host-2'];
const first = modelOf([], {
  driftBlockMs: SMALL.blockMs,
  driftWindowBlocks: SMALL.windowBlocks,
  // host-3 has no reference: it waits.
  reference: driftReferences(
    HOSTS.flatMap((host) => rows(host, 0, 1200)),
    SMALL,
  ),
});
const second = { ...first, version: 'v2-bbbbbbbb', created: 2 };

/** A stretch of records at one level, mostly; chance decides how they come. */
const stretch = fc.record({
  level: fc.constantFrom(0, 0, 60, 150),
  length: fc.integer({ min: 20, max: 260 }),
  /** Before the stretch: mostly none, sometimes some blocks, rarely past eviction. */
  gapMs: fc.constantFrom(0, 0, 0, 0, 2_500, 14_000, 70_000),
  kind: fc.constantFrom('good', 'good', 'good', 'late', 'stale', 'broken', 'other-group'),
  hosts: fc.integer({ min: 1, max: 4 }),
});
type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never;

function recordsFrom(stretches: readonly Stretch[]): InputRecord[] {
  const records: InputRecord[] = [];
  let index = 1200;
  for (const { level, length, gapMs, kind, hosts } of stretches) {
    index += gapMs / 100;
    for (let i = 0; i < length; i += 1) {
      index += 1;
      const offset = records.length * 2;
      const odd = i % 9 === 0 ? kind : 'good';
      const event = row(`host-${i % hosts}`, index, level, { sourceOffset: offset, ...CHANGES[odd] });
      const shown = odd === 'stale' ? { ...event, appendTime: event.appendTime - 5_000 } : event;
      const record = recordOf(shown, offset);
      records.push(odd === 'broken' ? { ...record, value: Buffer.from('broken') } : record);
    }
  }
  return records;
}

const CHANGES: Readonly<Record<Stretch['kind'], Partial<FeatureEvent>>> = {
  good: {},
  late: { late: true },
  stale: {},
  broken: {},
  'other-group': { group: 'g-00000000' },
};

/** The owners of one partition; each is given the models that are there when it begins. */
interface Owner {
  readonly task: PartitionTask;
  offer(): void;
}

function newOwner(isSwitched: boolean): Owner {
  const table = tableOf(settings, ...(isSwitched ? [first, second] : [first]));
  const task = createDriftProcessor({ models: table, settings }).createTask(3);
  return { task, offer: () => void table.offer(second) };
}

type Step = ReturnType<typeof run>[number];

/** What one owner emits for the records `from` to `to`; the second model comes before the record `switchAt`. */
function run(owner: Owner, records: readonly InputRecord[], [from, to, switchAt]: [number, number, number]) {
  return records.slice(from, to).map((record, i) => {
    if (from + i === switchAt) owner.offer();
    const emitter = new MemoryEmitter();
    const outcome = owner.task.process(record, emitter);
    return { outcome, emitted: emitter.records, restore: owner.task.restoreFrom?.(record.offset + 1) ?? 0 };
  });
}

/** A new owner after everything before it was committed: load, replay, and go on. */
function takeOver(records: readonly InputRecord[], committed: readonly Step[], switchAt: number): Owner {
  const owner = newOwner(committed.length > switchAt);
  for (const { emitted } of committed)
    for (const { topic, key, value } of emitted) if (topic === 'driftState') owner.task.load?.(key, value);
  const restore = committed.at(-1)?.restore ?? 0;
  for (const record of records.slice(0, committed.length))
    if (record.offset >= restore) owner.task.replay?.(record);
  return owner;
}

function resumed(records: readonly InputRecord[], crashes: readonly number[], switchAt: number): Step[] {
  const steps: Step[] = [];
  for (const at of [...crashes.map((share) => Math.floor(share * records.length)), records.length].sort(
    (a, b) => a - b,
  ))
    steps.push(...run(takeOver(records, steps, switchAt), records, [steps.length, at, switchAt]));
  return steps;
}

/** A step as text: bytes by their digest, because comparing buffers cell by cell takes minutes. */
function lineOf({ outcome, emitted, restore }: Step): string {
  return JSON.stringify([outcome, restore, emitted.map(digestOf)]);
}

function reportsOf({ outcome, emitted }: Step): string {
  return JSON.stringify([outcome, emitted.filter(({ topic }) => topic === 'drift').map(digestOf)]);
}

function digestOf({ topic, key, value, headers }: Step['emitted'][number]) {
  return [topic, key, value === null ? null : createHash('sha1').update(value).digest('hex'), headers];
}

const crashPoints = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 });
const stretches = fc.array(stretch, { minLength: 2, maxLength: 8 });
const NEVER = Number.POSITIVE_INFINITY;
let reports = 0;

describe('drift restart', () => {
  it('continues after a crash at any record with the very bytes of an uninterrupted run', () => {
    fc.assert(
      fc.property(stretches, crashPoints, (drawn, crashes) => {
        const records = recordsFrom(drawn);
        const expected = run(newOwner(false), records, [0, records.length, NEVER]);
        reports += expected.flatMap(({ emitted }) => emitted.filter(({ topic }) => topic === 'drift')).length;
        expect(resumed(records, crashes, NEVER).map(lineOf)).toEqual(expected.map(lineOf));
      }),
      { numRuns: 40 },
    );
    // Runs without a report would show nothing.
    expect(reports).toBeGreaterThan(20);
  });

  it('gives the same reports when a new model comes before, between or after the crashes', () => {
    fc.assert(
      fc.property(
        stretches,
        crashPoints,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (drawn, crashes, share) => {
          const records = recordsFrom(drawn);
          const switchAt = Math.floor(share * records.length);
          const expected = run(newOwner(false), records, [0, records.length, switchAt]);
          expect(resumed(records, crashes, switchAt).map(reportsOf)).toEqual(expected.map(reportsOf));
        },
      ),
      { numRuns: 40 },
    );
  });
});
