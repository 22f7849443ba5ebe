import { gaussian, type Random } from '../../common/random.js';
import type { MetricForm } from './metrics.js';

const DAY_MS = 86_400_000;
/** Time constants of the shared load's wandering, and of each metric's own, ms. */
const LOAD_MS = 1_800_000;
const OWN_MS = 10_800_000;
const LOAD_WANDER = 0.05;

/** Returns a source of rows without incidents: the values of the metrics at one time after another. */
export function createNormal(
  forms: readonly MetricForm[],
  intervalMs: number,
  random: Random,
): (timestamp: number) => number[] {
  const keepLoad = Math.exp(-intervalMs / LOAD_MS);
  const keepOwn = Math.exp(-intervalMs / OWN_MS);
  let loadNoise = gaussian(random);
  const ownNoise = forms.map(() => gaussian(random));
  return (timestamp) => {
    loadNoise = step(loadNoise, keepLoad, random);
    const load = Math.max(0.05, dailyLoad(timestamp) * (1 + LOAD_WANDER * loadNoise));
    return forms.map(({ level, follow, wander, jitter }, i) => {
      const own = step(ownNoise[i] ?? 0, keepOwn, random);
      ownNoise[i] = own;
      return level * load ** follow * (1 + wander * own) * Math.exp(jitter * gaussian(random));
    });
  };
}

/** Returns a value held to what its metric can have. */
export function clamp(value: number, { most }: MetricForm): number {
  return Math.min(most, Math.max(0, value));
}

/** First-order autoregression with standard deviation 1. */
function step(value: number, keep: number, random: Random): number {
  return keep * value + Math.sqrt(1 - keep * keep) * gaussian(random);
}

/** Quiet at night, busy in the afternoon: 0.66 to 1.38, mean 1. */
function dailyLoad(timestamp: number): number {
  const angle = (2 * Math.PI * timestamp) / DAY_MS;
  return 1 - 0.33 * Math.cos(angle - 0.55) - 0.05 * Math.cos(2 * angle + 0.4);
}
