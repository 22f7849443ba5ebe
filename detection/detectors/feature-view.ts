/** Name and window of one statistic in the features record. */
export interface StatisticKey {
  readonly name: string;
  /** Points that it looks back over; 0 = the gated history of the series. */
  readonly window: number;
}

/** What the detectors read of one event: a part of the features record, arrays in the order of `metrics`. */
export interface FeatureSource {
  readonly host: string;
  readonly metrics: readonly string[];
  readonly values: readonly number[];
  readonly statistics: readonly (StatisticKey & { readonly values: readonly number[] })[];
  /** Version of each metric's published baseline, 0 = none; null while no metric has one. */
  readonly baseline: { readonly version: readonly number[] } | null;
}

/**
 * The names that events of one kind share: which metrics, which statistics, in which order. A detector looks its
 * statistics up once per layout, by the layout's identity, and reads them by place from then on.
 */
export interface FeatureLayout {
  readonly metrics: readonly string[];
  /** Returns the place of a statistic in `FeatureSource.statistics`; -1 when the events lack it. O(statistics). */
  slotOf(key: StatisticKey): number;
  /** Returns the place of a metric in `metrics`; -1 when the events lack it. O(1). */
  metricOf(name: string): number;
}

/** One event and the layout that it has. */
export interface FeatureView {
  readonly layout: FeatureLayout;
  readonly event: FeatureSource;
}

/** Hands out one layout per distinct set of names. */
export interface LayoutCache {
  /** Returns the event with its layout; the same object for all events that have the same names in the same order. */
  viewOf(event: FeatureSource): FeatureView;
  /** Returns the layout alone: for whoever has views of its own. Allocates nothing for a layout that is known. */
  layoutOf(event: FeatureSource): FeatureLayout;
}

/** Groups have one layout each, a host that splits its moments a few more: beyond this many the oldest is dropped. */
const REMEMBERED_LAYOUTS = 64;

/**
 * Returns an empty cache. Looking an event up costs one comparison of its names with those of the layout seen last
 * (none when the arrays are the very same), so a stream of one group never builds a second layout.
 */
export function createLayoutCache(): LayoutCache {
  const known: KnownLayout[] = [];
  const layoutOf = (event: FeatureSource): FeatureLayout => {
    const first = known[0];
    if (first !== undefined && hasNames(first, event)) return first.layout;
    let place = 1;
    while (place < known.length && !hasNames(known[place] as KnownLayout, event)) place += 1;
    const found = known[place] ?? learnLayout(event);
    moveToFront(known, found, Math.min(place, REMEMBERED_LAYOUTS - 1));
    return found.layout;
  };
  return { layoutOf, viewOf: (event) => ({ layout: layoutOf(event), event }) };
}

/** Puts an entry first and the ones before `place` behind it; what was at `place` goes. */
function moveToFront(known: KnownLayout[], entry: KnownLayout, place: number): void {
  for (let i = Math.min(place, known.length); i > 0; i -= 1) known[i] = known[i - 1] as KnownLayout;
  known[0] = entry;
}

interface KnownLayout {
  readonly keys: readonly StatisticKey[];
  readonly layout: FeatureLayout;
}

function learnLayout(event: FeatureSource): KnownLayout {
  const metrics = [...event.metrics];
  const places = new Map(metrics.map((name, place) => [name, place]));
  const keys = event.statistics.map(({ name, window }) => ({ name, window }));
  return {
    keys,
    layout: {
      metrics,
      slotOf: (key) => slotAmong(keys, key),
      metricOf: (name) => places.get(name) ?? -1,
    },
  };
}

/** A loop without a callback: where hosts of two groups take turns, every event asks. */
function slotAmong(keys: readonly StatisticKey[], { name, window }: StatisticKey): number {
  for (let i = 0; i < keys.length; i += 1) if (keys[i]?.window === window && keys[i]?.name === name) return i;
  return -1;
}

function hasNames({ keys, layout }: KnownLayout, event: FeatureSource): boolean {
  const { statistics, metrics } = event;
  if (statistics.length !== keys.length || metrics.length !== layout.metrics.length) return false;
  for (let i = 0; i < metrics.length; i += 1) if (metrics[i] !== layout.metrics[i]) return false;
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i];
    const statistic = statistics[i];
    if (statistic?.window !== key?.window || statistic?.name !== key?.name) return false;
  }
  return true;
}

const NOTHING: readonly number[] = [];

/**
 * Returns a reader of one statistic: its values in the order of the event's metrics, empty when the event lacks it.
 * It remembers the place for the layout seen last: one comparison of identities per event.
 */
export function createStatisticReader(key: StatisticKey): (view: FeatureView) => readonly number[] {
  let seen: FeatureLayout | null = null;
  let slot = -1;
  return ({ layout, event }) => {
    if (layout !== seen) {
      seen = layout;
      slot = layout.slotOf(key);
    }
    return event.statistics[slot]?.values ?? NOTHING;
  };
}
