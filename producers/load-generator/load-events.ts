import { gaussian, seededRandom } from '../../common/random.js';
import type { MetricEvent } from '../../schemas/metric-event.js';

export interface LoadEventsOptions {
  readonly hosts: number;
  readonly metrics: number;
  readonly seed: number;
  readonly group: string;
  readonly producerId: string;
}

/** Returns a source of events: hosts in turn, each metric a seeded wander around its own level (50 plus its number, standard deviation 5). */
export function loadEvents(options: LoadEventsOptions): (timestamp: number) => MetricEvent {
  const random = seededRandom(options.seed);
  const digits = String(options.metrics).length;
  const metrics = Array.from(
    { length: options.metrics },
    (_, index) => `metric_${String(index + 1).padStart(digits, '0')}`,
  );
  const labels = { group: options.group };
  // Normal draws are dear beside the rest of an event: a table of them is walked with a stride that no table length divides.
  const noise = Float64Array.from({ length: NOISE_LENGTH }, () => gaussian(random));
  let sequence = 0;
  let position = 0;
  return (timestamp) => {
    const host = `load-${(sequence % options.hosts) + 1}`;
    const values = metrics.map((_, index) => {
      position = (position + NOISE_STRIDE) % NOISE_LENGTH;
      return 50 + index + 5 * (noise[position] ?? 0);
    });
    const id = `${options.producerId}:${sequence}`;
    sequence += 1;
    return { id, host, timestamp, source: 'load', metrics, values, labels };
  };
}

const NOISE_LENGTH = 65_536;
const NOISE_STRIDE = 7_919;
