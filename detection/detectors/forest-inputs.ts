import { createStatisticReader, type FeatureLayout, type FeatureView } from './feature-view.js';

/**
 * One input of a forest: softLog((statistic - centre) / scale) of one statistic of one metric. Centre and scale are those of the whole
 * group: they stand in for a host that was not there in training.
 */
export interface ForestFeature {
  readonly metric: string;
  readonly statistic: string;
  readonly window: number;
  readonly centre: number;
  /** Above 0. */
  readonly scale: number;
}

/** What is normal on one host of the group, in the order of the features: hosts of one group need not stand at the same level. */
export interface HostScaling {
  readonly host: string;
  readonly centres: readonly number[];
  /** Above 0. */
  readonly scales: readonly number[];
}

/**
 * Returns sign(x) ln(1 + |x|): order kept, far values pulled in, so that one runaway metric does not take every split
 * threshold of its feature with it. 0 for what is not a number.
 */
export function softLog(x: number): number {
  if (x > 0) return Math.log1p(x);
  return x < 0 ? -Math.log1p(-x) : 0;
}

/** Turns events into rows of a forest. */
export interface ForestInputs {
  /** Values per row. */
  readonly featureCount: number;
  /** Metrics that the forest knows, in order of first appearance among the features: the players of an explanation. */
  readonly metrics: readonly string[];
  /** Per feature the place of its metric in `metrics`. */
  readonly players: Int32Array;
  /** Returns how many features the event brings; 0 = the forest has nothing to say about it. */
  presentIn(view: FeatureView): number;
  /** Writes the row of an event from `rows[at]` on. What the event lacks takes the training median, 0 after standardisation. */
  fill(view: FeatureView, rows: Float64Array, at: number): void;
  /** Returns per metric of the event its place in `metrics`; -1 for a metric that the forest does not know. */
  playersOf(view: FeatureView): Int32Array;
}

type StatisticReader = ReturnType<typeof createStatisticReader>;

interface Binding {
  /** Per feature the place of its metric in the event; -1 = the event lacks it. */
  readonly places: Int32Array;
  readonly playersOfEvent: Int32Array;
  readonly present: number;
}

interface Scaling {
  readonly centres: Float64Array;
  readonly scales: Float64Array;
}

/**
 * Returns the inputs of a model's features. Places are looked up once per layout.
 * @param hosts scaling of the hosts that the model was trained on
 */
export function createForestInputs(
  features: readonly ForestFeature[],
  hosts: readonly HostScaling[] = [],
): ForestInputs {
  const metrics = [...new Set(features.map(({ metric }) => metric))];
  const players = Int32Array.from(features, ({ metric }) => metrics.indexOf(metric));
  const readers = features.map(({ statistic, window }) => createStatisticReader({ name: statistic, window }));
  const ofGroup: Scaling = {
    centres: Float64Array.from(features, ({ centre }) => centre),
    scales: Float64Array.from(features, ({ scale }) => scale),
  };
  const scalingOf = createHostScalings(hosts);
  const bindings = new WeakMap<FeatureLayout, Binding>();

  const bindingOf = ({ layout }: FeatureView): Binding => {
    const known = bindings.get(layout);
    if (known !== undefined) return known;
    const binding = bind(layout, features, metrics);
    bindings.set(layout, binding);
    return binding;
  };

  return {
    featureCount: features.length,
    metrics,
    players,
    presentIn: (view) => bindingOf(view).present,
    playersOf: (view) => bindingOf(view).playersOfEvent,
    fill: (view, rows, at) => {
      const { places } = bindingOf(view);
      const { centres, scales } = scalingOf(view.event.host) ?? ofGroup;
      for (let i = 0; i < places.length; i += 1) {
        const place = places[i] as number;
        const value = place < 0 ? Number.NaN : ((readers[i] as StatisticReader)(view)[place] as number);
        // NaN ends as 0 in softLog: a value that is missing or not a number says what the median says.
        rows[at + i] = softLog((value - (centres[i] as number)) / (scales[i] as number));
      }
    },
  };
}

/**
 * Returns where a host's scaling is looked up; undefined for a stranger. Converted when the host comes first: all at once, 200 hosts cost
 * a cold process milliseconds in which nobody scored.
 */
function createHostScalings(hosts: readonly HostScaling[]): (host: string) => Scaling | undefined {
  const given = new Map(hosts.map((one) => [one.host, one]));
  const converted = new Map<string, Scaling>();
  return (host) => {
    const known = converted.get(host);
    if (known !== undefined) return known;
    const own = given.get(host);
    if (own === undefined) return undefined;
    const scaling = { centres: new Float64Array(own.centres), scales: new Float64Array(own.scales) };
    converted.set(host, scaling);
    given.delete(host);
    return scaling;
  };
}

function bind(
  layout: FeatureLayout,
  features: readonly ForestFeature[],
  metrics: readonly string[],
): Binding {
  const places = Int32Array.from(features, ({ metric, statistic, window }) =>
    layout.slotOf({ name: statistic, window }) < 0 ? -1 : layout.metricOf(metric),
  );
  const known = new Map(metrics.map((name, place) => [name, place]));
  return {
    places,
    playersOfEvent: Int32Array.from(layout.metrics, (name) => known.get(name) ?? -1),
    present: places.reduce((count, place) => count + (place < 0 ? 0 : 1), 0),
  };
}
