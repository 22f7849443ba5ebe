import { gaussian, type Random, seededRandom } from '../../common/random.js';
import type { MetricEvent } from '../../schemas/metric-event.js';

/** Hosts whose events take turns: more than one, so that their state does not all stay in the cache. */
export const SIMULATED_HOSTS = 4;
const START_MS = 1_800_000_000_000;
const INTERVAL_MS = 60_000;

/** Returns a seeded source of events: every metric wanders with its host's load and has noise of its own; one event a minute and host. */
export function simulateHosts(metricCount: number, seed: number): () => MetricEvent {
  const random = seededRandom(seed);
  const metrics = Array.from({ length: metricCount }, (_, i) => `metric_${String(i).padStart(3, '0')}`);
  const loads = new Float64Array(SIMULATED_HOSTS);
  let sequence = 0;
  return () => {
    const host = sequence % SIMULATED_HOSTS;
    const load = 0.9 * (loads[host] ?? 0) + gaussian(random);
    loads[host] = load;
    const id = `simulated:${sequence}`;
    const timestamp = START_MS + INTERVAL_MS * Math.floor(sequence / SIMULATED_HOSTS);
    sequence += 1;
    const values = metrics.map((_, metric) => reading(metric, load, random));
    return {
      id,
      host: `host-${host}`,
      timestamp,
      source: 'simulator',
      metrics,
      values,
      labels: { group: 'bench' },
    };
  };
}

function reading(metric: number, load: number, random: Random): number {
  return 50 + metric + 3 * load + 2 * gaussian(random);
}
