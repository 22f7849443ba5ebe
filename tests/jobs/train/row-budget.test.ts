import { describe, expect, it } from 'vitest';
import { createRowBudget } from '../../../jobs/train/row-budget.js';
import { createRowKeeper, type RowKeeper } from '../../../jobs/training-row.js';
import { simulateFeatures } from '../../support/simulated-features.js';

const [row] = simulateFeatures({ seed: 6, events: 1 });
/** What a row of three metrics takes, in readings. */
const ROW = 18;

function rowAt(appendTime: number) {
  return { ...(row ?? expect.fail('no row')), appendTime };
}

describe('createRowBudget', () => {
  it('lets the largest keeper give up its oldest rows, and the small ones keep theirs', () => {
    const [large, small, late] = [createRowKeeper(1000), createRowKeeper(1000), createRowKeeper(1000)];
    const keepers = [large, small, late];
    const budget = createRowBudget(100 * ROW, () => keepers);
    const held = () => keepers.reduce((sum, keeper) => sum + keeper.held, 0);
    const addAll = (keeper: RowKeeper, count: number): void => {
      for (let at = 0; at < count; at += 1) {
        budget.add(rowAt(at), keeper);
        expect(held()).toBeLessThanOrEqual(100 * ROW);
      }
    };
    addAll(large, 80);
    addAll(small, 20);
    expect(held()).toBe(100 * ROW);
    addAll(late, 30);
    expect(small.rows()).toHaveLength(20);
    expect(late.rows()).toHaveLength(30);
    const kept = large.rows().map(({ appendTime }) => appendTime);
    expect(kept.length).toBeGreaterThanOrEqual(40);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 80 - kept.length + i));
  });

  it('counts what keepers have pruned themselves as room', () => {
    const [pruning, other] = [createRowKeeper(40), createRowKeeper(1000)];
    const budget = createRowBudget(100 * ROW, () => [pruning, other]);
    for (let at = 0; at < 49; at += 1) budget.add(rowAt(at), pruning);
    expect(pruning.rows()).toHaveLength(40);
    for (let at = 0; at < 60; at += 1) budget.add(rowAt(at), other);
    expect([pruning.held, other.held]).toEqual([40 * ROW, 60 * ROW]);
  });
});
