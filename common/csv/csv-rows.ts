import { LATEST_TIMESTAMP } from '../../schemas/codec/checks.js';

/** One row of a file as a reading: the cells that hold a number. */
export interface CsvReading {
  /** Number of the row in its file, from 0. */
  readonly row: number;
  /** Milliseconds since the epoch; without a timestamp column start + row x interval. */
  readonly timestamp: number;
  /** The cell of the timestamp column as it stands in the file; null without one. */
  readonly timeText: string | null;
  /** The cell of the label column; null without one. */
  readonly label: string | null;
  /** All metric columns of the file, sorted. */
  readonly columns: readonly string[];
  /** The same columns in the order of the file. */
  readonly columnsInFile: readonly string[];
  /** Columns that hold a number in this row, sorted. */
  readonly metrics: readonly string[];
  readonly values: readonly number[];
}

export type CsvLine =
  /** `hasLabel`: whether the label column is there. */
  | { readonly kind: 'header'; readonly hasLabel: boolean }
  | { readonly kind: 'reading'; readonly reading: CsvReading }
  | { readonly kind: 'problem'; readonly reason: string };

/** What a file without times is taken for. */
export interface RowTimes {
  /** Time of its first row, milliseconds since the epoch. */
  readonly startMs: number;
  /** Time from row to row, milliseconds. */
  readonly intervalMs: number;
}

const ROW_A_MINUTE: RowTimes = { startMs: 0, intervalMs: 60_000 };
/** Numbers below this are seconds since the epoch, above it milliseconds: in seconds it is the year 5138. */
const LARGEST_SECONDS = 1e11;
/** Control characters besides white space, and what stands for bytes that are no UTF-8. */
const NO_TEXT = /[\p{Cc}\ufffd]/u;
const EMPTY_CELLS = new Set(['', 'na', 'nan', 'null', 'none']);

interface Header {
  /** Whether the first column is the timestamp. */
  readonly hasTimestamp: boolean;
  readonly width: number;
  /** Place of the label column; -1 = none. */
  readonly labelPlace: number;
  /** Metric columns sorted by name, with their places. */
  readonly columns: readonly { readonly name: string; readonly place: number }[];
  readonly names: readonly string[];
  readonly namesInFile: readonly string[];
}

/**
 * Returns a function that takes the lines of one file in order: the header first, then rows. A cell that is empty or NA lacks
 * that metric; any other text than a number, or a row of another width, is a problem. `labelColumn` is no metric; null for none.
 */
export function createCsvParser(
  labelColumn: string | null,
  times: RowTimes = ROW_A_MINUTE,
): (line: string) => CsvLine {
  let header: Header | null = null;
  let row = 0;
  return (line) => {
    const cells = splitLine(line);
    if (header === null) {
      const read = readHeader(cells, labelColumn);
      if (typeof read === 'string') return { kind: 'problem', reason: read };
      header = read;
      return { kind: 'header', hasLabel: header.labelPlace >= 0 };
    }
    const parsed = readRow(header, cells, { row, timestamp: times.startMs + row * times.intervalMs });
    row += 1;
    return parsed;
  };
}

function readHeader(cells: readonly string[], labelColumn: string | null): Header | string {
  const unlike = headerProblem(cells);
  if (unlike !== null) return unlike;
  const hasTimestamp = cells[0]?.toLowerCase() === 'timestamp';
  const columns = cells
    .map((name, place) => ({ name, place }))
    .filter(({ name, place }) => name !== labelColumn && !(hasTimestamp && place === 0));
  const namesInFile = columns.map(({ name }) => name);
  columns.sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = columns.map(({ name }) => name);
  if (columns.length === 0) return 'the header names no metric';
  if (names.some((name) => name === '')) return 'the header has a column without a name';
  if (new Set(names).size < names.length) return 'the header names a column twice';
  const labelPlace = labelColumn === null ? -1 : cells.indexOf(labelColumn);
  return { hasTimestamp, width: cells.length, labelPlace, columns, names, namesInFile };
}

/** Returns why a line can be no header, although it has cells; null for one that can. */
function headerProblem(cells: readonly string[]): string | null {
  const text = cells.join(',');
  if (cells.length === 1 && /[;\t]/.test(text))
    return 'the header is one cell with semicolons or tabs: cells are separated by commas';
  if (NO_TEXT.test(text))
    return 'the file is no UTF-8 text (UTF-16 is not read; the name of a packed file ends in .gz)';
  const numbers = cells.map((cell) => (cell === '' ? Number.NaN : Number(cell)));
  // A date, or the name of the column of times.
  if (numbers.length > 1 && Number.isNaN(numbers[0])) numbers.shift();
  // Numbers that count up from 0 or 1 are what programs call columns without names.
  const isCount = numbers.every((number, i) => number === (numbers[0] ?? 0) + i) && (numbers[0] ?? 2) < 2;
  if (isCount || numbers.some(Number.isNaN)) return null;
  return 'the first line holds numbers where a header names the columns';
}

function readRow(
  header: Header,
  cells: readonly string[],
  { row, timestamp: usual }: { row: number; timestamp: number },
): CsvLine {
  if (cells.length !== header.width) {
    return { kind: 'problem', reason: `${cells.length} cells, the header has ${header.width}` };
  }
  const timeText = header.hasTimestamp ? (cells[0] ?? '') : null;
  const timestamp = timeText === null ? usual : parseTime(timeText);
  if (Number.isNaN(timestamp)) return { kind: 'problem', reason: 'the timestamp cannot be read' };
  if (timestamp < 0 || timestamp > LATEST_TIMESTAMP)
    return {
      kind: 'problem',
      reason: 'the timestamp is outside 1970 to 2100 (s or ms since 1970, or a date)',
    };
  const metrics: string[] = [];
  const values: number[] = [];
  for (const { name, place } of header.columns) {
    const cell = cells[place] ?? '';
    if (EMPTY_CELLS.has(cell.toLowerCase())) continue;
    const value = Number(cell);
    if (!Number.isFinite(value))
      return { kind: 'problem', reason: `column ${place + 1} is no finite number` };
    metrics.push(name);
    values.push(value);
  }
  const label = cells[header.labelPlace] ?? null;
  const { names: columns, namesInFile: columnsInFile } = header;
  return {
    kind: 'reading',
    reading: { row, timestamp, timeText, label, columns, columnsInFile, metrics, values },
  };
}

/** Seconds, milliseconds or a date; a date without a zone is UTC, so that a file reads the same everywhere. */
function parseTime(text: string): number {
  const number = Number(text);
  if (text !== '' && Number.isFinite(number)) {
    return Math.round(number < LARGEST_SECONDS ? number * 1000 : number);
  }
  const iso = text.replace(' ', 'T');
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(iso);
  return Date.parse(hasZone || !iso.includes('T') ? iso : `${iso}Z`);
}

/** Cells of a line, trimmed; a cell in double quotes may hold commas, and "" for a quote. */
function splitLine(line: string): string[] {
  const text = line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
  if (!text.includes('"')) return text.split(',').map((cell) => cell.trim());
  const cells: string[] = [];
  for (const [, quoted, plain] of `${text},`.matchAll(/(?:\s*"((?:[^"]|"")*)"\s*|([^,]*)),/g)) {
    cells.push(quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll('""', '"'));
  }
  return cells;
}
