import { describe, expect, it } from 'vitest';
import { ReferenceSupply } from '../../../jobs/train/reference-supply.js';
import { createSeriesRoom } from '../../../jobs/train/series-room.js';
import { HISTORY_WINDOWS, seriesBytes } from '../../../jobs/train/thinned-series.js';
import type { DriftReference } from '../../../schemas/model-version.js';
import { rows, SMALL } from '../../processors/drift/drift-harness.js';
import { driftReferences } from '../../support/drift-references.js';

/** Rows of ten windows. */
const LONG = 1_210;
const published = (reference: DriftReference[], part = {}) => ({
  ...{ reference, driftBlockMs: SMALL.blockMs, driftWindowBlocks: SMALL.windowBlocks, created: 1 },
  ...part,
});

function supplyOf(...given: (readonly Parameters<ReferenceSupply['observe']>[0][])[]): ReferenceSupply {
  const supply = new ReferenceSupply(SMALL);
  for (const row of given.flat()) supply.observe(row);
  return supply;
}

const buildAll = (supply: ReferenceSupply) => supply.build(Number.POSITIVE_INFINITY);
const namesOf = (supply: ReferenceSupply) =>
  supply.take().references.map(({ host, metric }) => `${host}/${metric}`);

describe('the supply of drift references', () => {
  it('builds what has five windows of history, some at a time, and each once', () => {
    const supply = supplyOf(rows('web-1', 0, LONG), rows('web-2', 0, 400));
    expect([supply.build(1), supply.fresh, supply.build(1), supply.build(1)]).toEqual([1, 1, 1, 0]);
    expect(supply.fresh).toBe(2);
    expect(namesOf(supply)).toEqual(['web-1/cpu', 'web-1/mem']);
    expect(supply.fresh).toBe(0);
  });

  it('carries references on as they are, and builds only those that are missing', () => {
    const old = driftReferences(rows('web-1', 300, LONG), SMALL);
    const supply = supplyOf(rows('web-1', 0, LONG), rows('web-2', 0, LONG));
    supply.adopt(published(old));
    buildAll(supply);
    const { references } = supply.take();
    expect(references.slice(0, 2)).toEqual(old);
    expect(references.slice(2).map(({ host }) => host)).toEqual(['web-2', 'web-2']);
    expect(driftReferences(rows('web-1', 0, LONG), SMALL)[0]?.state).not.toEqual(old[0]?.state);
  });

  it('takes none of other lengths', () => {
    const old = driftReferences(rows('web-1', 300, LONG), SMALL);
    for (const part of [{ driftBlockMs: 2_000 }, { driftWindowBlocks: 24 }]) {
      const supply = supplyOf(rows('web-1', 0, LONG));
      supply.adopt(published(old, part));
      buildAll(supply);
      expect(supply.take().references).toEqual(driftReferences(rows('web-1', 0, LONG), SMALL));
    }
  });

  it('follows a version that somebody else published: its references replace those before, what it lacks is built again', () => {
    const supply = supplyOf(rows('web-1', 0, LONG));
    buildAll(supply);
    supply.take();
    const [cpu] = driftReferences(rows('web-1', 300, LONG), SMALL);
    if (cpu === undefined) return expect.fail('no reference');
    supply.adopt(published([cpu]));
    expect(supply.take().references).toEqual([cpu]);
    for (const row of rows('web-1', LONG, 2 * LONG)) supply.observe(row);
    buildAll(supply);
    expect(namesOf(supply)).toEqual(['web-1/cpu', 'web-1/mem']);
  });

  it('tries a series that gives no reference again a window later, not at every look', () => {
    const constant = (from: number, to: number) =>
      rows('web-1', from, to).map((row) => ({ ...row, values: [1, 1] }));
    const supply = supplyOf(constant(0, LONG));
    expect([buildAll(supply), buildAll(supply)]).toEqual([2, 0]);
    for (const row of constant(LONG, LONG + 119)) supply.observe(row);
    expect(buildAll(supply)).toBe(0);
    for (const row of constant(LONG + 119, LONG + 125)) supply.observe(row);
    expect(buildAll(supply)).toBe(2);
    expect(supply.fresh).toBe(0);
  });

  it('drops hosts that were silent for as long as a history', () => {
    const supply = supplyOf(rows('gone', 0, LONG));
    buildAll(supply);
    const until = (HISTORY_WINDOWS + 12) * 120;
    for (const row of rows('web-1', LONG, until)) supply.observe(row);
    buildAll(supply);
    expect(new Set(supply.take().references.map(({ host }) => host))).toEqual(new Set(['web-1']));
    expect(supply.fresh).toBe(0);
  });

  it('leaves out what does not fit into a model record, and counts it', () => {
    const [cpu] = driftReferences(rows('web-1', 0, LONG), SMALL);
    if (cpu === undefined) return expect.fail('no reference');
    const state = Buffer.alloc(1_048_576);
    const wide = Array.from({ length: 14 }, (_, i) => ({
      ...cpu,
      metric: `m${String(i).padStart(2, '0')}`,
      state,
    }));
    const supply = new ReferenceSupply(SMALL);
    supply.adopt(published(wide));
    const { references, leftOut } = supply.take();
    expect([references.length, leftOut]).toEqual([11, 3]);
  });

  it('asks a thinned window for no more rows than it can hold', () => {
    const dense = rows('web-1', 0, LONG);
    expect(driftReferences(dense, { ...SMALL, minRows: 65_535 })).toEqual([]);
    const denser = dense.flatMap((row) =>
      Array.from({ length: 10 }, (_, i) => ({ ...row, appendTime: row.appendTime + 10 * i })),
    );
    expect(driftReferences(denser, { ...SMALL, minRows: 65_535 })).toHaveLength(2);
  });

  it('follows only as many series as there is room for, says how many wait outside, and lets them in later', () => {
    const room = createSeriesRoom(2 * seriesBytes(SMALL), SMALL);
    const supply = new ReferenceSupply(SMALL, room);
    for (const row of rows('web-1', 0, LONG)) supply.observe(row);
    for (const row of rows('web-2', 0, LONG)) supply.observe(row);
    expect(buildAll(supply)).toBe(2);
    expect(supply.take()).toMatchObject({ references: [{ host: 'web-1' }, { host: 'web-1' }], outside: 2 });
    for (const row of rows('web-2', 0, LONG)) supply.observe(row);
    buildAll(supply);
    const { references, outside } = supply.take();
    expect([references.length, outside]).toEqual([4, 0]);
    expect(references).toEqual([
      ...driftReferences(rows('web-1', 0, LONG), SMALL),
      ...driftReferences(rows('web-2', 0, LONG), SMALL),
    ]);
  });

  it('lets others in for series that can have no reference, so that constants do not keep them out for ever', () => {
    const room = createSeriesRoom(2 * seriesBytes(SMALL), SMALL);
    const supply = new ReferenceSupply(SMALL, room);
    const constant = rows('web-1', 0, LONG).map((row) => ({ ...row, values: row.values.map(() => 1) }));
    for (const row of constant) supply.observe(row);
    expect(room.isWanted).toBe(false);
    const others = rows('web-2', 0, 2 * LONG);
    for (const row of others.slice(0, LONG)) supply.observe(row);
    expect(room.isWanted).toBe(true);
    expect([buildAll(supply), supply.fresh]).toEqual([2, 0]);
    for (const row of others.slice(LONG)) supply.observe(row);
    expect([buildAll(supply), supply.fresh]).toEqual([2, 2]);
    expect(namesOf(supply)).toEqual(['web-2/cpu', 'web-2/mem']);
  });

  it('shares the room with other groups, and gives it back with references adopted, silent hosts and its own end', () => {
    const room = createSeriesRoom(2 * seriesBytes(SMALL), SMALL);
    const isFull = () => {
      if (!room.enter()) return true;
      room.leave(1);
      return false;
    };
    const short = rows('web-1', 0, 200);
    const fill = () => {
      const supply = new ReferenceSupply(SMALL, room);
      for (const row of short) supply.observe(row);
      expect(isFull()).toBe(true);
      return supply;
    };
    fill().close();
    expect(isFull()).toBe(false);
    const adopting = fill();
    adopting.adopt(published(driftReferences(rows('web-1', 300, LONG), SMALL)));
    expect(isFull()).toBe(false);
    const silent = fill();
    const later = HISTORY_WINDOWS * SMALL.windowBlocks * SMALL.blockMs + 1;
    for (const row of short.slice(-1))
      silent.observe({ ...row, host: 'web-9', metrics: [], appendTime: row.appendTime + later });
    buildAll(silent);
    expect(isFull()).toBe(false);
  });
});
