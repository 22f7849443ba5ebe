import {
  type ProcessorShellOptions,
  type RunningProcessor,
  runProcessor,
} from '../../common/kafka/lanes/run-processor.js';
import type { ScoreSettings } from './config.js';
import { registerFigures } from './figures.js';
import { createScoreProcessor, type ScoreClock } from './task.js';
import { watchModels } from './watch-models.js';

export interface ScoreShellOptions extends ProcessorShellOptions {
  readonly settings: ScoreSettings;
  readonly clock: ScoreClock;
}

/** Starts the score processor alone: `features` to `predictions`, with the models of `models`. */
export async function runScore(options: ScoreShellOptions): Promise<RunningProcessor> {
  const watch = await watchModels(options);
  try {
    const processor = createScoreProcessor({
      models: watch.models,
      clock: options.clock,
      settings: options.settings,
    });
    registerFigures(options.registry, watch.models, () => processor.figures());
    const running = await runProcessor('score', processor, options);
    return withModels(running, watch);
  } catch (error) {
    await watch.stop();
    throw error;
  }
}

/** Ties a processor to the watch that feeds it models: they fail and stop together. */
export function withModels(
  running: RunningProcessor,
  watch: { stop(): Promise<void>; readonly done: Promise<void> },
): RunningProcessor {
  const stop = async () => {
    await running.stop();
    await watch.stop();
  };
  const done = Promise.race([running.done, watch.done.then(() => running.done)]);
  done.catch(() => stop());
  return { url: running.url, done, stop };
}
