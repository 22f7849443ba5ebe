import { cpus, loadavg, totalmem } from 'node:os';
import { round } from '../stream/spread.js';
import { askedOf } from './asked.js';
import type { Measurement } from './measurement.js';

/** A measurement beside what is asked of it. */
export interface Figure extends Measurement {
  readonly subject: string;
  /** Features, metrics or training rows. */
  readonly shape: number;
  /** The most that is asked; null = only told. */
  readonly asked: number | null;
  /** Whether the median is within what is asked; null when nothing is. */
  readonly ok: boolean | null;
}

/** Everything that one run found. */
export interface DetectionReport {
  readonly command: string;
  readonly date: string;
  readonly machine: Readonly<Record<string, string | number>>;
  /** Versions of the references; null when the run left them out. */
  readonly references: Readonly<Record<string, string>> | null;
  readonly figures: readonly Figure[];
  readonly seconds: number;
}

/** Returns the measurement beside what is asked of it. A median that is no number is never ok. */
export function figureOf(subject: string, shape: number, measurement: Measurement): Figure {
  const asked = askedOf(subject, shape, measurement.name);
  const ok = asked === null ? null : measurement.spread.median <= asked;
  return { subject, shape, asked, ok, ...measurement };
}

/** Returns what the figures depend on; `loadBefore` tells how busy the machine was before. */
export function describeMachine(): DetectionReport['machine'] {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: round(totalmem() / 1e9, 1),
    loadBefore: round(loadavg()[0] ?? 0, 2),
    node: process.version,
  };
}

/** Returns the tables for people, Markdown: everything against what is asked, then the times on the forest that all share. */
export function tablesOf({ figures }: Pick<DetectionReport, 'figures'>): string {
  const isBeside = ({ subject, unit }: Figure): boolean => BESIDE.has(subject) && unit === 'us/event';
  const beside = figures.filter(isBeside);
  const others = figures.filter((figure) => !isBeside(figure));
  return `${askedTable(others)}${beside.length === 0 ? '' : besideTable(beside)}`;
}

/** Subjects that share forests and rows. */
const BESIDE = new Set(['reference forest', 'scikit-learn and shap']);

function besideTable(figures: readonly Figure[]): string {
  const shapes = [...new Set(figures.map(({ shape }) => shape))];
  const names = [...new Set(figures.map(({ name }) => name))];
  const median = (name: string, shape: number): string => {
    const found = figures.find((figure) => figure.name === name && figure.shape === shape);
    return found === undefined ? '' : shown(found.spread.median);
  };
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    '',
    row(['the same forest and rows, us/event', ...shapes.map((shape) => `${shape} features`)]),
    row(['---', ...shapes.map(() => '---')]),
    ...names.map((name) => row([name, ...shapes.map((shape) => median(name, shape))])),
    '',
  ].join('\n');
}

function askedTable(figures: readonly Figure[]): string {
  const lines = figures.map(({ subject, shape, name, unit, asked, ok, spread }) => {
    const range = spread.samples === 1 ? '' : `${shown(spread.minimum)} - ${shown(spread.maximum)}`;
    const verdict = ok === null ? '' : ok ? 'ok' : '**over**';
    const cells = [
      subject,
      shape,
      name,
      shown(spread.median),
      range,
      unit,
      asked === null ? '' : shown(asked),
      verdict,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| subject | features, metrics or rows | what | median | spread | unit | asked, at most | |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function shown(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : String(round(value, 3));
}
