import {
  createLayoutCache,
  createStatisticReader,
  type FeatureLayout,
  type FeatureView,
  type StatisticKey,
} from '../../detection/detectors/feature-view.js';
import type { ForestFeature, HostScaling } from '../../detection/detectors/forest-inputs.js';
import { usableValue } from '../../detection/series/series-state.js';
import { unitOf } from '../../detection/series/unit.js';
import { quantiles } from '../../detection/statistics/quantile.js';
import type { TrainingRow } from '../training-row.js';

/** A metric that fewer of the rows hold is a stray name, not an input of the group's model. */
const LEAST_PRESENCE = 0.05;
/** Rows that a host needs for a scaling of its own; with fewer it takes the group's. */
const LEAST_HOST_ROWS = 50;
/** Least scale, in units of the metric: under it a statistic is constant, and its noise means nothing. */
const LEAST_SCALE = 0.01;

/**
 * Most pairs of centre and scale of all hosts: 2 MiB of a model record, whose 16 MiB hold 12 of drift references as well. Enough for 570 hosts of
 * 38 metrics; of more, those with the most rows have a scaling of their own.
 */
const MOST_SCALINGS = 131_072;

/** What the forest reads, and how it is made comparable. */
export interface StandardisedInputs {
  readonly features: ForestFeature[];
  readonly scaling: HostScaling[];
}

/**
 * Returns the forest's inputs: the chosen statistics of every metric that at least 5 % of the rows hold, metrics in order of their
 * names, each with its median as centre and its population standard deviation as scale (at least 0.01 units of the metric, where a unit is
 * max(q99.9 - q0.1, 0.1 |median|) of the readings): of the whole group, and of each host by itself, which takes the group's for what it
 * has on fewer than 50 rows. Metric by metric, so that the columns of one are in memory. O(rows x features, log for the medians).
 */
export function standardise(
  rows: readonly TrainingRow[],
  choices: readonly StatisticKey[],
): StandardisedInputs {
  const views = viewsOf(rows);
  const metrics = commonMetrics(rows);
  const hosts = hostsOf(rows, Math.floor(MOST_SCALINGS / Math.max(1, metrics.length * choices.length)));
  const features: ForestFeature[] = [];
  for (const metric of metrics) {
    const readings = readingsOf(views, metric);
    const unit = unitOfReadings(known(readings));
    const hostUnits = hosts.map(({ places }) => unitOfReadings(known(readings, places)));
    for (const { name: statistic, window } of choices) {
      const column = columnOf(views, metric, { name: statistic, window });
      const values = known(column);
      if (values.length === 0) continue;
      const ofGroup = scaleOf(values, unit);
      features.push({ metric, statistic, window, ...ofGroup });
      hosts.forEach(({ places, centres, scales }, i) => {
        const own = known(column, places);
        const { centre, scale } = own.length < LEAST_HOST_ROWS ? ofGroup : scaleOf(own, hostUnits[i] ?? unit);
        centres.push(centre);
        scales.push(scale);
      });
    }
  }
  if (features.length === 0) return { features, scaling: [] };
  return { features, scaling: hosts.map(({ host, centres, scales }) => ({ host, centres, scales })) };
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
  return gather(views, metric, ({ event }, place) => usableValue(event.values[place] ?? Number.NaN));
}

function columnOf(views: readonly FeatureView[], metric: string, key: StatisticKey): Float64Array {
  const read = createStatisticReader(key);
  return gather(views, metric, (view, place) => read(view)[place] ?? Number.NaN);
}

/** Reads one number of every view; the place of the metric is looked up once per layout, of which ten thousand rows have one or two. */
function gather(
  views: readonly FeatureView[],
  metric: string,
  read: (view: FeatureView, place: number) => number,
): Float64Array {
  const column = new Float64Array(views.length);
  let layout: FeatureLayout | null = null;
  let place = -1;
  // Not Float64Array.from: its iterator was a quarter of a training.
  views.forEach((view, row) => {
    if (view.layout !== layout) {
      layout = view.layout;
      place = layout.metricOf(metric);
    }
    column[row] = read(view, place);
  });
  return column;
}

interface HostRows {
  readonly host: string;
  /** Places of its rows. */
  readonly places: number[];
  readonly centres: number[];
  readonly scales: number[];
}

/** At most so many hosts with enough rows, those with the most, sorted by name; centres and scales still empty. */
function hostsOf(rows: readonly TrainingRow[], most: number): HostRows[] {
  const hosts = new Map<string, HostRows>();
  rows.forEach(({ host }, place) => {
    const known = hosts.get(host) ?? { host, places: [], centres: [], scales: [] };
    hosts.set(host, known);
    known.places.push(place);
  });
  return [...hosts.values()]
    .filter(({ places }) => places.length >= LEAST_HOST_ROWS)
    .sort((a, b) => b.places.length - a.places.length || compareNames(a, b))
    .slice(0, most)
    .sort(compareNames);
}

function compareNames(a: HostRows, b: HostRows): number {
  return a.host < b.host ? -1 : 1;
}

/** Returns the numbers of a column, of all rows or of those at `places`. */
function known(column: Float64Array, places?: readonly number[]): Float64Array {
  const count = places?.length ?? column.length;
  const numbers = new Float64Array(count);
  let found = 0;
  for (let i = 0; i < count; i += 1) {
    const value = column[places?.[i] ?? i] ?? Number.NaN;
    if (Number.isFinite(value)) numbers[found++] = value;
  }
  return numbers.subarray(0, found);
}

function scaleOf(values: Float64Array, unit: number): { centre: number; scale: number } {
  const [centre = 0] = quantiles(values, [0.5]);
  return { centre, scale: Math.max(deviationOf(values), LEAST_SCALE * unit) };
}

function unitOfReadings(readings: Float64Array): number {
  if (readings.length === 0) return 1;
  const [low = 0, median = 0, high = 0] = quantiles(readings, [0.001, 0.5, 0.999]);
  return unitOf({ low, median, high });
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
