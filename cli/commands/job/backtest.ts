import type { Command } from 'commander';
import { csvSettings, rowTimes } from '../../../common/csv/settings.js';
import { driftWindowSettings } from '../../../common/drift-window.js';
import { backtestSettings } from '../../../jobs/backtest/config.js';
import { backtestFile } from '../../../jobs/backtest/main.js';
import { reportLines } from '../../../jobs/backtest/report.js';
import { readModelFile } from '../../../jobs/model-file.js';
import { trainSettings } from '../../../jobs/train/config.js';
import { scoreSettings } from '../../../processors/score/config.js';
import { windowSettings } from '../../../processors/window/config.js';
import { checkFileArguments, checkLabelColumn } from '../../file-arguments.js';
import { type Io, print } from '../../io.js';
import { liveSteps } from '../../live-steps.js';
import { addSettings, settingsOf } from '../../settings-options.js';
import { untilInterrupted } from '../../until-interrupted.js';

interface BacktestFlags {
  readonly input: string;
  readonly out: string;
  readonly train?: string;
  readonly model?: string;
  readonly labels?: string;
  readonly labelColumn?: string;
  readonly group?: string;
  readonly report?: string;
  readonly json?: boolean;
}

/** Adds `job backtest` to the group of jobs. */
export function addBacktestCommand(group: Command, io: Io): void {
  const command = addSettings(
    group
      .command('backtest')
      .description('Score a CSV file by the very steps of the live system: one verdict per row.'),
    csvSettings,
    backtestSettings,
    windowSettings,
    scoreSettings,
    trainSettings,
    driftWindowSettings,
  )
    .requiredOption('--input <file>', 'CSV or .csv.gz with a header row; "timestamp" first when there is one')
    .requiredOption(
      '--out <file>',
      'CSV to write: row,timestamp,score,is_anomaly,alarm,zscore,baseline,iforest',
    )
    .option('--train <file>', 'history to learn from; without it the stream trains itself as it goes')
    .option('--model <file>', 'score by this model of "job train" instead of training one')
    .option('--labels <file>', 'CSV with a 0 or 1 per row (column "label", else the last): adds figures')
    .option('--label-column <name>', 'column of the input that is the label, not a metric')
    .option('--group <name>', 'model group of the rows')
    .option('--report <file>', 'write the report as JSON')
    .option('--json', 'print the report as one JSON object');
  command.addHelpText(
    'after',
    '\nExamples:\n  tidewatch job backtest --input nyc_taxi.csv.gz --out verdicts.csv\n  tidewatch job backtest --train train.csv.gz --input test.csv.gz --labels labels.csv.gz --out verdicts.csv --report report.json',
  );
  command.action(async (flags: BacktestFlags) => {
    const { input, train, model, labels, out, report: reportFile } = flags;
    await checkFileArguments({ reads: { input, train, model, labels }, writes: { out, report: reportFile } });
    await checkLabelColumn(input, flags.labelColumn);
    const options = await optionsOf(command, io, flags);
    const report = await untilInterrupted(io, (signal) => backtestFile({ ...options, signal }));
    if (flags.json === true) print(io, JSON.stringify(report));
    else for (const line of reportLines(report)) print(io, line);
  });
}

async function optionsOf(command: Command, io: Io, flags: BacktestFlags) {
  const train = settingsOf(trainSettings, command, io);
  const drift = settingsOf(driftWindowSettings, command, io);
  const alarm = settingsOf(backtestSettings, command, io);
  return {
    steps: liveSteps({
      window: settingsOf(windowSettings, command, io),
      score: settingsOf(scoreSettings, command, io),
      train,
      drift: { blockMs: drift.DRIFT_BLOCK_MS, windowBlocks: drift.DRIFT_WINDOW_BLOCKS },
    }),
    input: flags.input,
    out: flags.out,
    train: flags.train ?? null,
    labels: flags.labels ?? null,
    labelColumn: flags.labelColumn ?? null,
    report: flags.report ?? null,
    group: flags.group ?? null,
    model: flags.model === undefined ? null : await readModelFile(flags.model),
    times: rowTimes(settingsOf(csvSettings, command, io)),
    alarm: {
      quietShare: alarm.BACKTEST_ALARM_QUIET_SHARE,
      step: alarm.BACKTEST_ALARM_STEP,
      hold: alarm.BACKTEST_ALARM_HOLD,
    },
    trainingRows: train.TRAIN_MAX_ROWS,
    progress: io.stderr,
    monotonicNow: () => performance.now(),
  };
}
