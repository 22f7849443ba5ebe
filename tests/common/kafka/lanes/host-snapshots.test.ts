import { describe, expect, it } from 'vitest';
import { HostSnapshots } from '../../../../common/kafka/lanes/host-snapshots.js';
import { type HostPosition, OwnedHosts, startOfHost } from '../../../../common/kafka/lanes/owned-hosts.js';

interface Emitted {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: unknown;
}

function fixture(...hosts: [name: string, offset: number, appendTime: number][]) {
  const table = new OwnedHosts<HostPosition>((name) => startOfHost(name));
  for (const [name, offset, appendTime] of hosts) table.changed(startOfHost(name), offset, appendTime);
  const write = ({ name, lastOffset }: HostPosition): Buffer => Buffer.from(`${name}@${lastOffset}`);
  const emitted: Emitted[] = [];
  const emitter = {
    emit: (topic: string, key: string, value: Buffer | null, headers: unknown) => {
      emitted.push({ topic, key, value: String(value), headers });
    },
  };
  return { table, snapshots: new HostSnapshots(table, { topic: 'windowState', write }), emitter, emitted };
}

describe('snapshots of hosts', () => {
  it('are keyed by host and named by the position that they hold, and count as saved', () => {
    const { table, snapshots, emitter, emitted } = fixture(['a', 7, 100]);
    snapshots.saveAged(200, 50, emitter);
    expect(emitted).toEqual([
      {
        topic: 'windowState',
        key: 'a',
        value: 'a@7',
        headers: { 'tidewatch-id': 'state/a/7', 'append-time': '100' },
      },
    ]);
    expect(table.oldestUnsaved()).toBeUndefined();
  });

  it('are made of all hosts whose unsaved records have come of age, and of no other', () => {
    const { table, snapshots, emitter, emitted } = fixture(['a', 1, 100], ['b', 2, 120], ['c', 3, 151]);
    snapshots.saveAged(200, 50, emitter);
    expect(emitted.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(table.oldestUnsaved()?.name).toBe('c');
    snapshots.saveAged(200, 50, emitter);
    expect(emitted).toHaveLength(2);
  });
});
