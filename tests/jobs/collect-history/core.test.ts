import { describe, expect, it } from 'vitest';
import { createHistory, type History, lastHours, requireRows } from '../../../jobs/collect-history/core.js';
import { fileOf } from '../../../jobs/collect-history/main.js';

const NOON = Date.UTC(2024, 0, 1, 12);

function contentOf(history: History) {
  return history.hosts().map(({ rows, ...host }) => ({ ...host, rows: [...rows()] }));
}

describe('a history', () => {
  it('averages each metric in its bucket, and leaves empty what has no value', () => {
    const history = createHistory({ from: NOON, to: NOON + 300_000, bucketMs: 60_000 }, 100);
    history.add('b', NOON + 60_000, 'cpu', 10);
    history.add('b', NOON + 119_999, 'cpu', 20);
    history.add('b', NOON + 61_000, 'load', 1);
    history.add('b', NOON + 240_000, 'cpu', 5);
    history.add('a', NOON, 'cpu', 7);
    expect(contentOf(history)).toEqual([
      { host: 'a', metrics: ['cpu'], rowCount: 1, rows: [{ timestamp: NOON, values: [7] }] },
      {
        host: 'b',
        metrics: ['cpu', 'load'],
        rowCount: 4,
        rows: [
          { timestamp: NOON + 60_000, values: [15, 1] },
          { timestamp: NOON + 120_000, values: [null, null] },
          { timestamp: NOON + 180_000, values: [null, null] },
          { timestamp: NOON + 240_000, values: [5, null] },
        ],
      },
    ]);
  });

  it('passes over what lies outside its range', () => {
    const history = createHistory({ from: NOON, to: NOON + 60_000, bucketMs: 60_000 }, 100);
    history.add('a', NOON - 1, 'cpu', 1);
    history.add('a', NOON + 60_000, 'cpu', 1);
    expect(history.hosts()).toEqual([]);
  });
});

describe('too much history', () => {
  it('is refused before it is read, with buckets that would fit', () => {
    const range = lastHours(NOON, 87_600, 1);
    const message = /315360000001 buckets of 1 ms .+ more than the 1000000 rows .+: 315361 ms would fit/;
    expect(() => requireRows(range, 1_000_000)).toThrow(message);
    expect(() => requireRows(range, 1_000_000)).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }));
    requireRows(lastHours(NOON + 12_345, 87_600, 315_361), 1_000_000);
  });

  it('counts what is held of a bucket that lacks most metrics as well', () => {
    const history = createHistory({ from: NOON, to: NOON + 600_000, bucketMs: 60_000 }, 9);
    for (const metric of ['a', 'b', 'c', 'd']) history.add('web', NOON, metric, 1);
    history.add('web', NOON + 60_000, 'a', 1);
    expect(() => history.add('web', NOON + 120_000, 'a', 1)).toThrow('more than 9 averages');
  });

  it('ends the reading where many hosts have more averages than may be held', () => {
    const history = createHistory({ from: NOON, to: NOON + 600_000, bucketMs: 60_000 }, 6);
    const addAll = () => {
      for (const host of ['a', 'b', 'c'])
        for (const metric of ['cpu', 'load']) history.add(host, NOON, metric, 1);
    };
    addAll();
    addAll();
    expect(contentOf(history)).toHaveLength(3);
    expect(() => history.add('a', NOON + 60_000, 'cpu', 1)).toThrow(
      'more than 6 averages of 3 hosts (HISTORY_MAX_AVERAGES)',
    );
  });
});

describe('the last hours', () => {
  it('are whole buckets, the one that goes on included', () => {
    expect(lastHours(NOON + 90_000, 2, 60_000)).toEqual({
      from: NOON - 7_200_000 + 60_000,
      to: NOON + 120_000,
      bucketMs: 60_000,
    });
    expect(lastHours(NOON, 1, 3_600_000)).toMatchObject({ from: NOON - 3_600_000, to: NOON + 3_600_000 });
  });
});

describe('the file of a host', () => {
  it('has its name before the ending, fit for a file and its own', () => {
    expect(fileOf('out/history.csv.gz', 'web-1.example')).toBe('out/history.web-1.example.csv.gz');
    expect(fileOf('history.csv', 'a')).toBe('history.a.csv');
    expect(fileOf('history', 'a')).toBe('history.a');
    const [slash, colon] = [fileOf('h.csv', 'a/b'), fileOf('h.csv', 'a:b')];
    expect(slash).toMatch(/^h\.a_b-[0-9a-f]{8}\.csv$/);
    expect(slash).not.toBe(colon);
    expect(fileOf('h.csv', '../../etc')).not.toContain('/');
  });
});
