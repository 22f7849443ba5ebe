import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completion } from '../../common/lifecycle.js';
import { writeCsvFile } from '../../jobs/csv-writer.js';
import { writeTextFile } from '../../jobs/model-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-csv-'));
  await writeFile(inFolder('old.csv'), 'what was there');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);
const header = ['a', 'b'];

describe('writeCsvFile', () => {
  it('writes rows, packed where the name says so, and returns what the filling does', async () => {
    for (const name of ['new.csv', 'new.csv.gz', 'old.csv']) {
      const path = inFolder(name);
      const filled = await writeCsvFile({ path, header }, async (write) => {
        await write([1.5, 'x,"y"']);
        await write([null, -0.1]);
        return 2;
      });
      expect(filled).toBe(2);
      const bytes = await readFile(path);
      const text = name.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
      expect(text).toBe('a,b\n1.5,"x,""y"""\n,-0.1\n');
    }
    expect(await readdir(folder)).toEqual(['new.csv', 'new.csv.gz', 'old.csv']);
  });

  it('leaves what was there when the filling fails, and nothing beside it', async () => {
    for (const name of ['old.csv', 'new.csv.gz']) {
      const filling = writeCsvFile({ path: inFolder(name), header }, async (write) => {
        for (let row = 0; row < 50_000; row += 1) await write([row, row]);
        throw new RangeError('the 50,000th row is bad');
      });
      await expect(filling).rejects.toThrow('50,000th');
    }
    expect(await readdir(folder)).toEqual(['old.csv']);
    expect(await readFile(inFolder('old.csv'), 'utf8')).toBe('what was there');
  });

  it('takes back at once what is unfinished when the job is told to end', async () => {
    const stop = new AbortController();
    const file = { path: inFolder('old.csv'), header, signal: stop.signal };
    const filling = writeCsvFile(file, async (write) => {
      await write([1, 2]);
      expect(await readdir(folder)).toEqual(['old.csv', expect.stringMatching(/^old\.csv\.\w{8}\.partial$/)]);
      stop.abort();
      // Whoever aborts may end the process right after: nothing asynchronous is left to do.
      expect(await readdir(folder)).toEqual(['old.csv']);
    });
    await expect(filling).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(await readFile(inFolder('old.csv'), 'utf8')).toBe('what was there');
  });

  it('follows a link, and keeps it', async () => {
    await symlink(inFolder('old.csv'), inFolder('link.csv'));
    await writeCsvFile({ path: inFolder('link.csv'), header }, () => Promise.resolve());
    expect(await readFile(inFolder('old.csv'), 'utf8')).toBe('a,b\n');
    expect(await readdir(folder)).toEqual(['link.csv', 'old.csv']);
  });

  it('keeps the rights of the file that it replaces', async () => {
    // The usual mask would take the group's right to write from a new file.
    for (const rights of [0o600, 0o664, 0o666]) {
      await chmod(inFolder('old.csv'), rights);
      await writeCsvFile({ path: inFolder('old.csv'), header }, () => Promise.resolve());
      expect((await stat(inFolder('old.csv'))).mode & 0o777).toBe(rights);
    }
  });

  it('leaves the whole file of the last to end, where two write the same one', async () => {
    const path = inFolder('old.csv');
    const begun = [completion(), completion()];
    const [first, second] = begun.map(({ done }, writer) =>
      writeCsvFile({ path, header }, async (write) => {
        await write([writer, 1]);
        await done;
        await write([writer, 2]);
      }),
    );
    begun[0]?.finish();
    await first;
    expect(await readFile(path, 'utf8')).toBe('a,b\n0,1\n0,2\n');
    begun[1]?.finish();
    await second;
    expect(await readFile(path, 'utf8')).toBe('a,b\n1,1\n1,2\n');
    expect(await readdir(folder)).toEqual(['old.csv']);
  });

  it('writes to a pipe as it is', async () => {
    const pipe = inFolder('pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    const [read] = await Promise.all([
      readFile(pipe, 'utf8'),
      writeCsvFile({ path: pipe, header }, (write) => write([1, 2])),
    ]);
    expect(read).toBe('a,b\n1,2\n');
    expect((await stat(pipe)).isFIFO()).toBe(true);
  });

  it.each(['nowhere/file.csv', 'old.csv/file.csv'])(
    'names a file that cannot be written: %s',
    async (name) => {
      const path = inFolder(name);
      await expect(writeCsvFile({ path, header }, () => Promise.resolve())).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        message: expect.stringContaining(path),
      });
    },
  );

  it('says when the disk is full', async () => {
    const filling = writeCsvFile({ path: '/dev/full', header }, async (write) => {
      for (let row = 0; row < 50_000; row += 1) await write([row, row]);
    });
    await expect(filling).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });
});

it('writes a text whole or not at all', async () => {
  await writeTextFile(inFolder('old.csv'), 'anew');
  expect(await readFile(inFolder('old.csv'), 'utf8')).toBe('anew');
  await expect(writeTextFile(inFolder('nowhere/x.json'), '{}')).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
  expect(await readdir(folder)).toEqual(['old.csv']);
});
