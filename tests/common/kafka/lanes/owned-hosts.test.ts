import { describe, expect, it } from 'vitest';
import { type HostPosition, OwnedHosts, startOfHost } from '../../../../common/kafka/lanes/owned-hosts.js';

type Table = OwnedHosts<HostPosition>;

const snapshotOf = (name: string, lastOffset: number, lastAppendTime: number): Buffer =>
  Buffer.from(JSON.stringify({ ...startOfHost(name), lastOffset, lastAppendTime }));

const emptyTable = (): Table => new OwnedHosts((_, value) => JSON.parse(String(value)) as HostPosition);

function tableOf(...hosts: [name: string, offset: number, appendTime: number][]): Table {
  const table = emptyTable();
  for (const [name, offset, appendTime] of hosts) table.load(name, snapshotOf(name, offset, appendTime));
  return table;
}

function evictAll(table: Table, offset: number, appendTime: number): string[] {
  const names: string[] = [];
  for (;;) {
    const host = table.takeIdle(offset, appendTime, 100);
    if (host === undefined) return names;
    names.push(host.name);
  }
}

describe('table of hosts', () => {
  it('evicts in the order of the last records, whatever the order of the snapshots in the log', () => {
    const table = tableOf(['a', 30, 3], ['b', 10, 1], ['c', 20, 2]);
    expect(evictAll(table, 40, 102)).toEqual(['b']);
    expect(evictAll(table, 41, 104)).toEqual(['c', 'a']);
  });

  it('passes over hosts whose snapshot is newer than the record that is replayed', () => {
    const table = tableOf(['newer', 50, 500]);
    const old = startOfHost('old');
    table.changed(old, 20, 10);
    expect(evictAll(table, 40, 200)).toEqual(['old']);
    expect(table.oldestUnsaved()).toBeUndefined();
    expect(table.get('newer')?.lastOffset).toBe(50);
  });

  it('takes the newest value of a key, and a tombstone as none', () => {
    const table = emptyTable();
    table.load('a', snapshotOf('a', 1, 1));
    table.load('a', snapshotOf('a', 9, 9));
    table.load('b', snapshotOf('b', 2, 2));
    table.load('b', null);
    expect(table.get('a')?.lastOffset).toBe(9);
    expect(table.get('b')).toBeUndefined();
    expect(() => table.load('c', null)).toThrow('already processed');
  });

  it('decodes snapshots at the first use of a host: the count of hosts does not need them', () => {
    const table = new OwnedHosts<HostPosition>(() => {
      throw new Error('unreadable');
    });
    table.load('a', Buffer.alloc(0));
    expect(table.size).toBe(1);
    expect(table.oldestUnsaved()).toBeUndefined();
    expect(() => table.get('a')).toThrow('unreadable');
    expect(() => table.takeIdle(1, 1, 1)).toThrow('unreadable');
  });

  it('knows the oldest record that is in no snapshot', () => {
    const table = tableOf();
    const [a, b] = [startOfHost('a'), startOfHost('b')];
    table.changed(a, 1, 1);
    table.changed(b, 2, 2);
    table.changed(a, 3, 3);
    expect(table.oldestUnsaved()?.unsavedFrom).toBe(1);
    table.saved(a);
    expect(table.oldestUnsaved()?.unsavedFrom).toBe(2);
    table.changed(a, 4, 4);
    table.saved(b);
    expect(table.oldestUnsaved()?.unsavedFrom).toBe(4);
  });
});
