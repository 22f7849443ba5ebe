import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import { modelFromJson } from '../../../../schemas/model-json.js';
import type { ModelVersion } from '../../../../schemas/model-version.js';
import { csvRows } from '../../../jobs/backtest/csv-files.js';
import { fakeIo } from '../../fake-io.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-train-'));
  const rows = { seed: 1, rows: 1200, start: null };
  await writeFile(inFolder('long.csv'), csvRows({ ...rows, labelled: true, incident: [900, 915] }));
  await writeFile(inFolder('short.csv'), csvRows({ ...rows, rows: 300 }));
  await writeFile(inFolder('odd.csv'), 'cpu,label\n1,maybe\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);

/** Runs `job` on files; returns what it printed on both streams. */
async function job(line: readonly string[], environment: Record<string, string> = {}) {
  const fake = fakeIo({
    environment: { PATH: process.env['PATH'] ?? '', TRAIN_SUBSAMPLE: '64', ...environment },
  });
  const failure: unknown = await createProgram(fake.io)
    .parseAsync(['node', 'tidewatch', 'job', ...line])
    .then(
      () => null,
      (error: unknown) => error,
    );
  return { out: fake.stdout(), err: fake.stderr(), failure };
}
const train = (file: string, ...more: string[]) => {
  const files = ['--input', inFolder(file), '--model-out', inFolder('model.json'), '--group', 'web'];
  return ['train', ...files, ...more];
};
const LABELLED = ['--label-column', 'label'];

async function modelInFile(): Promise<ModelVersion> {
  const decoded = modelFromJson(await readFile(inFolder('model.json'), 'utf8'));
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.value;
}

describe('job train on a file', () => {
  it('searches parameters, shows what it tried and writes a model that names its data, its code and its figures', async () => {
    const { out, failure } = await job(train('long.csv', ...LABELLED));
    expect(failure).toBeNull();
    expect(out).toMatch(/^web: iforest\.web v\S+, \d+ of 1200 rows$/m);
    expect(out).toMatch(
      /fitted on \d+ rows, chosen on \d+ by the labels of the validation rows, judged on \d+/,
    );
    expect(out.match(/^ +(50|100|200) +0\.\d+ .*$/gm)).toHaveLength(12);
    const model = await modelInFile();
    expect(model.dataFingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(model.gitCommit ?? '').toMatch(/^([0-9a-f]{40}(-dirty)?)?$/);
    expect(model.metrics).toMatchObject({ 'search.candidates': 12, stability: expect.any(Number) });
  });

  it('says that a model is not kept where no file is named, and that a file has too few rows', async () => {
    const plain = ['train', '--input', inFolder('short.csv'), '--no-grid'];
    expect((await job(plain)).out).toContain('the model is not kept: --model-out names a file');
    expect((await job(train('short.csv', '--no-grid'))).out).not.toContain('not kept');
    const { failure } = await job(plain, { TRAIN_MIN_ROWS: '1000' });
    expect(failure).toMatchObject({ code: 'TOO_FEW_ROWS', retriable: false });
  });

  it('does not search what is given, nor anything with --no-grid', async () => {
    const given = JSON.parse(
      (await job(train('long.csv', ...LABELLED, '--contamination', '0.02', '--json'))).out,
    ) as [{ contamination: number; search: { candidates: { contamination: number }[] } }];
    expect(given[0].contamination).toBe(0.02);
    expect(new Set(given[0].search.candidates.map(({ contamination }) => contamination))).toEqual(
      new Set([0.02]),
    );
    const plain = JSON.parse((await job(train('long.csv', ...LABELLED, '--no-grid', '--json'))).out) as [
      object,
    ];
    expect(plain[0]).toMatchObject({ trees: 100, search: null, metrics: { rowsGiven: 1200 } });
  });

  it('trains without a search where rows are too few for one, and says how many are missing', async () => {
    const { out } = await job(train('short.csv'));
    expect(out).toMatch(/no search of parameters: \d+ more warm rows are needed for one/);
    expect((await modelInFile()).provisional).toBe(true);
  });

  it('refuses a label that is not 0 or 1', async () => {
    expect((await job(train('odd.csv', ...LABELLED))).failure).toMatchObject({ code: 'BAD_INPUT' });
  });

  it.each([
    ['is away', 'http://me:secret@127.0.0.1:9'],
    ['is none', 'sqlite:///mlflow.db'],
  ])('writes the model with one warning when MLflow %s', async (_, uri) => {
    await rm(inFolder('model.json'), { force: true });
    const { out, err, failure } = await job(train('short.csv'), { MLFLOW_TRACKING_URI: uri });
    expect(failure).toBeNull();
    expect(err.trim().split('\n')).toEqual([expect.stringContaining('its run was not logged')]);
    expect(out + err).not.toContain('secret');
    expect((await modelInFile()).group).toBe('web');
  });
});

describe('job evaluate', () => {
  const evaluate = (...more: string[]) =>
    job([
      'evaluate',
      '--model',
      inFolder('model.json'),
      '--input',
      inFolder('long.csv'),
      ...LABELLED,
      ...more,
    ]);

  it('prints a table, or one JSON object, and fails a declared minimum after it', async () => {
    await job(train('short.csv'));
    const fast = { EVALUATE_MAX_ROWS: '300', EVALUATE_HISTORY_ROWS: '100' };
    const flags = Object.entries(fast).flatMap(([name, value]) => [
      `--${name.toLowerCase().replaceAll('_', '-')}`,
      value,
    ]);
    const table = await evaluate(...flags);
    expect(table.failure).toBeNull();
    expect(table.out).toMatch(/^undisturbed .*\nnoise 0.01 sd /m);
    const failing = await evaluate(...flags, '--json', '--evaluate-max-p99-us', '1');
    expect(failing.failure).toMatchObject({ code: 'EVALUATION_FAILED' });
    expect(JSON.parse(failing.out)).toMatchObject({ failed: [expect.stringContaining('p99')] });
  });
});

describe('job train', () => {
  it.each([
    [['--watch', '--input', 'a.csv'], '--watch and --input exclude each other'],
    [['--watch', '--model-out', 'm.json'], '--watch and --model-out exclude each other'],
    [['--watch', '--grid'], '--watch and --grid exclude each other'],
    [['--input', 'a.csv', '--new-references'], '--new-references and --input exclude each other'],
    [['--label-column', 'label'], '--label-column is a column of --input'],
    [['--group', ''], '--group is empty'],
  ])('refuses flags that it would pass over: %j', async (flags, said) => {
    const { failure } = await job(['train', ...flags], { KAFKA_BROKERS: '127.0.0.1:1' });
    expect(failure).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(said) });
  });
});
