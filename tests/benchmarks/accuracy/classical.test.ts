import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runClassical } from '../../../benchmarks/accuracy/classical.js';
import { CLASSICAL_SETS } from '../../../benchmarks/accuracy/published.js';
import { gaussian, seededRandom } from '../../../common/random.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-classical-'));
  await mkdir(join(folder, 'classical'));
  const random = seededRandom(5);
  const lines = Array.from({ length: 400 }, (_, row) => {
    const shift = row % 40 === 0 ? 2.5 : 0;
    return [gaussian(random) + shift, gaussian(random) - shift, Number(shift > 0)].join(',');
  });
  const bytes = gzipSync(`x2,x1,label\n${lines.join('\n')}\n`);
  await writeFile(join(folder, 'classical', `${CLASSICAL_SETS[0]}.csv.gz`), bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('fits and scores all rows without their labels, by both growers and seed by seed', async () => {
  const [set] = await runClassical(folder, { sets: 1, progress: () => undefined });
  expect(set).toMatchObject({ name: CLASSICAL_SETS[0], rows: 400, features: 2 });
  for (const grower of ['package', 'own'] as const) {
    expect(set?.rocAuc[grower].mean).toBeGreaterThan(0.95);
    // Forests of different seeds differ, a little: a seed that is not used would leave no spread.
    expect(set?.rocAuc[grower].standardDeviation).toBeGreaterThan(0);
    expect(set?.rocAuc[grower].standardDeviation).toBeLessThan(0.02);
  }
});
