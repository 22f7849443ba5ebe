import { describe, expect, it } from 'vitest';
import type { PartitionTask } from '../../../common/kafka/lanes/processor.js';
import { createWindowProcessor } from '../../../processors/window/task.js';
import { type FeatureEvent, featureEventCodec } from '../../../schemas/feature-event.js';
import { windowStateCodec } from '../../../schemas/window-state.js';
import { eventWith, MemoryEmitter, recordOf, settingsWith } from './memory-emitter.js';

const start = 1_700_000_000_000;

function newTask(values: Record<string, string> = {}): PartitionTask {
  return createWindowProcessor({ settings: settingsWith(values) }).createTask(3);
}

describe('window task', () => {
  it('emits the feature under the key and with the headers of its event', () => {
    const emitter = new MemoryEmitter();
    expect(newTask().process(recordOf(eventWith(), 11), emitter)).toEqual({ kind: 'emitted' });
    const [record] = emitter.records;
    expect(emitter.records).toHaveLength(1);
    expect(record).toMatchObject({
      topic: 'features',
      key: 'web-1',
      headers: { 'tidewatch-id': 'p:1', 'append-time': String(start + 20) },
    });
    const decoded = featureEventCodec.decode(record?.value ?? Buffer.alloc(0));
    expect(decoded).toMatchObject({ ok: true, value: { sourcePartition: 3, sourceOffset: 11 } });
  });

  it('refuses what it cannot use, one outcome each, and goes on', () => {
    const task = newTask();
    const emitter = new MemoryEmitter();
    const good = recordOf(eventWith(), 0);
    const refusals = [
      { ...good, key: Buffer.from('web-2') },
      { ...good, key: null },
      { ...good, value: null },
      { ...good, value: Buffer.from('{"not":"avro"}') },
      recordOf(eventWith({ timestamp: start + 700_000 }), 0, start),
    ].map((record) => task.process(record, emitter));
    expect(refusals.map((outcome) => (outcome.kind === 'rejected' ? outcome.code : outcome.kind))).toEqual([
      'KEY_MISMATCH',
      'KEY_MISMATCH',
      'EMPTY_VALUE',
      expect.stringMatching(/^[A-Z_]+$/),
      'TIMESTAMP_IN_FUTURE',
    ]);
    expect(emitter.records).toEqual([]);
    expect(task.restoreFrom?.(6)).toBe(6);
    expect(task.process({ ...good, offset: 6 }, emitter).kind).toBe('emitted');
    expect(task.process({ ...good, offset: 7 }, emitter)).toEqual({ kind: 'filtered', reason: 'duplicate' });
  });

  it('saves a host after its 64th event and asks for a replay of what is not saved', () => {
    const task = newTask();
    const emitter = new MemoryEmitter();
    for (let i = 0; i < 63; i++)
      task.process(recordOf(eventWith({ id: `p:${i}`, timestamp: start + i }), 100 + i), emitter);
    expect(emitter.of('windowState')).toEqual([]);
    expect(task.restoreFrom?.(163)).toBe(100);
    task.process(recordOf(eventWith({ id: 'p:63', timestamp: start + 63 }), 163), emitter);
    expect(task.restoreFrom?.(164)).toBe(164);
    const [saved] = emitter.of('windowState');
    expect(saved?.key).toBe('web-1');
    const state = windowStateCodec.decode(saved?.value ?? Buffer.alloc(0));
    expect(state).toMatchObject({ ok: true, value: { host: 'web-1', sourceOffset: 163 } });
  });

  it('saves a host that fell silent once its oldest unsaved event is a minute old', () => {
    const task = newTask();
    const emitter = new MemoryEmitter();
    task.process(recordOf(eventWith({ host: 'silent' }), 0, start + 20), emitter);
    const other = (id: string, offset: number, appendTime: number) =>
      task.process(recordOf(eventWith({ id, host: 'busy', timestamp: start }), offset, appendTime), emitter);
    other('p:2', 1, start + 60_019);
    expect(emitter.of('windowState')).toEqual([]);
    expect(task.restoreFrom?.(2)).toBe(0);
    other('p:3', 2, start + 60_020);
    expect(emitter.of('windowState').map(({ key }) => key)).toEqual(['silent']);
    expect(task.restoreFrom?.(3)).toBe(1);
  });

  it('forgets a host that was silent for too long, with tombstones', () => {
    const task = newTask({ WINDOW_EVICT_AFTER_MS: '3600000' });
    const emitter = new MemoryEmitter();
    for (let i = 0; i < 40; i++)
      task.process(
        recordOf(eventWith({ id: `p:${i}`, host: 'gone', timestamp: start + i }), i, start + i),
        emitter,
      );
    const later = start + 39 + 3_600_001;
    const wake = (offset: number, host: string, appendTime: number) =>
      task.process(recordOf(eventWith({ id: `w:${offset}`, host, timestamp: appendTime }), offset), emitter);
    wake(40, 'busy', later - 30);
    expect(emitter.records.some(({ value }) => value === null)).toBe(false);
    wake(41, 'busy', later);
    const tombstones = emitter.records.filter(({ value }) => value === null);
    expect(tombstones.map(({ topic, key }) => [topic, key])).toEqual([
      ['windowState', 'gone'],
      ['baselines', 'gone/cpu'],
      ['baselines', 'gone/mem'],
    ]);
    wake(42, 'gone', later + 1);
    const [last] = emitter.of('features').slice(-1);
    expect(featureEventCodec.decode(last?.value ?? Buffer.alloc(0))).toMatchObject({
      value: { warmingUp: true, baseline: null },
    });
  });

  it('forgets a silent host while replaying, too: its tombstone is already committed', () => {
    const task = newTask({ WINDOW_EVICT_AFTER_MS: '3600000' });
    const later = start + 3_600_021;
    task.replay?.(recordOf(eventWith({ id: 'p:0', host: 'gone' }), 0));
    task.replay?.(recordOf(eventWith({ id: 'p:1', host: 'busy', timestamp: later }), 1));
    const emitter = new MemoryEmitter();
    task.process(recordOf(eventWith({ id: 'p:2', host: 'busy', timestamp: later + 1 }), 2), emitter);
    expect(emitter.records.map(({ topic }) => topic)).toEqual(['features']);
    expect(task.restoreFrom?.(3)).toBe(1);
  });

  it('keeps the order of eviction over a restart in which records are skipped', () => {
    const settings = { WINDOW_EVICT_AFTER_MS: '3600000', WINDOW_SNAPSHOT_EVENTS: '2' };
    // Only b is unsaved: the replay from 1 brings it in behind the snapshots of a and c, whose records are skipped.
    const hosts = ['c', 'b', 'a', 'a', 'c'];
    const records = hosts.map((host, i) =>
      recordOf(eventWith({ id: `p:${i}`, host, timestamp: start + i }), i, start + i),
    );
    const first = newTask(settings);
    const emitter = new MemoryEmitter();
    for (const record of records) first.process(record, emitter);
    const second = newTask(settings);
    for (const { key, value } of emitter.of('windowState')) second.load?.(key, value);
    for (const record of records) second.replay?.(record);
    for (const task of [first, second]) {
      const after = new MemoryEmitter();
      const late = start + 7_300_000;
      task.process(recordOf(eventWith({ id: 'p:9', host: 'd', timestamp: late }), 9, late), after);
      expect(after.of('windowState').map(({ key }) => key)).toEqual(['b', 'a', 'c']);
    }
  });

  it('refuses to go on with a snapshot that it cannot read', () => {
    const emitter = new MemoryEmitter();
    const task = newTask({ WINDOW_SNAPSHOT_EVENTS: '1' });
    task.process(recordOf(eventWith(), 0), emitter);
    const [saved] = emitter.of('windowState');
    const decoded = windowStateCodec.decode(saved?.value ?? Buffer.alloc(0));
    if (!decoded.ok) throw new Error(decoded.reason);
    const restoreWith = (state: Buffer) => () => {
      const restored = newTask();
      restored.load?.('web-1', windowStateCodec.encode({ ...decoded.value, state }));
      restored.process(recordOf(eventWith({ id: 'p:2' }), 1), new MemoryEmitter());
    };
    expect(restoreWith(decoded.value.state)).not.toThrow();
    const damaged = Buffer.from(decoded.value.state);
    damaged[600] = (damaged[600] ?? 0) ^ 1;
    expect(restoreWith(damaged)).toThrow(
      expect.objectContaining({ code: 'STATE_CORRUPT', retriable: false }),
    );
    const future = Buffer.from(decoded.value.state);
    future[0] = 9;
    expect(restoreWith(future)).toThrow(expect.objectContaining({ code: 'STATE_VERSION_UNKNOWN' }));
  });

  it('hands every emitted feature to the follower of the task, and none while replaying', () => {
    const seen: string[] = [];
    const processor = createWindowProcessor({
      settings: settingsWith(),
      follow: (partition) => ({
        onFeature: (feature, record) => seen.push(`${partition}:${feature.id}@${record.offset}`),
        onFlush: (emitter) => emitter.emit('predictions', 'web-1', null, {}),
      }),
    });
    const task = processor.createTask(3);
    const emitter = new MemoryEmitter();
    task.replay?.(recordOf(eventWith(), 0));
    task.process(recordOf(eventWith({ id: 'p:2' }), 1), emitter);
    task.process(recordOf(eventWith({ id: 'p:2' }), 2), emitter);
    task.flush?.(emitter);
    expect(seen).toEqual(['3:p:2@1']);
    expect(emitter.of('predictions')).toHaveLength(1);
  });

  it('keeps the features of a batch apart until its follower has flushed them', () => {
    const collected: FeatureEvent[] = [];
    const flushed: Buffer[] = [];
    const processor = createWindowProcessor({
      settings: settingsWith(),
      follow: () => ({
        onFeature: (feature) => collected.push(feature),
        onFlush: () => {
          for (const feature of collected.splice(0)) flushed.push(featureEventCodec.encode(feature));
        },
      }),
    });
    const task = processor.createTask(0);
    const emitter = new MemoryEmitter();
    for (let i = 0; i < 700; i++) {
      // One batch is longer than what is kept of the rooms; metrics come and go.
      const all = { metrics: ['cpu', 'mem'], values: [i, i % 7] };
      const event = eventWith({
        id: `p:${i}`,
        timestamp: start + i,
        ...(i % 5 === 0 ? { metrics: ['cpu'], values: [i] } : all),
      });
      task.process(recordOf(event, i), emitter);
      if (i === 5 || i === 60 || i === 400) task.flush?.(emitter);
    }
    task.flush?.(emitter);
    const emitted = emitter.of('features').map(({ value }) => value);
    expect(flushed).toHaveLength(700);
    expect(flushed.every((bytes, i) => emitted[i]?.equals(bytes))).toBe(true);
  });
});
