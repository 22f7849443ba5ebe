import type { Settings } from '../common/config.js';
import { TidewatchError } from '../common/errors.js';
import { emptyHost } from '../detection/series/host-state.js';
import type { LiveScorer, LiveSteps } from '../jobs/live-steps.js';
import type { TrainSettings } from '../jobs/train/config.js';
import { FULL_TRAINING_ROWS, train } from '../jobs/train/core.js';
import { trainingOf } from '../jobs/train/once.js';
import { createTrainingWatch, type TrainingPolicy } from '../jobs/train/watch.js';
import type { ScoreSettings } from '../processors/score/config.js';
import { createScorer } from '../processors/score/core.js';
import type { ExplainMode } from '../processors/score/explain-choice.js';
import { compileModel, type ScoringModel } from '../processors/score/model.js';
import { windowLimits, type windowSettings } from '../processors/window/config.js';
import { step } from '../processors/window/core.js';

export interface LiveStepSettings {
  readonly window: Settings<typeof windowSettings>;
  readonly score: ScoreSettings;
  readonly train: TrainSettings;
  readonly drift: { readonly blockMs: number; readonly windowBlocks: number };
}

/** Returns when the continuous trainer trains a group. */
export function trainingPolicy(settings: TrainSettings): TrainingPolicy {
  return {
    minimumRows: settings.TRAIN_MIN_ROWS,
    fullRows: Math.max(FULL_TRAINING_ROWS, settings.TRAIN_MAX_ROWS),
    intervalMs: settings.TRAIN_INTERVAL_MS,
  };
}

/** Returns the pure steps of `process window+score` and of the trainer, for a backtest: the very functions, with the very settings. */
export function liveSteps(settings: LiveStepSettings): LiveSteps {
  const training = trainingOf(settings.train, settings.drift);
  const limits = windowLimits(settings.window);
  return {
    openWindow: () => {
      const host = emptyHost();
      return (event, offset) => {
        const result = step(host, event, { partition: 0, offset, appendTime: event.timestamp }, limits);
        if (result.feature === null) throw unexpected(JSON.stringify(result.outcome));
        return result.feature;
      };
    },
    openScorer: () => openScorer(settings.score),
    openTrainer: () => {
      const watch = createTrainingWatch({ policy: trainingPolicy(settings.train), training });
      return {
        observe: (feature) => watch.observe(feature),
        trainNext: (created) => watch.trainNext(created)?.trained ?? null,
      };
    },
    train: (rows, group, created) => train(rows, { ...training, group, parent: null, created }),
  };
}

/**
 * Returns the scorer of the live system. Without explanations unless they are asked for: they change no verdict, and a verdicts file has no
 * place for them.
 */
export function openScorer(settings: ScoreSettings, explain: ExplainMode = 'none'): LiveScorer {
  let current: ScoringModel | null = null;
  const scorer = createScorer({
    models: { current: () => current },
    mode: settings.SCORE_CONSENSUS,
    explain,
    explainMetrics: settings.SCORE_EXPLAIN_METRICS,
    explainEvery: settings.SCORE_EXPLAIN_EVERY,
    additivityEvery: settings.SCORE_ADDITIVITY_EVERY,
  });
  return {
    use: (model) => {
      const compiled = compileModel(model);
      if (!compiled.ok)
        throw new TidewatchError({
          code: 'BAD_MODEL',
          retriable: false,
          message: compiled.reason,
          facts: { reason: compiled.code },
        });
      current = compiled.model;
    },
    scoreBatch: (events) => scorer.scoreBatch(events),
  };
}

function unexpected(outcome: string): Error {
  return new Error(`backtesting: the window refused a row: ${outcome}`);
}
