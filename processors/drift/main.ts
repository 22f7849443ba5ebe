import {
  type ProcessorShellOptions,
  type RunningProcessor,
  runProcessor,
} from '../../common/kafka/lanes/run-processor.js';
import type { Running } from '../../common/lifecycle.js';
import type { DriftProcessorSettings } from './config.js';
import { registerDriftFigures } from './figures.js';
import { createDriftProcessor } from './task.js';
import { watchDriftModels } from './watch-models.js';

export interface DriftShellOptions extends ProcessorShellOptions {
  readonly settings: DriftProcessorSettings;
}

/** Starts the drift processor: `features` to `drift` and `drift-state`, with the references of `models`. */
export async function runDrift(options: DriftShellOptions): Promise<RunningProcessor> {
  const watch = await watchDriftModels(options);
  try {
    const processor = createDriftProcessor({ models: watch.models, settings: options.settings });
    registerDriftFigures(options.registry, () => processor.figures());
    return withWatch(await runProcessor('drift', processor, options), watch);
  } catch (error) {
    await watch.stop();
    throw error;
  }
}

/** The processor and the watch that feeds it references fail and stop together. */
function withWatch(running: RunningProcessor, watch: Running): RunningProcessor {
  const stop = async () => {
    await running.stop();
    await watch.stop();
  };
  const done = Promise.race([running.done, watch.done.then(() => running.done)]);
  done.catch(() => stop());
  return { url: running.url, done, stop };
}
