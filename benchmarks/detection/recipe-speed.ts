import type { Scorer } from '../../processors/score/core.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import { type Measurement, perEvent, type Task, type Timed, timeOnce } from './measurement.js';
import { compiled, openScorer, prepareRecipe, type RecipeStage } from './recipe-stage.js';

/** Events that the scorer is given at once: a lane's batch under load. */
const BATCH = 128;
const WARM_UPS = 3;

interface Round {
  readonly window: Timed;
  readonly silent: Timed;
  readonly explained: Timed;
  readonly shipped: Timed;
}

/**
 * Time per event of `shape` metrics through the live steps with the settings that ship: `window`'s step (statistics, evidence,
 * learning), the scorer's (forest, consensus, calibration) without and with the explanation of every event. What the explanation
 * takes is the difference of two runs over the same events, one after the other. `as shipped` explains whom the default settings explain.
 */
export function measureRecipe({ shape, events, repeats }: Task): Measurement[] {
  const stage = prepareRecipe(shape);
  const model = compiled(stage.record);
  const scorers = {
    silent: openScorer(() => model, 'none'),
    explained: openScorer(() => model, 'all'),
    shipped: openScorer(() => model),
  };
  const rounds = Array.from({ length: WARM_UPS + repeats }, () => oneRound(stage, scorers, events));
  const facts = {
    features: model.inputs.featureCount,
    subsample: model.forest.subsampleSize,
    explainer: model.explainer.method,
    additivityBroken: scorers.explained.figures().additivityBroken,
  };
  const measured = (name: string, of: (round: Round) => Timed): Measurement => {
    const measurement = perEvent(name, events, rounds.slice(WARM_UPS).map(of));
    return { ...measurement, facts: { ...measurement.facts, ...facts } };
  };
  return [
    measured('window step', ({ window }) => window),
    measured('score step', ({ silent }) => silent),
    measured('window and score', ({ window, silent }) => combined(window, silent, 1)),
    measured('explanation', ({ silent, explained }) => combined(explained, silent, -1)),
    measured('window and score as shipped', ({ window, shipped }) => combined(window, shipped, 1)),
  ];
}

/**
 * The same new events through every step, so that what disturbs the machine for a while disturbs all of them. `window` goes batch by batch, as in
 * a lane: its features hold until they are scored, so that the scorers are given copies.
 */
function oneRound(
  stage: RecipeStage,
  scorers: Readonly<Record<'silent' | 'explained' | 'shipped', Scorer>>,
  events: number,
): Round {
  const incoming = stage.nextEvents(events);
  const batches: FeatureEvent[][] = [];
  let window: Timed = { cpuMicroseconds: 0, wallMicroseconds: 0 };
  for (let from = 0; from < events; from += BATCH) {
    const features: FeatureEvent[] = [];
    const took = timeOnce(() => {
      for (const event of incoming.slice(from, from + BATCH)) features.push(stage.observeAgain(event));
    });
    window = combined(window, took, 1);
    batches.push(features.map(copyOf));
    stage.release();
  }
  const timed = (scorer: Scorer): Timed =>
    timeOnce(() => {
      for (const batch of batches) scoreAll(scorer, batch);
    });
  return {
    window,
    silent: timed(scorers.silent),
    explained: timed(scorers.explained),
    shipped: timed(scorers.shipped),
  };
}

function copyOf(feature: FeatureEvent): FeatureEvent {
  const statistics = feature.statistics.map((statistic) => ({ ...statistic, values: [...statistic.values] }));
  const { baseline } = feature;
  return {
    ...feature,
    statistics,
    baseline: baseline === null ? null : { ...baseline, version: [...baseline.version] },
  };
}

function scoreAll(scorer: Scorer, features: readonly FeatureEvent[]): void {
  const scored = scorer.score(features);
  for (let i = 0; i < features.length; i += 1) scored.prediction(i);
}

function combined(a: Timed, b: Timed, sign: 1 | -1): Timed {
  return {
    cpuMicroseconds: a.cpuMicroseconds + sign * b.cpuMicroseconds,
    wallMicroseconds: a.wallMicroseconds + sign * b.wallMicroseconds,
  };
}
