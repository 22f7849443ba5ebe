import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../../common/metrics.js';
import { registerDriftFigures } from '../../../processors/drift/figures.js';
import { createDriftProcessor } from '../../../processors/drift/task.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { windowStateCodec } from '../../../schemas/window-state.js';
import { driftReferences } from '../../support/drift-references.js';
import { MemoryEmitter } from '../window/memory-emitter.js';
import { feed, records, reportsOf, row, rows, SMALL } from './drift-harness.js';
import { GROUP, modelOf, recordOf, settingsWith, tableOf } from './drift-world.js';

/** Reference of rows 0 to 1200: ten windows. */
const TRAINED = 1200;

function modelWith(part: Partial<ModelVersion> = {}, hosts: readonly string[] = ['web-1']): ModelVersion {
  const reference = driftReferences(
    hosts.flatMap((host) => rows(host, 0, TRAINED)),
    SMALL,
  );
  return modelOf([], {
    driftBlockMs: SMALL.blockMs,
    driftWindowBlocks: SMALL.windowBlocks,
    reference,
    ...part,
  });
}

/** The next version, with references of its own. */
const rebuilt = () =>
  modelWith({
    version: 'v2-bbbbbbbb',
    created: 2,
    reference: driftReferences(rows('web-1', 10, TRAINED), SMALL),
  });

const values = { DRIFT_MIN_ROWS: '40', DRIFT_EVICT_AFTER_MS: '60000', DRIFT_SNAPSHOT_AGE_MS: '5000' };
const settings = settingsWith(values);

function newProcessor(...models: ModelVersion[]) {
  const table = tableOf(settings, ...models);
  const processor = createDriftProcessor({ models: table, settings });
  return { processor, table, task: processor.createTask(3) };
}

const shifted = [...rows('web-1', TRAINED, 1400), ...rows('web-1', 1400, 2000, 80)];

describe('the drift task', () => {
  it('reports a lasting change once, under host and source offset, with harm that it cannot know at 0', () => {
    const { task, processor } = newProcessor(modelWith());
    const emitter = feed(task, records(shifted));
    const reports = reportsOf(emitter);
    expect(reports).toHaveLength(1);
    const [report] = reports;
    expect(report).toMatchObject({ host: 'web-1', modelVersion: 'v1-aaaaaaaa', drifted: true, harm: 0 });
    expect(report?.recommendation).toMatch(/^adopt: unless an incident is open/);
    const offset = Number(report?.id.split(':')[1]);
    expect(offset).toBeGreaterThan(1520);
    expect(report?.to).toBeLessThanOrEqual(row('web-1', offset).appendTime);
    expect(emitter.of('drift')[0]).toMatchObject({ key: 'web-1', headers: { 'tidewatch-id': report?.id } });
    expect(processor.figures()).toMatchObject({ hostReports: 1, metricNotes: 0, tested: 1, waiting: 0 });
  });

  it('gives several reports of one event their own identities', () => {
    const three = (level: number, from: number, to: number) =>
      rows('web-1', from, to).map((event) => ({
        ...event,
        metrics: ['a', 'b', 'c', 'd', 'e', 'f'],
        values: [0, 0, 1, 1, 1, 1].map((still, i) => (event.values[0] ?? 0) * (i + 1) + (still ? 0 : level)),
      }));
    const reference = driftReferences(three(0, 0, TRAINED), SMALL);
    const { task } = newProcessor(modelWith({ reference }));
    const ids = feed(task, records([...three(0, TRAINED, 1400), ...three(200, 1400, 2000)]))
      .of('drift')
      .map(({ headers }) => headers['tidewatch-id'] ?? '');
    expect(ids).toHaveLength(2);
    expect(ids[1]).toBe(`${ids[0]}:1`);
  });

  it('counts late events of both kinds and compares none of them', () => {
    const { task, processor } = newProcessor(modelWith());
    const late = rows('web-1', 1400, 2000, 80).map((event) => ({ ...event, late: true }));
    const after = [...rows('web-1', TRAINED, 1400), ...late, ...rows('web-1', 1400, 1600)];
    const stale = row('web-1', 1300);
    expect(reportsOf(feed(task, records([...after, stale])))).toEqual([]);
    expect(processor.figures().lateRecords).toBe(601);
    const later = reportsOf(feed(task, records(rows('web-1', 1600, 2200, 80), after.length + 1)));
    expect(later[0]?.lateRecords).toBe(601);
  });

  it('lets hosts without a reference wait, shows their number, and keeps nothing of them', async () => {
    const { task, processor, table } = newProcessor(modelWith());
    const emitter = new MemoryEmitter();
    const outcomes = records([...rows('web-1', 1200, 1203), ...rows('web-9', 1203, 1206)]).map((record) =>
      task.process(record, emitter),
    );
    expect(outcomes.at(-1)).toEqual({ kind: 'filtered', reason: 'no-reference' });
    expect(emitter.of('driftState').map(({ key }) => key)).toEqual(['web-1']);
    const registry = createRegistry();
    registerDriftFigures(registry, () => processor.figures());
    const shown = await registry.metrics();
    expect(shown).toContain('tidewatch_drift_hosts{state="tested"} 1');
    expect(shown).toContain('tidewatch_drift_hosts{state="waiting"} 1');
    expect(shown).toContain('tidewatch_drift_reports_total{scope="host"} 0');
    table.offer(modelWith({ version: 'v2-bbbbbbbb', created: 2 }, ['web-1', 'web-9']));
    feed(task, records([row('web-9', 1210)], 6));
    expect(processor.figures()).toMatchObject({ tested: 2, waiting: 0 });
  });

  it('goes on with a new model that carries the references of the host on, and names it in what it reports', () => {
    const lone = reportsOf(feed(newProcessor(modelWith()).task, records(shifted)));
    const { task, table } = newProcessor(modelWith());
    feed(task, records(shifted.slice(0, 260)));
    table.offer(modelWith({ version: 'v2-bbbbbbbb', created: 2 }, ['web-1', 'web-2']));
    const emitter = feed(task, records(shifted.slice(260, 300), 260));
    expect(emitter.records).toEqual([]);
    table.offer(modelWith({ version: 'v3-cccccccc', created: 3 }));
    const reports = reportsOf(feed(task, records(shifted.slice(300), 300)));
    expect(reports).toEqual(lone.map((report) => ({ ...report, modelVersion: 'v3-cccccccc' })));
  });

  it('starts hosts afresh with a new model of other references, in a snapshot of the same record', () => {
    const { task, table } = newProcessor(modelWith());
    feed(task, records(shifted.slice(0, 260)));
    table.offer(rebuilt());
    const emitter = feed(task, records(shifted.slice(260), 260));
    expect(emitter.records[0]?.topic).toBe('driftState');
    const snapshot = windowStateCodec.decode(emitter.of('driftState')[0]?.value ?? Buffer.alloc(0));
    expect(snapshot.ok && snapshot.value.sourceOffset).toBe(260);
    const fingerprint = table.current(GROUP)?.hosts.get('web-1')?.fingerprint ?? 'none';
    expect(snapshot.ok && snapshot.value.state.includes(fingerprint)).toBe(true);
    // The window had to be filled again: what the old model had counted of the shift is not in it.
    expect(reportsOf(emitter)[0]).toMatchObject({ modelVersion: 'v2-bbbbbbbb' });
    expect(Number(reportsOf(emitter)[0]?.id.split(':')[1])).toBeGreaterThan(1460 + 120);
  });

  it('begins with a new model where it goes on, not among the records that it replays', () => {
    const second = rebuilt();
    const at = 300;
    const input = records(shifted);
    const lone = newProcessor(modelWith());
    const before = feed(lone.task, input.slice(0, at));
    const restore = lone.task.restoreFrom?.(at) ?? at;
    expect(restore).toBeLessThan(at - 20);
    lone.table.offer(second);
    const uninterrupted = reportsOf(feed(lone.task, input.slice(at)));
    expect(uninterrupted).toHaveLength(1);
    const { task } = newProcessor(second);
    for (const { key, value } of before.of('driftState')) task.load?.(key, value);
    for (const record of input.slice(restore, at)) task.replay?.(record);
    expect(reportsOf(feed(task, input.slice(at)))).toEqual(uninterrupted);
  });

  it('buries the state of a host that the new model does not test', () => {
    const { task, table, processor } = newProcessor(modelWith());
    feed(task, records(shifted.slice(0, 10)));
    table.offer(modelWith({ version: 'v2-bbbbbbbb', created: 2, reference: [] }));
    const emitter = feed(task, records(shifted.slice(10, 12), 10));
    expect(emitter.records.map(({ topic, key, value }) => [topic, key, value])).toEqual([
      ['driftState', 'web-1', null],
    ]);
    expect(processor.figures()).toMatchObject({ tested: 0, waiting: 1 });
  });

  it('does not read the snapshot of other references, and refuses a damaged one', () => {
    const { task } = newProcessor(modelWith());
    const saved = feed(task, records(shifted.slice(0, 10))).of('driftState')[0]?.value ?? Buffer.alloc(0);
    const other = newProcessor(rebuilt());
    other.task.load?.('web-1', saved);
    const fresh = feed(other.task, records(shifted.slice(10), 10)).of('driftState')[0];
    const fingerprint = other.table.current(GROUP)?.hosts.get('web-1')?.fingerprint ?? 'none';
    expect(saved.includes(fingerprint)).toBe(false);
    expect(fresh?.value?.includes(fingerprint)).toBe(true);
    const bad = windowStateCodec.encode({
      host: 'web-1',
      sourceOffset: 1,
      appendTime: 1,
      state: Buffer.from([2, 9]),
    });
    const damaged = newProcessor(modelWith());
    damaged.task.load?.('web-1', bad);
    expect(() => feed(damaged.task, records(shifted.slice(0, 1)))).toThrow(
      expect.objectContaining({ code: 'STATE_CORRUPT' }),
    );
    const future = windowStateCodec.encode({
      host: 'web-1',
      sourceOffset: 1,
      appendTime: 1,
      state: Buffer.from([1]),
    });
    const unknown = newProcessor(modelWith());
    unknown.task.load?.('web-1', future);
    expect(() => feed(unknown.task, records(shifted.slice(0, 1)))).toThrow(
      expect.objectContaining({ code: 'STATE_VERSION_UNKNOWN' }),
    );
  });

  it('drops silent hosts with a tombstone and lets them not hold back the restore offset', () => {
    const { task, processor } = newProcessor(modelWith({}, ['web-1', 'web-2']));
    feed(task, records(rows('web-2', 1200, 1203)));
    const soon = feed(task, records(rows('web-1', 1230, 1300), 3));
    expect(soon.of('driftState').map(({ key }) => key)).toContain('web-2');
    expect(task.restoreFrom?.(73)).toBeGreaterThan(3);
    const late = feed(task, records([row('web-1', 2400)], 73));
    expect(late.of('driftState')).toContainEqual(expect.objectContaining({ key: 'web-2', value: null }));
    expect(processor.figures().tested).toBe(1);
  });

  it('refuses what it cannot use, with a code', () => {
    const { task } = newProcessor(modelWith());
    const good = recordOf(row('web-1', 1), 0);
    const emitter = new MemoryEmitter();
    expect(task.process({ ...good, value: null }, emitter)).toMatchObject({ code: 'EMPTY_VALUE' });
    expect(task.process({ ...good, value: Buffer.from('x') }, emitter)).toMatchObject({ kind: 'rejected' });
    expect(task.process({ ...good, key: Buffer.from('y') }, emitter)).toMatchObject({ code: 'KEY_MISMATCH' });
    const early = recordOf(row('web-1', 1, 0, { appendTime: -1 }), 0);
    expect(task.process(early, emitter)).toMatchObject({ code: 'OUT_OF_RANGE' });
    expect(emitter.records).toEqual([]);
  });
});
