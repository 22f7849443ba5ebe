import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import { csvRows } from '../../../jobs/backtest/csv-files.js';
import { fakeIo } from '../../fake-io.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-jobs-'));
  await writeFile(inFolder('train.csv'), csvRows({ seed: 1, rows: 300, start: null }));
  await writeFile(
    inFolder('test.csv'),
    csvRows({ seed: 2, rows: 100, start: null, labelled: true, incident: [80, 89] }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);

/** Runs a command line without Kafka; returns what it printed. */
async function run(...line: string[]): Promise<string> {
  const fake = fakeIo({ environment: { KAFKA_BROKERS: '127.0.0.1:1', LOG_LEVEL: 'silent' } });
  await createProgram(fake.io).parseAsync(['node', 'tidewatch', ...line]);
  return fake.stdout();
}

describe('the commands that work on files alone', () => {
  it('train, then backtest and explain by the same model file', async () => {
    const model = inFolder('model.json');
    await run(
      'job',
      'train',
      '--input',
      inFolder('train.csv'),
      '--model-out',
      model,
      '--seed',
      '7',
      '--group',
      'web',
    );
    const report: unknown = JSON.parse(
      await run(
        ...[
          'job',
          'backtest',
          '--model',
          model,
          '--train',
          inFolder('train.csv'),
          '--input',
          inFolder('test.csv'),
        ],
        ...['--label-column', 'label', '--out', inFolder('verdicts.csv'), '--json'],
      ),
    );
    const { version } = JSON.parse(await readFile(model, 'utf8')) as { version: string };
    expect(report).toMatchObject({ rows: 100, models: [{ version, fromRow: 0 }], quality: { labelled: 10 } });
    expect((await readFile(inFolder('verdicts.csv'), 'utf8')).split('\n')).toHaveLength(102);
    const explained = await run(
      ...['job', 'explain', '--model', model, '--input', inFolder('test.csv'), '--label-column', 'label'],
      ...['--out', inFolder('shap.csv')],
    );
    expect(explained).toContain(`100 rows explained by iforest.web ${version} (3 features)`);
  });

  it('trains by the file that it is given, or by the stream, in words for people', async () => {
    const out = [
      '--input',
      inFolder('test.csv'),
      '--label-column',
      'label',
      '--out',
      inFolder('verdicts.csv'),
    ];
    expect(await run('job', 'backtest', ...out, '--train', inFolder('train.csv'))).toContain('alarm ');
    expect(await run('job', 'backtest', ...out)).toContain('trained on 50 rows, provisional');
  });

  it.each([
    [
      'a file that is not there',
      ['job', 'backtest', '--input', 'absent.csv', '--out', 'v.csv'],
      'FILE_UNREADABLE',
    ],
    ['a replay of it', ['produce', 'replay', '--input', 'absent.csv'], 'FILE_UNREADABLE'],
    [
      'two rates',
      ['produce', 'replay', '--input', 'a.csv', '--rate', '5', '--as-fast-as-possible'],
      'BAD_SETTINGS',
    ],
    ['a rate of nothing', ['produce', 'replay', '--input', 'a.csv', '--rate', '0'], 'BAD_SETTINGS'],
    ['another format', ['models', 'import', 'forest.json', '--format', 'pickle'], 'BAD_SETTINGS'],
    ['no input', ['job', 'explain', '--model', 'm.json'], 'commander.missingMandatoryOptionValue'],
  ])('refuse %s', async (_, line, code) => {
    await expect(run(...line)).rejects.toMatchObject({ code });
  });

  it('do not publish a forest that cannot score the stream', async () => {
    const forest = new URL('../../../fixtures/vectors/iforest_f3_t20.json', import.meta.url).pathname;
    await expect(run('models', 'import', '--format', 'sklearn-json', forest)).rejects.toMatchObject({
      code: 'BAD_SETTINGS',
      message: expect.stringContaining('cannot score the stream'),
    });
    const imported = await run(
      'models',
      'import',
      '--format',
      'sklearn-json',
      forest,
      '--model-out',
      inFolder('f.json'),
    );
    expect(imported).toMatch(/^iforest\.imported v\d+-[0-9a-f]{8}: 20 trees, 3 features, in /);
  });
});
