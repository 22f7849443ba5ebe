import {
  createLayoutCache,
  createStatisticReader,
  type FeatureView,
  type StatisticKey,
} from '../../detection/detectors/feature-view.js';
import type { ForestFeature, HostScaling } from '../../detection/detectors/forest-inputs.js';
import { quantiles } from '../../detection/statistics/quantile.js';
import type { TrainingRow } from './training-row.js';

/** A metric that fewer of the rows hold is a stray name, not an input of the group's model. */
const LEAST_PRESENCE = 0.05;
/** Rows that a host needs for a scaling of its own; with fewer it takes the group's. */
const LEAST_HOST_ROWS = 50;
/** Least scale, in units of the metric: under it a statistic is constant, and its noise means nothing. */
const LEAST_SCALE = 0.01;

/** What the forest reads, and how it is made comparable. */
export interface StandardisedInputs {
  readonly features: ForestFeature[];
  readonly scaling: HostScaling[];
}

/**
 * Returns the forest's inputs: the chosen statistics of every metric that at least 5 % of the rows hold, metrics in order of their
 * names, each with its median as centre and its population standard deviation as scale (at least 0.01 units of the metric, where a unit is
 * max(q99.9 - q0.1, 0.1 |median|) of the readings): of the whole group, and of each host by itself. O(rows x features, log for the medians).
 */
export function standardise(
  rows: readonly TrainingRow[],
  choices: readonly StatisticKey[],
): StandardisedInputs {
  const views = viewsOf(rows);
  const metrics = commonMetrics(rows);
  const columns = metrics.flatMap((metric) => [
    { metric, statistic: null, values: readingsOf(views, metric) },
    ...choices.map((choice) => ({ metric, statistic: choice, values: columnOf(views, metric, choice) })),
  ]);
  const group = scalesOf(columns, null);
  const inputs = columns.filter(({ statistic }) => statistic !== null);
  const features = inputs.flatMap(({ metric, statistic, values }, i) => {
    const centre = group.centres[i];
    const scale = group.scales[i];
    if (statistic === null || centre === undefined || scale === undefined || !values.some(isNumber))
      return [];
    return [{ metric, statistic: statistic.name, window: statistic.window, centre, scale }];
  });
  // A model that reads statistics which no row carries has no host to scale either.
  const isComplete = features.length === inputs.length;
  const scaling = isComplete
    ? hostsOf(rows).map(({ host, places }) => ({ host, ...scalesOf(columns, places) }))
    : [];
  return { features, scaling };
}

interface Column {
  readonly metric: string;
  /** null for the readings themselves, which give the unit of the statistics behind them. */
  readonly statistic: StatisticKey | null;
  /** One value per row, NaN where the row has none. */
  readonly values: Float64Array;
}

function viewsOf(rows: readonly TrainingRow[]): FeatureView[] {
  const layouts = createLayoutCache();
  return rows.map((row) => layouts.viewOf(row));
}

function commonMetrics(rows: readonly TrainingRow[]): string[] {
  const presence = new Map<string, number>();
  for (const { metrics } of rows) {
    for (const metric of metrics) presence.set(metric, (presence.get(metric) ?? 0) + 1);
  }
  return [...presence.keys()]
    .filter((metric) => (presence.get(metric) ?? 0) >= LEAST_PRESENCE * rows.length)
    .sort();
}

function readingsOf(views: readonly FeatureView[], metric: string): Float64Array {
  return Float64Array.from(views, ({ layout, event }) => event.values[layout.metricOf(metric)] ?? Number.NaN);
}

function columnOf(views: readonly FeatureView[], metric: string, key: StatisticKey): Float64Array {
  const read = createStatisticReader(key);
  return Float64Array.from(views, (view) => read(view)[view.layout.metricOf(metric)] ?? Number.NaN);
}

/** Hosts with enough rows, sorted, and the places of their rows. */
function hostsOf(rows: readonly TrainingRow[]): { host: string; places: number[] }[] {
  const places = new Map<string, number[]>();
  rows.forEach(({ host }, place) => {
    const list = places.get(host);
    if (list === undefined) places.set(host, [place]);
    else list.push(place);
  });
  return [...places]
    .map(([host, list]) => ({ host, places: list }))
    .filter((entry) => entry.places.length >= LEAST_HOST_ROWS)
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

/** Centre and scale of every statistic's column over some rows, null = all. */
function scalesOf(
  columns: readonly Column[],
  places: readonly number[] | null,
): { centres: number[]; scales: number[] } {
  const centres: number[] = [];
  const scales: number[] = [];
  let unit = 1;
  for (const { statistic, values } of columns) {
    const chosen = (
      places === null ? values : Float64Array.from(places, (place) => values[place] as number)
    ).filter(isNumber);
    if (statistic === null) {
      unit = unitOf(chosen);
      continue;
    }
    const [centre = 0] = chosen.length === 0 ? [] : quantiles(chosen, [0.5]);
    centres.push(centre);
    scales.push(Math.max(deviationOf(chosen), LEAST_SCALE * unit));
  }
  return { centres, scales };
}

/** Unit of a metric: max(q99.9 - q0.1, 0.1 |median|), 1 where that is 0. */
function unitOf(readings: Float64Array): number {
  if (readings.length === 0) return 1;
  const [low = 0, middle = 0, high = 0] = quantiles(readings, [0.001, 0.5, 0.999]);
  const unit = Math.max(high - low, 0.1 * Math.abs(middle));
  return unit === 0 ? 1 : unit;
}

/** Population standard deviation, 0 without values. Distances are taken to the first value: no digits are lost on 10^12 +- 1. */
function deviationOf(values: Float64Array): number {
  const origin = values[0] ?? 0;
  let sum = 0;
  for (const x of values) sum += x - origin;
  const mean = sum / Math.max(1, values.length);
  let squares = 0;
  for (const x of values) squares += (x - origin - mean) ** 2;
  return Math.sqrt(squares / Math.max(1, values.length));
}

function isNumber(value: number): boolean {
  return Number.isFinite(value);
}
