import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveSteps } from '../../cli/live-steps.js';
import { readSettings, type SettingsTable } from '../../common/config.js';
import { csvSettings, rowTimes } from '../../common/csv/settings.js';
import { driftWindowSettings } from '../../common/drift-window.js';
import type { ConsensusMode } from '../../detection/consensus/consensus.js';
import { backtestSettings } from '../../jobs/backtest/config.js';
import { backtestFile } from '../../jobs/backtest/main.js';
import type { LiveSteps } from '../../jobs/live-steps.js';
import { trainSettings } from '../../jobs/train/config.js';
import { scoreSettings } from '../../processors/score/config.js';
import { windowSettings } from '../../processors/window/config.js';
import { readVerdicts, type VerdictTable } from './verdict-table.js';

/** What `tidewatch job backtest` is given. */
export interface BacktestFiles {
  /** null: the stream trains itself. */
  readonly train: string | null;
  readonly input: string;
  /** Time from row to row of files without times, ms. */
  readonly intervalMs: number;
}

/** Returns the steps of the live system at the settings that ship, and how their methods are combined. */
export function shippedSteps(): { readonly steps: LiveSteps; readonly mode: ConsensusMode } {
  const drift = shipped(driftWindowSettings);
  const score = shipped(scoreSettings);
  const steps = liveSteps({
    window: shipped(windowSettings),
    score,
    train: shipped(trainSettings),
    drift: { blockMs: drift.DRIFT_BLOCK_MS, windowBlocks: drift.DRIFT_WINDOW_BLOCKS },
  });
  return { steps, mode: score.SCORE_CONSENSUS };
}

/**
 * Runs the job at the settings that ship, whatever the environment says, and returns the columns of the verdicts file that it wrote: what
 * is judged is what a user gets. Throws what the job throws.
 */
export async function runBacktest(files: BacktestFiles, steps: LiveSteps): Promise<VerdictTable> {
  const alarm = shipped(backtestSettings);
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-accuracy-'));
  const out = join(folder, 'verdicts.csv');
  try {
    await backtestFile({
      steps,
      train: files.train,
      input: files.input,
      labels: null,
      labelColumn: null,
      out,
      report: null,
      model: null,
      group: null,
      times: { ...rowTimes(shipped(csvSettings)), intervalMs: files.intervalMs },
      alarm: {
        quietShare: alarm.BACKTEST_ALARM_QUIET_SHARE,
        step: alarm.BACKTEST_ALARM_STEP,
        hold: alarm.BACKTEST_ALARM_HOLD,
      },
      trainingRows: shipped(trainSettings).TRAIN_MAX_ROWS,
      progress: { write: () => undefined },
      monotonicNow: () => performance.now(),
    });
    return readVerdicts(await readFile(out, 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function shipped<T extends SettingsTable>(table: T) {
  return readSettings(table, { values: {}, readFile: () => '' });
}
