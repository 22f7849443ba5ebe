import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputRecord, PartitionTask } from '../../../common/kafka/lanes/processor.js';
import { createDriftProcessor } from '../../../processors/drift/task.js';
import { driftReportCodec } from '../../../schemas/drift-report.js';
import type { FeatureEvent } from '../../../schemas/feature-event.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { driftReferences } from '../../support/drift-references.js';
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
const carried = { ...first, version: 'v2-bbbbbbbb', created: 2 };
const rebuilt = {
  ...carried,
  reference: driftReferences(
    HOSTS.slice(1).flatMap((host) => rows(host, 7, 1200)),
    SMALL,
  ),
};

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
  offer(model: ModelVersion): void;
}

function newOwner(second: ModelVersion | null): Owner {
  const table = tableOf(settings, ...(second === null ? [first] : [first, second]));
  const task = createDriftProcessor({ models: table, settings }).createTask(3);
  return { task, offer: (model) => void table.offer(model) };
}

type Step = ReturnType<typeof run>[number];

/** The second model, and the record before which it comes. */
interface Switch {
  readonly model: ModelVersion;
  readonly at: number;
}

const NEVER: Switch = { model: first, at: Number.POSITIVE_INFINITY };

/** What one owner emits for the records `from` to `to`. */
function run(owner: Owner, records: readonly InputRecord[], [from, to]: [number, number], second: Switch) {
  return records.slice(from, to).map((record, i) => {
    if (from + i === second.at) owner.offer(second.model);
    const emitter = new MemoryEmitter();
    const outcome = owner.task.process(record, emitter);
    return { outcome, emitted: emitter.records, restore: owner.task.restoreFrom?.(record.offset + 1) ?? 0 };
  });
}

/** A new owner after everything before it was committed: load, replay, and go on. */
function takeOver(records: readonly InputRecord[], committed: readonly Step[], second: Switch): Owner {
  const owner = newOwner(committed.length > second.at ? second.model : null);
  for (const { emitted } of committed)
    for (const { topic, key, value } of emitted) if (topic === 'driftState') owner.task.load?.(key, value);
  const restore = committed.at(-1)?.restore ?? 0;
  for (const record of records.slice(0, committed.length))
    if (record.offset >= restore) owner.task.replay?.(record);
  return owner;
}

function resumed(records: readonly InputRecord[], crashes: readonly number[], second: Switch): Step[] {
  const steps: Step[] = [];
  for (const at of [...crashes.map((share) => Math.floor(share * records.length)), records.length].sort(
    (a, b) => a - b,
  ))
    steps.push(...run(takeOver(records, steps, second), records, [steps.length, at], second));
  return steps;
}

/** A step as text: bytes by their digest, because comparing buffers cell by cell takes minutes. */
function lineOf({ outcome, emitted, restore }: Step): string {
  return JSON.stringify([outcome, restore, emitted.map(digestOf)]);
}

function reportsOf({ outcome, emitted }: Step): string {
  return JSON.stringify([outcome, emitted.filter(({ topic }) => topic === 'drift').map(digestOf)]);
}

/** Everything but the model version that reports name. */
function withoutVersions({ outcome, emitted, restore }: Step): string {
  const shown = emitted.map(({ topic, key, value, headers }) => {
    const report = topic === 'drift' ? driftReportCodec.decode(value ?? Buffer.alloc(0)) : null;
    if (report === null) return digestOf({ topic, key, value, headers });
    return report.ok ? [{ ...report.value, modelVersion: '' }, headers] : [report.reason];
  });
  return JSON.stringify([outcome, restore, shown]);
}

function digestOf({ topic, key, value, headers }: Step['emitted'][number]) {
  return [topic, key, value === null ? null : createHash('sha1').update(value).digest('hex'), headers];
}

const crashPoints = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 });
const stretches = fc.array(stretch, { minLength: 2, maxLength: 8 });
let reports = 0;

describe('drift restart', () => {
  it('continues after a crash at any record with the very bytes of an uninterrupted run', () => {
    fc.assert(
      fc.property(stretches, crashPoints, (drawn, crashes) => {
        const records = recordsFrom(drawn);
        const expected = run(newOwner(null), records, [0, records.length], NEVER);
        reports += expected.flatMap(({ emitted }) => emitted.filter(({ topic }) => topic === 'drift')).length;
        expect(resumed(records, crashes, NEVER).map(lineOf)).toEqual(expected.map(lineOf));
      }),
      { numRuns: 40 },
    );
    // Runs without a report would show nothing.
    expect(reports).toBeGreaterThan(20);
  });

  const shares = fc.double({ min: 0, max: 1, noNaN: true });

  it('gives the same reports when a model of other references comes before, between or after the crashes', () => {
    fc.assert(
      fc.property(stretches, crashPoints, shares, (drawn, crashes, share) => {
        const records = recordsFrom(drawn);
        const second = { model: rebuilt, at: Math.floor(share * records.length) };
        const expected = run(newOwner(null), records, [0, records.length], second);
        expect(resumed(records, crashes, second).map(reportsOf)).toEqual(expected.map(reportsOf));
      }),
      { numRuns: 40 },
    );
  });

  it('gives the very bytes when a model carries the references on, and the reports as if there had been no other', () => {
    fc.assert(
      fc.property(stretches, crashPoints, shares, (drawn, crashes, share) => {
        const records = recordsFrom(drawn);
        const second = { model: carried, at: Math.floor(share * records.length) };
        const expected = run(newOwner(null), records, [0, records.length], second);
        expect(resumed(records, crashes, second).map(lineOf)).toEqual(expected.map(lineOf));
        const lone = run(newOwner(null), records, [0, records.length], NEVER);
        expect(expected.map(withoutVersions)).toEqual(lone.map(withoutVersions));
      }),
      { numRuns: 40 },
    );
  });
});
