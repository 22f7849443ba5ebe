import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runCommand } from '../../infra/local/commands.js';
import { type Measurement, perEvent } from '../detection/measurement.js';
import { correlatedRows } from '../detection/rows.js';
import { spreadOf } from '../stream/spread.js';
import type { Environment } from './environment.js';

/** Rows that everybody scores and explains; a multiple of every batch size. */
export const REFERENCE_ROWS = 1_024;

const resultSchema = z.object({
  versions: z.record(z.string(), z.string()),
  timings: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]))),
});

export interface ReferenceRunOptions {
  readonly python: string;
  readonly root: string;
  /** Where rows, forest and answers are exchanged. */
  readonly folder: string;
  readonly features: number;
  readonly trainingRows: number;
  readonly repeats: number;
  readonly environment: Environment;
}

/** What scikit-learn and shap took. */
export interface ReferenceRun {
  readonly versions: Readonly<Record<string, string>>;
  readonly measurements: readonly Measurement[];
}

const DEADLINE_MS = 600_000;
/** One thread, as one core scores here. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', NUMBA_NUM_THREADS: '1' };

/** Trains and measures scikit-learn's forest and shap's explainer on rows that it writes; leaves forest and answers in the folder. Throws an Error when the program fails. */
export async function runReference(options: ReferenceRunOptions): Promise<ReferenceRun> {
  const { folder, features, root } = options;
  await writeFile(join(folder, 'train.f64'), bytesOf(correlatedRows(options.trainingRows, features, 1)));
  await writeFile(join(folder, 'rows.f64'), bytesOf(correlatedRows(REFERENCE_ROWS, features, 7)));
  const lines: string[] = [];
  const program = join(root, 'benchmarks/references/measure.py');
  const args = [program, folder, String(features), String(options.repeats), join(root, 'examples')];
  const { code, output } = await runCommand(options.python, args, {
    environment: { ...options.environment, ...ONE_THREAD },
    timeoutMs: DEADLINE_MS,
    onLine: (line) => lines.push(line),
  });
  if (code !== 0) throw new Error(`running the reference program: ${output.slice(-2_000)}`);
  const { versions, timings } = resultSchema.parse(JSON.parse(lines.at(-1) ?? ''));
  return { versions, measurements: Object.entries(timings).map(([name, runs]) => measured(name, runs)) };
}

function measured(name: string, runs: readonly (readonly [number, number])[]): Measurement {
  if (name === 'fit') return trainingTime(runs);
  const timed = runs.map(([cpu, wall]) => ({ cpuMicroseconds: 1e6 * cpu, wallMicroseconds: 1e6 * wall }));
  return perEvent(name, 1, timed);
}

function trainingTime(runs: readonly (readonly [number, number])[]): Measurement {
  const [cpu, wall] = [runs.map(([seconds]) => seconds), runs.map(([, seconds]) => seconds)];
  const facts = { wallMedian: spreadOf(wall, 3).median };
  return { name: 'training', unit: 's', spread: spreadOf(cpu, 3), facts };
}

function bytesOf(values: Float64Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
