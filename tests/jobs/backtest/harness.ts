import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { liveSteps } from '../../../cli/live-steps.js';
import { readSettings } from '../../../common/config.js';
import { type BacktestFileOptions, backtestFile } from '../../../jobs/backtest/main.js';
import { trainSettings } from '../../../jobs/train/config.js';
import { trainFromCsv } from '../../../jobs/train/from-csv.js';
import { trainingOf } from '../../../jobs/train/once.js';
import { scoreSettings } from '../../../processors/score/config.js';
import { windowSettings } from '../../../processors/window/config.js';
import type { ModelVersion } from '../../../schemas/model-version.js';

const TRAINING = { values: { TRAIN_TREES: '20', TRAIN_SUBSAMPLE: '64' }, readFile: () => '' };
const DEFAULTS = { values: {}, readFile: () => '' };
const DRIFT = { blockMs: 3_600_000, windowBlocks: 24 };

/** How the alarm column is set. */
export const ALARM = { quietShare: 0.015, step: 0.005, hold: 0.5 };

/** Times of rows without any. */
export const TIMES = { startMs: 1_704_067_200_000, intervalMs: 60_000 };

/** One row of a verdicts file, as it stands there. */
export type VerdictRow = Readonly<Record<string, string>>;

/** Returns the rows of a verdicts file. */
export async function readVerdicts(path: string): Promise<VerdictRow[]> {
  const bytes = await readFile(path);
  const text = path.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell])));
}

/** Trains a small model on a file. */
export async function trainOnFile(path: string, group: string): Promise<ModelVersion> {
  const training = trainingOf(readSettings(trainSettings, TRAINING), DRIFT);
  const { trained } = await trainFromCsv({
    path,
    labelColumn: null,
    group,
    training,
    created: TIMES.startMs,
    search: null,
  });
  if (!trained.ok) throw new Error(trained.reason);
  return trained.model;
}

/** Backtests in a folder by the steps of the live system at their default settings, with small forests. */
export async function backtest(
  folder: string,
  files: { readonly input: string; readonly train?: string; readonly labels?: string },
  options: Partial<BacktestFileOptions> = {},
) {
  const paths: Record<string, string | null> = { input: null, train: null, labels: null };
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, `${name}.csv`);
    await writeFile(path, text);
    paths[name] = path;
  }
  const out = options.out ?? join(folder, 'verdicts.csv');
  const report = await backtestFile({
    steps: liveSteps({
      window: readSettings(windowSettings, DEFAULTS),
      score: readSettings(scoreSettings, DEFAULTS),
      train: readSettings(trainSettings, TRAINING),
      drift: DRIFT,
    }),
    input: paths['input'] ?? '',
    train: paths['train'] ?? null,
    labels: paths['labels'] ?? null,
    labelColumn: null,
    report: null,
    model: null,
    group: null,
    times: TIMES,
    alarm: ALARM,
    trainingRows: 10_000,
    progress: { write: () => undefined },
    monotonicNow: () => performance.now(),
    ...options,
    out,
  });
  return { report, verdicts: await readVerdicts(out) };
}
