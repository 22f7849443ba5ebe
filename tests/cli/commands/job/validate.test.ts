import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import type { ValidationReport } from '../../../../jobs/validate/report.js';
import { fakeIo } from '../../fake-io.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-validate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `job validate` on a file of these lines; returns what it printed and what it threw. */
async function validate(lines: readonly string[], flags: readonly string[] = [], name = 'rows.csv') {
  const path = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
  const fake = fakeIo({ environment: { KAFKA_BROKERS: '127.0.0.1:1', LOG_LEVEL: 'silent' } });
  const line = ['node', 'tidewatch', 'job', 'validate', '--input', path, ...flags];
  const thrown: unknown = await createProgram(fake.io)
    .parseAsync(line)
    .then(() => null)
    .catch((error: unknown) => error);
  return { printed: fake.stdout(), thrown };
}

const header = 'timestamp,cpu_percent,queue,label';
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => `${1_700_000_000 + 60 * i},${40 + (i % 9)},${i % 4},0`);

describe('job validate on a file', () => {
  it('passes good rows, in a table for people', async () => {
    const { printed, thrown } = await validate([header, ...rows(100)], [], 'good.csv.gz');
    expect(thrown).toBeNull();
    expect(printed).toContain('passed: 0.00 % of 100 rows violate a check, 5.00 % are allowed');
    expect(printed).toMatch(/cpu_percent +100 +0 +0 +0 +43\.9/);
  });

  it('fails above the limit, says where, and writes the whole report', async () => {
    const bad = rows(100);
    for (const at of [10, 20, 30]) bad[at] = bad[at]?.replace(/,\d+,/, ',101,') ?? '';
    bad[40] = 'not,a,row';
    bad[50] = `${bad[50]?.split(',')[0]},x,1,0`;
    bad[60] = bad[59] ?? '';
    const report = join(folder, 'report.json');
    const { printed, thrown } = await validate(
      [header, ...bad],
      ['--report', report, '--label-column', 'label'],
    );
    expect(thrown).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(printed).toContain('FAILED: 6.00 % of 100 rows');
    expect(printed).toContain('range: 3, first at line 12, cpu_percent: outside the range of its metric');
    expect(printed).toContain('schema: 2, first at line 42: 3 cells, the header has 4');
    const written = JSON.parse(await readFile(report, 'utf8')) as ValidationReport;
    expect(written).toMatchObject({
      passed: false,
      rows: 100,
      violatingRows: 6,
      violations: { schema: { count: 2 }, duplicate: { count: 1, examples: [{ place: 'line 62' }] } },
      gaps: 3,
      hosts: [{ rows: 98, usualIntervalMs: 60_000, rowsInGaps: 3 }],
    });
    expect(written.metrics.map(({ metric }) => metric)).toEqual(['cpu_percent', 'queue']);
    const lenient = await validate([header, ...bad], ['--validate-max-violations', '0.06', '--json']);
    expect(lenient.thrown).toBeNull();
    expect(JSON.parse(lenient.printed)).toMatchObject({ passed: true, limit: 0.06 });
  });

  it('holds metrics to ranges of one’s own', async () => {
    const flags = ['--metric-ranges', 'queue=0..2', '--json'];
    const { printed, thrown } = await validate([header, ...rows(100)], flags);
    expect(thrown).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(JSON.parse(printed)).toMatchObject({ violatingRows: 25, violations: { range: { count: 25 } } });
  });

  it('counts empty cells as missing and knows no times where the file has none', async () => {
    const lines = ['a,b', ...Array.from({ length: 40 }, (_, i) => `${i},${i % 10 === 0 ? '' : 1}`)];
    lines[20] = 'x,1';
    const { printed } = await validate(lines, ['--json']);
    expect(JSON.parse(printed)).toMatchObject({
      violatingRows: 5,
      gaps: 0,
      violations: { missing: { count: 4, examples: [{ place: 'line 2', metric: 'b' }, {}, {}, {}] } },
      hosts: [{ from: null, to: null, gaps: 0 }],
    });
  });

  it.each([
    [
      'too few rows, and says how many are missing',
      [header, ...rows(4)],
      'TOO_FEW_ROWS',
      '6 more are needed',
    ],
    ['a header that names a column twice', ['a,a', '1,2'], 'BAD_CSV', 'line 1'],
    ['an empty file', [''], 'BAD_CSV', 'line 1'],
  ])('refuses %s', async (_, lines, code, message) => {
    const { thrown } = await validate(lines);
    expect(thrown).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('refuses a range that is none and a file that is not there', async () => {
    const { thrown } = await validate([header], ['--metric-ranges', 'queue']);
    expect(thrown).toMatchObject({ code: 'BAD_SETTINGS' });
    const fake = fakeIo();
    const line = ['node', 'tidewatch', 'job', 'validate', '--input', join(folder, 'absent.csv.gz')];
    await expect(createProgram(fake.io).parseAsync(line)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});
