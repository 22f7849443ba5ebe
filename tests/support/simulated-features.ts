import { gaussian, type Random, seededRandom } from '../../common/random.js';
import { groupOf } from '../../detection/series/group.js';
import { emptyHost } from '../../detection/series/host-state.js';
import { observe } from '../../detection/series/observe.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';

export interface SimulatedFeatures {
  readonly seed: number;
  readonly events: number;
  readonly host?: string;
  readonly group?: string;
  readonly metrics?: readonly string[];
  /** Change of one event's values, by the event's number: where incidents are made. */
  readonly disturb?: (event: number, values: number[]) => void;
}

/** Time of the first event, milliseconds. */
export const SIMULATION_START = 1_800_000_000_000;

/**
 * Returns the features of one host whose metrics share a cause (load) besides their own noise, one event a second, as the
 * series state of the live system sees them.
 */
export function simulateFeatures(options: SimulatedFeatures): FeatureEvent[] {
  const { seed, events, host = 'web-1', metrics = ['cpu', 'memory', 'network'] } = options;
  const random = seededRandom(seed);
  const state = emptyHost();
  const group = options.group ?? groupOf({}, metrics);
  let load = 0;
  return Array.from({ length: events }, (_, event) => {
    load = 0.7 * load + gaussian(random);
    const values = readings(metrics.length, load, random);
    options.disturb?.(event, values);
    const timestamp = SIMULATION_START + 1000 * event;
    const seen = observe(state, { timestamp, appendTime: timestamp, metrics, values }, 86_400_000);
    return {
      id: `${host}:${event}`,
      host,
      group,
      timestamp,
      sourcePartition: 0,
      sourceOffset: event,
      appendTime: timestamp,
      metrics,
      values,
      statistics: seen.statistics,
      baseline: seen.baseline,
      warmingUp: seen.warmingUp,
      late: seen.late,
      latenessMs: seen.latenessMs,
      labels: {},
    };
  });
}

function readings(count: number, load: number, random: Random): number[] {
  return Array.from({ length: count }, (_, metric) => 40 + 10 * metric + 3 * load + 2 * gaussian(random));
}
