import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildOnce, startTidewatch } from '../support/built-command.js';
import { waitFor } from '../support/services.js';

let folder = '';
beforeAll(buildOnce);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-interrupted-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'ends a job at %s with 130, and leaves the file that was there',
  async (signal) => {
    await writeFile(join(folder, 'data.csv.gz'), 'what was there');
    const out = ['--out', join(folder, 'data.csv.gz'), '--labels', join(folder, 'labels.csv')];
    // Would take a quarter of an hour.
    const job = startTidewatch(['job', 'generate', '--rows', '50000000', '--metrics', '8', ...out], {});
    const hasBegun = async () =>
      (await readdir(folder)).some((name) => /^labels\.csv\..*partial$/.test(name));
    await waitFor(hasBegun, { what: 'the job to write', timeoutMs: 20_000 });
    job.signal(signal);
    expect(await job.ended).toBe(130);
    expect(job.output()).toContain(`ended by ${signal}; what was unfinished is gone [INTERRUPTED]`);
    expect(await readdir(folder)).toEqual(['data.csv.gz']);
    expect(await readFile(join(folder, 'data.csv.gz'), 'utf8')).toBe('what was there');
  },
);
