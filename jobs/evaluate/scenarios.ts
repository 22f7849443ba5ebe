import type { CsvReading } from '../../common/csv/csv-rows.js';
import { gaussian, seededRandom } from '../../common/random.js';

/** What is done to the rows of a scenario. */
export type ScenarioKind = 'clean' | 'noise' | 'missing' | 'outliers' | 'shift';

/** One way to disturb rows. */
export interface Scenario {
  readonly kind: ScenarioKind;
  /** Noise and shift in standard deviations of each metric, outliers as the factor of the value; 0 where there is nothing to say. */
  readonly size: number;
  /** The metric that is missing; null for the others. */
  readonly metric: string | null;
  /** Returns the disturbed rows, in their order; those given stay as they are. */
  disturb(rows: readonly CsvReading[]): readonly CsvReading[];
}

/** A reading that an outlier scenario multiplies. */
export interface OutlierPlace {
  readonly place: number;
  readonly metric: string;
}

const NOISE = [0.01, 0.05, 0.1];
const FACTORS = [2, 5, 10];
const SHIFTS = [0.1, 0.5, 1];
/** One row in so many gets an outlier; as far apart that one is over before the next. */
const ROWS_PER_OUTLIER = 100;

export interface ScenarioOptions {
  readonly metrics: readonly string[];
  /** Standard deviation of each metric: the unit of noise and shift. */
  readonly spreads: ReadonlyMap<string, number>;
  readonly outliers: readonly OutlierPlace[];
  readonly seed: number;
}

/** Returns all scenarios, the undisturbed one first: 10 and one for each metric. */
export function scenariosOf({ metrics, spreads, outliers, seed }: ScenarioOptions): Scenario[] {
  const spreadOf = (metric: string): number => spreads.get(metric) ?? 0;
  return [
    { kind: 'clean', size: 0, metric: null, disturb: (rows) => rows },
    ...NOISE.map((size) => ({
      kind: 'noise' as const,
      size,
      metric: null,
      disturb: (rows: readonly CsvReading[]) => {
        const random = seededRandom(seed);
        return rows.map((row) =>
          changed(row, (value, metric) => value + size * spreadOf(metric) * gaussian(random)),
        );
      },
    })),
    ...metrics.map((metric) => ({
      kind: 'missing' as const,
      size: 0,
      metric,
      disturb: (rows: readonly CsvReading[]) => rows.map((row) => without(row, metric)),
    })),
    ...FACTORS.map((size) => ({
      kind: 'outliers' as const,
      size,
      metric: null,
      disturb: (rows: readonly CsvReading[]) => {
        const places = new Map(outliers.map(({ place, metric }) => [place, metric]));
        return rows.map((row, place) =>
          changed(row, (value, metric) => (places.get(place) === metric ? size * value : value)),
        );
      },
    })),
    ...SHIFTS.map((size) => ({
      kind: 'shift' as const,
      size,
      metric: null,
      disturb: (rows: readonly CsvReading[]) =>
        rows.map((row) => changed(row, (value, metric) => value + size * spreadOf(metric))),
    })),
  ];
}

/**
 * Returns where outliers go: one reading in every hundred rows, the place drawn from the first half of them. Only readings that are at least one standard deviation
 * away from 0: twice nothing is nothing. The same places for all factors, so that the factors can be compared.
 */
export function drawOutliers(
  rows: readonly CsvReading[],
  spreads: ReadonlyMap<string, number>,
  seed: number,
): OutlierPlace[] {
  const random = seededRandom(seed);
  const places: OutlierPlace[] = [];
  for (let start = 0; start + ROWS_PER_OUTLIER <= rows.length; start += ROWS_PER_OUTLIER) {
    const place = start + Math.floor((random() * ROWS_PER_OUTLIER) / 2);
    const row = rows[place];
    const fitting =
      row === undefined ? [] : row.metrics.filter((metric, i) => isVisible(metric, row.values[i]));
    const metric = fitting[Math.floor(random() * fitting.length)];
    if (metric !== undefined) places.push({ place, metric });
  }
  return places;

  function isVisible(metric: string, value: number | undefined): boolean {
    const spread = spreads.get(metric) ?? 0;
    return value !== undefined && spread > 0 && Math.abs(value) >= spread;
  }
}

function changed(row: CsvReading, change: (value: number, metric: string) => number): CsvReading {
  return { ...row, values: row.values.map((value, i) => change(value, row.metrics[i] ?? '')) };
}

function without(row: CsvReading, metric: string): CsvReading {
  const kept = row.metrics.flatMap((name, i) => (name === metric ? [] : [i]));
  return {
    ...row,
    metrics: kept.map((i) => row.metrics[i] ?? ''),
    values: kept.map((i) => row.values[i] ?? Number.NaN),
  };
}
