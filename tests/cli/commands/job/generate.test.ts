import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import type { BacktestReport } from '../../../../jobs/backtest/report.js';
import type { GenerateReport } from '../../../../jobs/generate/main.js';
import { fakeIo } from '../../fake-io.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-generate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);

async function job(...line: string[]): Promise<string> {
  const environment = {
    KAFKA_BROKERS: '127.0.0.1:1',
    LOG_LEVEL: 'silent',
    TRAIN_TREES: '20',
    TRAIN_SUBSAMPLE: '64',
  };
  const fake = fakeIo({ environment });
  await createProgram(fake.io).parseAsync(['node', 'tidewatch', 'job', ...line]);
  return fake.stdout();
}

describe('job generate', () => {
  it('writes the same bytes for the same seed, and others for another', async () => {
    const write = async (name: string, seed: string) => {
      const files = [
        inFolder(`${name}.csv.gz`),
        inFolder(`${name}-labels.csv.gz`),
        inFolder('list.json'),
      ] as const;
      const paths = ['--out', files[0], '--labels', files[1], '--incidents', files[2]];
      const printed = await job('generate', ...paths, '--rows', '1000', '--seed', seed);
      expect(printed).toContain(`(seed ${seed})`);
      return Promise.all(files.map((file) => readFile(file)));
    };
    const [first, again, other] = [await write('a', '5'), await write('b', '5'), await write('c', '6')];
    expect(first[0]?.equals(again[0] ?? Buffer.alloc(0))).toBe(true);
    expect(first[1]?.equals(again[1] ?? Buffer.alloc(0))).toBe(true);
    expect(first[0]?.equals(other[0] ?? Buffer.alloc(0))).toBe(false);
    const lines = gunzipSync(first[0] ?? '')
      .toString()
      .split('\n');
    expect(lines).toHaveLength(1002);
    expect(lines[0]).toMatch(/^timestamp,cpu_percent,memory_percent,/);
    const list = JSON.parse(String(first[2])) as GenerateReport;
    const labels = gunzipSync(first[1] ?? '')
      .toString()
      .trimEnd()
      .split('\n')
      .slice(1);
    for (const { fromRow, toRow, from, to } of list.incidents) {
      expect([labels[fromRow - 1], labels[fromRow]]).toEqual([`${from - 60_000},0`, `${from},1`]);
      expect([labels[toRow], labels[toRow + 1]]).toEqual([`${to},1`, `${to + 60_000},0`]);
    }
  });

  it('writes what validate, train and backtest take as it is', async () => {
    const [data, labels, model] = [inFolder('d.csv'), inFolder('l.csv'), inFolder('m.json')];
    const { labelled } = JSON.parse(
      await job('generate', '--out', data, '--labels', labels, '--rows', '1500', '--metrics', '3', '--json'),
    ) as GenerateReport;
    expect(await job('validate', '--input', data)).toContain('passed: 0.00 % of 1500 rows');
    const trained = await job('train', '--input', data, '--model-out', model, '--group', 'generated');
    expect(trained).toContain('generated: ');
    const report = JSON.parse(
      await job('backtest', '--input', data, '--labels', labels, '--out', inFolder('v.csv'), '--json'),
    ) as BacktestReport;
    expect(report).toMatchObject({ rows: 1500, metrics: 3, quality: { rows: 1500, labelled } });
    expect(labelled).toBeGreaterThan(40);
  });

  it('refuses what does not fit and a file that cannot be written', async () => {
    const absent = inFolder('no/such/folder.csv');
    await expect(job('generate', '--out', absent)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    await expect(job('generate', '--out', inFolder('x.csv'), '--rows', '50')).rejects.toMatchObject({
      code: 'TOO_FEW_ROWS',
    });
    await expect(job('generate', '--out', inFolder('x.csv'), '--rows', 'many')).rejects.toMatchObject({
      code: 'BAD_SETTINGS',
    });
  });
});
