import { describe, expect, it } from 'vitest';
import { WatchedGroups } from '../../../jobs/train/watched-groups.js';
import { simulateFeatures } from '../../support/simulated-features.js';

const DAY = 86_400_000;
const rows = simulateFeatures({ seed: 7, events: 60 });
const START = rows[0]?.appendTime ?? 0;
/** Silent groups are forgotten after a day: 15 windows of a minute are shorter. */
const drift = { blockMs: 1_000, windowBlocks: 60 };

function observeAll(groups: WatchedGroups, group: string, later = 0): void {
  for (const row of rows) groups.observe({ ...row, group, appendTime: row.appendTime + later });
}

describe('WatchedGroups', () => {
  it('keeps the rows of all groups within one bound', () => {
    const memory = { rows: 10_000 * 105, references: 0 };
    const groups = new WatchedGroups({ maximumRows: 50, drift, memory });
    for (let i = 0; i < 40; i += 1) observeAll(groups, `group-${i}`);
    const held = [...groups.all().values()].map(({ keeper }) => keeper.held);
    expect(held).toHaveLength(40);
    expect(Math.min(...held)).toBeGreaterThan(0);
    expect(held.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(10_000);
  });

  it('forgets a group that is silent for a day, and of one that has a model only the rows', () => {
    const groups = new WatchedGroups({ maximumRows: 50, drift });
    observeAll(groups, 'untrained');
    observeAll(groups, 'trained');
    groups.of('trained').parent = { version: 'v1', created: START };
    groups.of('resumed').parent = { version: 'v2', created: START };
    const { seen, supply } = groups.of('trained');
    observeAll(groups, 'alive', 0.9 * DAY);
    expect(groups.of('trained').keeper.rows()).toHaveLength(50);
    observeAll(groups, 'alive', 1.1 * DAY);
    expect([...groups.all().keys()]).toEqual(['trained', 'resumed', 'alive']);
    const trained = groups.of('trained');
    expect(trained).toMatchObject({ seen, parent: { version: 'v1' } });
    expect(trained.keeper.rows()).toEqual([]);
    expect(trained.supply).not.toBe(supply);
    expect(groups.of('alive').keeper.rows()).toHaveLength(50);
  });

  it('waits as long as drift references may: a trainer that starts reads one partition days ahead of another', () => {
    const daily = { blockMs: 3_600_000, windowBlocks: 24 };
    const groups = new WatchedGroups({ maximumRows: 50, drift: daily });
    observeAll(groups, 'ahead', 7 * DAY);
    observeAll(groups, 'behind');
    observeAll(groups, 'ahead', 14 * DAY);
    expect([...groups.all().keys()]).toEqual(['ahead', 'behind']);
    observeAll(groups, 'ahead', 16 * DAY);
    expect([...groups.all().keys()]).toEqual(['ahead']);
  });
});
