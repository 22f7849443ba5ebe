import { gaussian, seededRandom } from '../../../common/random.js';

/** Metrics of the rows below; not in the order of their names. */
export const COLUMNS = ['network', 'cpu', 'memory'] as const;

export interface RowsOptions {
  readonly seed: number;
  readonly rows: number;
  /** Time of the first row, ms; null for a file without times. */
  readonly start: number | null;
  /** Rows (from and to) in which every metric is far off. */
  readonly incident?: readonly [number, number];
  /** Leaves a cell empty in every so manyth row. */
  readonly gapEvery?: number;
  /** Adds a column `label`: 1 in the incident. */
  readonly labelled?: boolean;
}

/** Time from row to row, ms: several baselines fall due while a file is read. */
export const ROW_MS = 600_000;

/** Returns the text of a CSV file of one host whose metrics share a cause. */
export function csvRows(options: RowsOptions): string {
  const { seed, rows, start, incident, gapEvery = Number.POSITIVE_INFINITY } = options;
  const random = seededRandom(seed);
  const header = [
    ...(start === null ? [] : ['timestamp']),
    ...COLUMNS,
    ...(options.labelled ? ['label'] : []),
  ];
  let load = 0;
  const lines = Array.from({ length: rows }, (_, row) => {
    load = 0.7 * load + gaussian(random);
    const isIncident = incident !== undefined && row >= incident[0] && row <= incident[1];
    const cells = COLUMNS.map(
      (_name, i) => 40 + 10 * i + 3 * load + 2 * gaussian(random) + (isIncident ? 60 : 0),
    );
    const shown = cells.map((cell, i) => (i === 1 && row % gapEvery === gapEvery - 1 ? '' : String(cell)));
    const time = start === null ? [] : [String(start + row * ROW_MS)];
    return [...time, ...shown, ...(options.labelled ? [String(Number(isIncident))] : [])].join(',');
  });
  return `${[header.join(','), ...lines].join('\n')}\n`;
}
