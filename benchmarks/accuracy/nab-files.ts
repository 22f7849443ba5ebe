import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type NabSeries, nabWindows } from '../../detection/evaluation/nab-sweep.js';
import type { Segment } from '../../detection/evaluation/segments.js';
import type { NabDetector } from './nab-detectors.js';

/** One file of the Numenta Anomaly Benchmark. */
export interface NabFile {
  /** Folder and file, as the labels name it. */
  readonly name: string;
  readonly path: string;
  readonly values: readonly number[];
  readonly windows: readonly Segment[];
}

/** Reads the files that the folder of the corpus holds of those that its labels name; none without a folder. Throws on unreadable files. */
export function readNab(root: string | null): NabFile[] {
  if (root === null) return [];
  const labels = join(root, 'labels', 'combined_windows.json');
  const limits = JSON.parse(readFileSync(labels, 'utf8')) as Record<string, [string, string][]>;
  return Object.entries(limits)
    .map(([name, windows]) => ({ name, windows, path: join(root, 'data', `${name}.gz`) }))
    .filter(({ path }) => existsSync(path))
    .map(({ name, windows, path }) => readFile(path, name, windows));
}

function readFile(path: string, name: string, limits: readonly [string, string][]): NabFile {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n').slice(1);
  const rows = lines.map((line) => line.split(','));
  const timestamps = rows.map(([timestamp]) => moment(timestamp ?? ''));
  const windows = limits.map(([first, last]) => [moment(first), moment(last)] as const);
  return {
    name,
    path,
    values: rows.map(([, value]) => Number(value)),
    windows: nabWindows(timestamps, windows),
  };
}

function moment(text: string): number {
  return Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`);
}

/** Runs a detector over every file. */
export function detect(files: readonly NabFile[], detector: NabDetector): NabSeries[] {
  return files.map(({ name, values, windows }) => ({ name, windows, scores: detector(values) }));
}
