import { link, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFileArguments, checkLabelColumn } from '../../cli/file-arguments.js';
import { createProgram } from '../../cli/program.js';
import { fakeIo } from './fake-io.js';

const DATA = 'timestamp,cpu,label\n0,1,0\n60000,2,1\n';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-files-'));
  await writeFile(inFolder('data.csv'), DATA);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);

async function job(...line: string[]): Promise<void> {
  const fake = fakeIo({ environment: { KAFKA_BROKERS: '127.0.0.1:1', LOG_LEVEL: 'silent' } });
  await createProgram(fake.io).parseAsync(['node', 'tidewatch', 'job', ...line]);
}

describe('files of a command line', () => {
  it('may be read twice, be new, be devices', async () => {
    const input = inFolder('data.csv');
    await checkFileArguments({
      reads: { input, train: input, model: undefined },
      writes: { out: '/dev/null', report: '/dev/null', labels: inFolder('new.csv') },
    });
  });

  it('are refused when one would be written over another', async () => {
    const [out, input] = [inFolder('a.csv'), inFolder('data.csv')];
    await expect(checkFileArguments({ writes: { out, labels: join(folder, '.', 'a.csv') } })).rejects.toThrow(
      'labels and out are the same file',
    );
    await expect(checkFileArguments({ reads: { input }, writes: { out: input } })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });

  it('are known by every name they have', async () => {
    const input = inFolder('data.csv');
    await symlink(input, inFolder('soft.csv'));
    await link(input, inFolder('hard.csv'));
    await symlink(folder, inFolder('round'));
    for (const out of ['soft.csv', 'hard.csv', 'round/data.csv'].map(inFolder))
      await expect(checkFileArguments({ reads: { input }, writes: { out } })).rejects.toThrow(
        'out and input are the same file',
      );
    const [out, report] = [inFolder('new.csv'), inFolder('round/new.csv')];
    await expect(checkFileArguments({ writes: { out, report } })).rejects.toThrow(
      'report and out are the same',
    );
  });

  it('are refused where they are folders', async () => {
    await expect(checkFileArguments({ writes: { out: folder } })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: `writing ${folder}: it is a folder`,
    });
  });

  it('are refused before any work where nothing can be written', async () => {
    for (const path of [inFolder('nowhere/model.json'), inFolder('data.csv/model.json')])
      await expect(checkFileArguments({ writes: { 'model-out': path } })).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        message: expect.stringContaining(path),
      });
  });

  it.each([
    ['backtest', '--out'],
    ['validate', '--report'],
    ['train', '--model-out'],
  ])('stay as they are when job %s is told to write them over', async (name, flag) => {
    const input = inFolder('data.csv');
    await expect(job(name, '--input', input, flag, input)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await readFile(input, 'utf8')).toBe(DATA);
  });

  it('stay as they are when an imported model is told to replace its forest', async () => {
    const fake = fakeIo();
    const forest = inFolder('data.csv');
    const line = ['models', 'import', '--format', 'sklearn-json', forest, '--model-out', forest];
    await expect(createProgram(fake.io).parseAsync(['node', 'tidewatch', ...line])).rejects.toThrow(
      'model-out and file are the same file',
    );
  });
});

describe('the column of labels', () => {
  it('is looked for in the header', async () => {
    await checkLabelColumn(inFolder('data.csv'), 'label');
    await checkLabelColumn(inFolder('data.csv'), undefined);
    await expect(checkLabelColumn(inFolder('data.csv'), 'lable')).rejects.toThrow('no column "lable"');
  });

  it.each([
    ['train', '--model-out', 'm.json'],
    ['backtest', '--out', 'v.csv'],
    ['validate', '--report', 'r.json'],
  ])('stops job %s when it is not there: the label would be one more metric', async (name, flag, file) => {
    await expect(
      job(name, '--input', inFolder('data.csv'), flag, inFolder(file), '--label-column', 'lable'),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
