import {
  createExplainer,
  type Explainer,
  type ExplainerOptions,
  explainerSteps,
} from '../isolation-forest/explain.js';
import { anomalyScore, type CompiledForest } from '../isolation-forest/forest.js';
import { pathLengths } from '../isolation-forest/score.js';
import type { Steps } from '../isolation-forest/steps.js';
import { type Detector, requireRoom } from './detector.js';
import type { ForestInputs } from './forest-inputs.js';

/** A trained forest with what turns events into its rows. */
export interface TrainedForest {
  readonly forest: CompiledForest;
  readonly inputs: ForestInputs;
}

/**
 * Returns the explainer whose players are the metrics: a metric with several statistics is one player, its statistics known
 * or unknown together. With one statistic per metric the features are the players, which allows the faster tables.
 */
export function createForestExplainer({ forest, inputs }: TrainedForest): Explainer {
  return createExplainer(forest, playersOf(inputs));
}

/** Returns the same explainer in steps of under 2 ms: building it in one go would hold up whoever scores meanwhile. */
export function forestExplainerSteps({ forest, inputs }: TrainedForest): Steps<Explainer> {
  return explainerSteps(forest, playersOf(inputs));
}

function playersOf({ metrics, featureCount, players }: ForestInputs): ExplainerOptions {
  return metrics.length === featureCount ? {} : { groups: players };
}

/**
 * Returns the isolation-forest method: 2^(-E[h]/c(psi)) of an event, 0 to 1. Warm when the event brings at least one of the
 * forest's inputs. Evidence of a metric = how many edges it shortens the path (its negative Shapley value), 0 when it
 * lengthens it. Scores one event at a time; the scorer goes through whole batches with the same parts, same numbers.
 */
export function createForestDetector({ forest, inputs }: TrainedForest): Detector {
  // Its tables take a while to build, and whoever only calibrates never asks for evidence.
  let explainer: Explainer | null = null;
  const row = new Float64Array(inputs.featureCount);
  const length = new Float64Array(1);
  const shap = new Float64Array(inputs.metrics.length);
  return {
    name: 'iforest',
    isWarm: (view) => inputs.presentIn(view) > 0,
    score: (view) => {
      if (inputs.presentIn(view) === 0) return 0;
      inputs.fill(view, row, 0);
      pathLengths(forest, row, 1, length);
      return anomalyScore(length[0] as number, forest.subsampleSize);
    },
    evidence: (view, out) => {
      requireRoom(view, out);
      out.fill(0, 0, view.layout.metrics.length);
      if (inputs.presentIn(view) === 0) return;
      inputs.fill(view, row, 0);
      explainer ??= createForestExplainer({ forest, inputs });
      explainer.explainBatch(row, 1, shap, length);
      const players = inputs.playersOf(view);
      for (let i = 0; i < players.length; i += 1) {
        const player = players[i] as number;
        out[i] = player < 0 ? 0 : Math.max(0, -(shap[player] as number));
      }
    },
  };
}
