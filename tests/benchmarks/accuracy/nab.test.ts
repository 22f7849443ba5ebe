import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onsets, runNab } from '../../../benchmarks/accuracy/nab.js';
import { gaussian, seededRandom } from '../../../common/random.js';

const ROWS = 600;
const SPIKE = 400;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-nab-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('scores a file that warms up on itself, and says what the verdicts earn without a chosen threshold', async () => {
  const random = seededRandom(3);
  const values = Array.from({ length: ROWS }, (_, row) => 10 + gaussian(random) + (row === SPIKE ? 40 : 0));
  const path = join(folder, 'spike.csv');
  const start = Date.UTC(2024, 0, 1);
  const lines = values.map((value, row) => `${new Date(start + 300_000 * row).toISOString()},${value}`);
  await writeFile(path, `timestamp,value\n${lines.join('\n')}\n`);
  const windows = [{ start: SPIKE, end: SPIKE + 60 }];
  const report = await runNab([{ name: 'spike', path, values, windows }], () => undefined);
  // Hit at the window's left edge, and by a threshold that nothing else reaches.
  expect(report.score).toEqual({
    name: 'score',
    standard: 100,
    lowFalsePositives: 100,
    lowFalseNegatives: 100,
  });
  expect(report.windows).toBe(1);
  // No other file could choose a threshold for it.
  expect(report.heldOut).toBeNull();
  for (const { standard } of report.shipped) expect(standard).toBeLessThanOrEqual(100);
  const random11 = report.controls.find(({ name }) => name === 'random');
  expect(random11?.standard).toBeLessThan(report.score.standard);
});

it('takes for an onset what is above all rows shortly before it, and nothing after it', () => {
  const scores = Float64Array.from([0.1, 0.5, 0.5, 0.4, 0.6, 0.2, 0.3]);
  expect([...onsets(scores, 2)]).toEqual([0.1, 0.5, 0, 0, 0.6, 0, 0]);
  expect([...onsets(scores.slice(0, 4), 2)]).toEqual([0.1, 0.5, 0, 0]);
});
