import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CsvSourceOptions, readCsvRows } from '../../../jobs/train/csv-source.js';
import { createFeatureRowCollector } from '../../../jobs/train/features-source.js';
import { trainFromCsv } from '../../../jobs/train/from-csv.js';
import { type TrainingMemory, USUAL_MEMORY } from '../../../jobs/train/memory.js';
import type { TrainingRow } from '../../../jobs/training-row.js';
import { featureEventCodec } from '../../../schemas/feature-event.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { SMALL_TRAINING, trainedModel } from '../../support/trained-model.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function collectRows(options: CsvSourceOptions): Promise<TrainingRow[]> {
  const rows: TrainingRow[] = [];
  for await (const row of readCsvRows(options)) rows.push(row);
  return rows;
}

async function rowsOf(name: string, content: string | Buffer, labelColumn: string | null = null) {
  const path = join(folder, name);
  await writeFile(path, content);
  const options = { path, host: 'web-1', labelColumn, group: 'web', baselineMaxAgeMs: 86_400_000 };
  return await collectRows(options);
}

describe('readCsvRows', () => {
  const events = simulateFeatures({ seed: 6, events: 120, group: 'web' });
  const csv = [
    'timestamp,network,cpu,memory,label',
    ...events.map(
      ({ timestamp, values: [cpu, memory, network] }) => `${timestamp},${network},${cpu},${memory},0`,
    ),
  ].join('\n');

  it('sees a file as the live system sees the same events', async () => {
    const expected = events.map(({ statistics, baseline, warmingUp, metrics, values, timestamp }) => ({
      statistics,
      baseline,
      warmingUp,
      metrics,
      values,
      timestamp,
    }));
    const rows = await rowsOf('rows.csv', csv, 'label');
    expect(rows).toHaveLength(events.length);
    rows.forEach((row, i) => {
      expect(row).toMatchObject(expected[i] ?? {});
    });
    expect(await rowsOf('rows.csv.gz', gzipSync(csv), 'label')).toEqual(rows);
  });

  it('reads dates, seconds, missing cells and files without times', async () => {
    const times = await rowsOf('times.csv', 'timestamp,a\n2014-03-01 17:34:00,1\n1393695300,2\n');
    expect(times.map(({ timestamp }) => timestamp)).toEqual([1393695240000, 1393695300000]);
    const gaps = await rowsOf('gaps.csv', 'b,a\r\n1,2\r\n\r\n,3\r\n');
    expect(gaps.map(({ timestamp, metrics, values }) => [timestamp, metrics, values])).toEqual([
      [0, ['a', 'b'], [2, 1]],
      [60_000, ['a'], [3]],
    ]);
  });

  it.each([
    ['a cell that is no number', 'a,b\n1,2\n1,x\n', 'line 3'],
    ['a row that is too short', 'a,b\n1\n', 'line 2'],
    ['a column named twice', 'a,a\n1,2\n', 'line 1'],
    ['a time that cannot be read', 'timestamp,a\nsoon,2\n', 'line 2'],
    ['an empty file', '', 'line 1'],
  ])('refuses %s and names file and line', async (_, content, place) => {
    await expect(rowsOf('bad.csv', content)).rejects.toMatchObject({
      code: 'BAD_CSV',
      message: expect.stringContaining(`bad.csv: ${place}`),
    });
  });

  it('refuses a file that is not there, or no gzip', async () => {
    await expect(rowsOf('bad.csv.gz', 'a\n1\n')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    const path = join(folder, 'missing.csv.gz');
    const options = { path, host: 'h', labelColumn: null, group: null, baselineMaxAgeMs: 1 };
    await expect(collectRows(options)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe('createFeatureRowCollector', () => {
  const rowBytes = 1_048_576;
  const events = simulateFeatures({ seed: 6, events: 200, group: 'web' });
  const records = events.map((event) => ({ value: Buffer.from(featureEventCodec.encode(event)) }));

  it('keeps the newest trainable rows per group in the order of the log, however they are read', () => {
    const collect = (order: typeof records) => {
      const collector = createFeatureRowCollector({ group: null, since: 0, rowsPerGroup: 50, rowBytes });
      for (const record of order) collector.take(record);
      return collector.result();
    };
    const forward = collect(records);
    expect(forward.groups.get('web')?.rows.map(({ sourceOffset }) => sourceOffset)).toEqual(
      events.slice(-50).map(({ sourceOffset }) => sourceOffset),
    );
    expect(collect([...records].reverse())).toEqual(forward);
    expect(forward.untrainable).toBe(events.filter(({ warmingUp }) => warmingUp).length);
  });

  it('counts what it cannot read, and leaves out other groups and older rows', () => {
    const since = events[150]?.appendTime ?? 0;
    const collector = createFeatureRowCollector({ group: 'web', since, rowsPerGroup: 500, rowBytes });
    for (const record of [...records, { value: null }, { value: Buffer.from('poison') }])
      collector.take(record);
    expect(collector.result().groups.get('web')).toMatchObject({ trainable: 50, isShort: false });
    expect(collector.result().groups.get('web')?.rows).toHaveLength(50);
    expect(collector.result().unreadable).toBe(2);
    const other = createFeatureRowCollector({ group: 'db', since: 0, rowsPerGroup: 500, rowBytes });
    for (const record of records) other.take(record);
    expect(other.result().groups.size).toBe(0);
  });

  it('keeps the rows of all groups within one bound, the newest of each, and says which are short of rows', () => {
    // 18 readings a row of 3 metrics, 105 bytes each: room for 300 rows of all groups.
    const collector = createFeatureRowCollector({
      group: null,
      since: 0,
      rowsPerGroup: 200,
      rowBytes: 300 * 18 * 105,
    });
    const warm = events.filter(({ warmingUp }) => !warmingUp);
    for (const event of warm)
      for (const group of ['a', 'b', 'c', 'd'])
        collector.take({ value: featureEventCodec.encode({ ...event, group }) });
    for (const event of warm.slice(0, 20))
      collector.take({ value: featureEventCodec.encode({ ...event, group: 'small' }) });
    const { groups } = collector.result();
    expect([...groups].filter(([, { isShort }]) => isShort).map(([group]) => group)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    const kept = [...groups.values()].map(({ rows }) => rows.length);
    expect(kept.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(300);
    expect(Math.min(...kept.slice(0, 4))).toBeGreaterThan(50);
    expect(groups.get('small')?.rows).toHaveLength(20);
    expect(groups.get('a')?.rows.at(-1)?.sourceOffset).toBe(warm.at(-1)?.sourceOffset);
    expect(groups.get('a')?.trainable).toBe(warm.length);
  });
});

describe('trainFromCsv', () => {
  const ROWS = 900;
  const training = { ...SMALL_TRAINING, maximumRows: 300 };
  const lines = simulateFeatures({ seed: 9, events: ROWS }).map(
    ({ timestamp, values }) => `${timestamp},${values.join(',')}`,
  );
  const file = ['timestamp,cpu,memory,network', ...lines].join('\n');
  const trainOn = async (memory?: TrainingMemory) => {
    const path = join(folder, 'long.csv');
    await writeFile(path, file);
    const options = { ...training, ...(memory === undefined ? {} : { memory }) };
    const { trained } = await trainFromCsv({
      ...{ path, labelColumn: null, group: 'web', created: 1, search: null },
      training: options,
    });
    if (!trained.ok) throw new Error(trained.reason);
    return trained.model;
  };

  it('comes to the model of all rows, although it holds the newest alone', async () => {
    const all = await rowsOf('long.csv', file);
    const model = await trainOn();
    expect(model.contentHash).toBe(
      trainedModel(
        all.map((row) => ({ ...row, host: 'csv' })),
        training,
      ).contentHash,
    );
    expect(model.metrics).toMatchObject({ rowsGiven: ROWS });
  });

  it('says of a file that runs backwards how many of its rows are late', async () => {
    const path = join(folder, 'backwards.csv');
    await writeFile(path, ['timestamp,cpu,memory,network', ...lines.toReversed()].join('\n'));
    const { trained } = await trainFromCsv({
      ...{ path, labelColumn: null, group: 'web', created: 1, search: null },
      training,
    });
    expect(trained).toMatchObject({
      code: 'TOO_FEW_ROWS',
      reason: expect.stringContaining(`${ROWS - 1} of ${ROWS} rows are older than one before them`),
    });
  });

  it('trains on fewer rows where memory is short, the newest', async () => {
    const model = await trainOn({ ...USUAL_MEMORY, rows: 100 * 18 * 105 });
    expect(model.rows).toBeLessThanOrEqual(100);
    expect(model.rows).toBeGreaterThanOrEqual(80);
    expect(model.trainedTo).toBe((await trainOn()).trainedTo);
  });
});
