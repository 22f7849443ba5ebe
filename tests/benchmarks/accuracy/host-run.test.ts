import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCollection, summarise } from '../../../benchmarks/accuracy/collection.js';
import { type HostCollection, readHost } from '../../../benchmarks/accuracy/host-files.js';
import { type HostRun, runHost } from '../../../benchmarks/accuracy/host-run.js';
import { gaussian, seededRandom } from '../../../common/random.js';

const SMD: HostCollection = { name: 'smd', intervalMs: 60_000, endIncluded: false };
const FIRST = 300;
const LAST = 339;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-accuracy-'));
  await mkdir(join(folder, 'smd', 'machine-x'), { recursive: true });
  const write = (name: string, text: string) =>
    writeFile(join(folder, 'smd', 'machine-x', name), name.endsWith('.gz') ? gzipSync(text) : text);
  await write('train.csv.gz', rows({ seed: 1, count: 700, incident: false }));
  await write('test.csv.gz', rows({ seed: 2, count: 500, incident: true }));
  await write(
    'labels.csv.gz',
    `label\n${Array.from({ length: 500 }, (_, i) => Number(inside(i))).join('\n')}\n`,
  );
  await write('interpretation.txt', `${FIRST}-${LAST + 1}:1\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function inside(row: number): boolean {
  return row >= FIRST && row <= LAST;
}

/** Columns that are not in the order of their names: only the first of the file, the last by name, goes wrong. */
function rows(options: {
  readonly seed: number;
  readonly count: number;
  readonly incident: boolean;
}): string {
  const random = seededRandom(options.seed);
  const lines = Array.from({ length: options.count }, (_, row) =>
    [0, 1, 2]
      .map((column) => 5 + gaussian(random) + (options.incident && column === 0 && inside(row) ? 30 : 0))
      .join(','),
  );
  return `zeta,alpha,beta\n${lines.join('\n')}\n`;
}

async function run(): Promise<HostRun> {
  return runHost(await readHost(join(folder, 'smd'), 'machine-x', SMD), SMD.intervalMs);
}

describe('a labelled host, run by the job', () => {
  it('is judged by the verdicts, and the metric that went wrong is named though the files order metrics otherwise', async () => {
    const { figures, explained, agreement } = await run();
    expect(figures).toMatchObject({ name: 'machine-x', rows: 500, labelled: 40 });
    expect(figures.ranking.score.rocAuc).toBeGreaterThan(0.9);
    expect(figures.verdicts.is_anomaly).toMatchObject({ incidents: 1, detected: 1 });
    expect(agreement).toEqual({ exact: 1, misfits: 0, unexplained: 0 });
    const { explanation, ranking, verdicts } = summarise('smd', [{ figures, explained, agreement }]);
    expect(explanation.contributions.incident.firstIsTrue).toBe(1);
    expect(explanation.contributions.strongestMoment.firstIsTrue).toBe(1);
    expect(explanation.iforest.incident.firstIsTrue).toBe(1);
    expect(explanation.chance.rows.hitRate100).toBeCloseTo(1 / 3, 12);
    expect(verdicts.alarm.shareOfBestF1).toBe(verdicts.alarm.f1 / ranking.score.bestF1);
  });

  it('gives the same figures twice', async () => {
    expect(await run()).toEqual(await run());
  });

  it('is refused when its interpretation does not fit its labels, as with the wrong end of ranges', async () => {
    const wrong = { ...SMD, endIncluded: true };
    const options = { hosts: 1, progress: () => undefined };
    await expect(runCollection(folder, wrong, options)).rejects.toThrow(/do not fit the labels of machine-x/);
    await expect(runCollection(folder, SMD, { ...options, hosts: 0 })).rejects.toThrow(/there is no host/);
  });
});
