import { shippedSteps } from '../../benchmarks/accuracy/backtest-run.js';
import { readSettings } from '../../common/config.js';
import type { LiveScorer, LiveSteps } from '../../jobs/live-steps.js';
import { simulatorSettings } from '../../producers/simulator/config.js';
import { Simulation } from '../../producers/simulator/core.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { MetricEvent } from '../../schemas/metric-event.js';
import type { Prediction } from '../../schemas/prediction.js';
import type { Truth } from '../../schemas/truth.js';

/** What the live system said of a stretch of simulated events, and what had been done to the hosts. */
export interface Scene {
  readonly predictions: readonly Prediction[];
  readonly truths: readonly Truth[];
}

const START = Date.UTC(2025, 10, 19, 9);
const HOUR_S = 3600;
/** From here on a stream that trains itself is judged: a first model is in use, the next ones are still to come. */
const FIRST_MINUTES_S = 600;
const BATCH_ROWS = 256;

const settings = readSettings(simulatorSettings, { values: {}, readFile: () => '' });

/** Trains on an hour without incidents and returns the hour behind it, with the incidents of the default schedule. */
export function trainedBefore(seed: number): Scene {
  const { steps } = shippedSteps();
  const world = defaultWorld(seed, HOUR_S);
  const windows = openWindows(steps);
  const scoring = openScoring(steps.openScorer());
  const history: FeatureEvent[] = [];
  const truths: Truth[] = [];
  for (let second = 0; second < 2 * HOUR_S; second += 1) {
    const tick = world.step(START + 1000 * second);
    const features = tick.events.map(windows);
    truths.push(...tick.truths);
    if (second >= HOUR_S) scoring.take(features);
    else history.push(...features);
    if (second !== HOUR_S - 1) continue;
    const trained = steps.train(history, settings.SIM_GROUP, START + 1000 * second);
    if (!trained.ok) throw new Error(trained.reason);
    scoring.use(trained.model);
  }
  return { predictions: scoring.finish(), truths };
}

/** Runs what `npm start` runs: incidents from the third minute on, the continuous trainer beside the scorer. Returns the 11th to the 70th minute. */
export function trainedLive(seed: number): Scene {
  const { steps } = shippedSteps();
  const world = defaultWorld(seed, 0);
  const windows = openWindows(steps);
  const scoring = openScoring(steps.openScorer());
  const trainer = steps.openTrainer();
  const truths: Truth[] = [];
  for (let second = 0; second < FIRST_MINUTES_S + HOUR_S; second += 1) {
    const at = START + 1000 * second;
    const tick = world.step(at);
    const features = tick.events.map(windows);
    truths.push(...tick.truths);
    if (second >= FIRST_MINUTES_S) scoring.take(features);
    for (const feature of features) trainer.observe(feature);
    const trained = trainer.trainNext(at);
    if (trained?.ok === true) scoring.use(trained.model);
  }
  return { predictions: scoring.finish(), truths };
}

function defaultWorld(seed: number, longerQuietSeconds: number): Simulation {
  return new Simulation({
    hosts: settings.SIM_HOSTS,
    seed,
    startAt: START,
    dayMs: settings.SIM_DAY_SECONDS * 1000,
    group: settings.SIM_GROUP,
    producerId: 'p',
    incidents: {
      enabled: settings.SIM_INCIDENTS,
      everyMs: settings.SIM_INCIDENT_EVERY_SECONDS * 1000,
      quietMs: (settings.SIM_QUIET_SECONDS + longerQuietSeconds) * 1000,
    },
  });
}

/** One window per host; offsets count per host. */
function openWindows(steps: LiveSteps): (event: MetricEvent) => FeatureEvent {
  const hosts = new Map<string, { window: ReturnType<LiveSteps['openWindow']>; offset: number }>();
  return (event) => {
    const host = hosts.get(event.host) ?? { window: steps.openWindow(), offset: 0 };
    hosts.set(event.host, host);
    host.offset += 1;
    return host.window(event, host.offset - 1);
  };
}

/** Scores in batches, each by the model that was in use when its events came. */
function openScoring(scorer: LiveScorer) {
  const predictions: Prediction[] = [];
  let waiting: FeatureEvent[] = [];
  const flush = (): void => {
    predictions.push(...scorer.scoreBatch(waiting));
    waiting = [];
  };
  return {
    take(features: readonly FeatureEvent[]): void {
      waiting.push(...features);
      if (waiting.length >= BATCH_ROWS) flush();
    },
    use(model: Parameters<LiveScorer['use']>[0]): void {
      flush();
      scorer.use(model);
    },
    finish(): readonly Prediction[] {
      flush();
      return predictions;
    },
  };
}
