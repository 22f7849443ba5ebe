import type { Settings } from '../../common/config.js';
import {
  type ProcessorShellOptions,
  type RunningProcessor,
  runProcessor,
} from '../../common/kafka/lanes/run-processor.js';
import type { windowSettings } from './config.js';
import type { LiveChecks } from './live-checks.js';
import { createWindowProcessor } from './task.js';

export interface WindowOptions extends ProcessorShellOptions {
  readonly settings: Settings<typeof windowSettings>;
  /** Warns of odd values; none unless given. */
  readonly checks?: LiveChecks;
}

/** Starts the window processor alone: `metrics` to `features`, `baselines` and `window-state`. */
export function runWindow(options: WindowOptions): Promise<RunningProcessor> {
  return runProcessor('window', createWindowProcessor(options), options);
}
