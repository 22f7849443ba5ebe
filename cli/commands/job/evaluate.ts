import type { Command } from 'commander';
import { csvSettings, rowTimes } from '../../../common/csv/settings.js';
import { driftWindowSettings } from '../../../common/drift-window.js';
import { TidewatchError } from '../../../common/errors.js';
import { evaluateSettings } from '../../../jobs/evaluate/config.js';
import { type EvaluateFileOptions, evaluateFile } from '../../../jobs/evaluate/main.js';
import { evaluationLines } from '../../../jobs/evaluate/report.js';
import { readModelFile } from '../../../jobs/model-file.js';
import { trainSettings } from '../../../jobs/train/config.js';
import { scoreSettings } from '../../../processors/score/config.js';
import { windowSettings } from '../../../processors/window/config.js';
import { checkFileArguments, checkLabelColumn } from '../../file-arguments.js';
import { type Io, print } from '../../io.js';
import { liveSteps, openScorer } from '../../live-steps.js';
import { addSettings, settingsOf } from '../../settings-options.js';
import { untilInterrupted } from '../../until-interrupted.js';

interface EvaluateFlags {
  readonly model: string;
  readonly input: string;
  readonly train?: string;
  readonly labels?: string;
  readonly labelColumn?: string;
  readonly report?: string;
  readonly json?: boolean;
}

/** Adds `job evaluate` to the group of jobs. */
export function addEvaluateCommand(group: Command, io: Io): void {
  const command = addSettings(
    group
      .command('evaluate')
      .description(
        'Disturb a CSV file (noise, missing metrics, outliers, shifts) and see what a model makes of it.',
      ),
    evaluateSettings,
    csvSettings,
    windowSettings,
    scoreSettings,
    trainSettings,
    driftWindowSettings,
  )
    .requiredOption('--model <file>', 'model as JSON, of "job train"')
    .requiredOption(
      '--input <file>',
      'CSV or .csv.gz with a header row; rows that the model was not trained on',
    )
    .option('--train <file>', 'file that it was trained on: history, and the unit of noise and shifts')
    .option('--labels <file>', 'CSV with a 0 or 1 per row of the input (column "label", else the last)')
    .option('--label-column <name>', 'column of the files that is the label (0 or 1), not a metric')
    .option('--report <file>', 'write the report as JSON')
    .option('--json', 'print the report as one JSON object');
  command.addHelpText(
    'after',
    '\nExit code 1 when the model fails a declared minimum (EVALUATE_MIN_*, EVALUATE_MAX_P99_US).\n\nExamples:\n  tidewatch job evaluate --model model.json --input test.csv.gz\n  tidewatch job evaluate --model model.json --train train.csv.gz --input test.csv.gz --labels labels.csv.gz --evaluate-min-f1 0.5 --report report.json',
  );
  command.action(async (flags: EvaluateFlags) => {
    const { input, train, model, labels, report: reportFile } = flags;
    await checkFileArguments({ reads: { input, train, model, labels }, writes: { report: reportFile } });
    await checkLabelColumn(input, flags.labelColumn);
    const options = await optionsOf(command, io, flags);
    const report = await untilInterrupted(io, () => evaluateFile(options));
    if (flags.json === true) print(io, JSON.stringify(report));
    else for (const line of evaluationLines(report)) print(io, line);
    if (report.failed.length > 0) throw failed(report.failed);
  });
}

async function optionsOf(command: Command, io: Io, flags: EvaluateFlags): Promise<EvaluateFileOptions> {
  const drift = settingsOf(driftWindowSettings, command, io);
  const score = settingsOf(scoreSettings, command, io);
  const steps = liveSteps({
    window: settingsOf(windowSettings, command, io),
    score,
    train: settingsOf(trainSettings, command, io),
    drift: { blockMs: drift.DRIFT_BLOCK_MS, windowBlocks: drift.DRIFT_WINDOW_BLOCKS },
  });
  return {
    steps,
    explainingSteps: { ...steps, openScorer: () => openScorer(score, score.SCORE_EXPLAIN) },
    model: await readModelFile(flags.model),
    input: flags.input,
    train: flags.train ?? null,
    labels: flags.labels ?? null,
    labelColumn: flags.labelColumn ?? null,
    report: flags.report ?? null,
    times: rowTimes(settingsOf(csvSettings, command, io)),
    settings: settingsOf(evaluateSettings, command, io),
    progress: io.stderr,
    monotonicNow: () => performance.now(),
  };
}

function failed(reasons: readonly string[]): TidewatchError {
  return new TidewatchError({
    code: 'EVALUATION_FAILED',
    retriable: false,
    message: `evaluating a model: ${reasons.length === 1 ? reasons[0] : `${reasons.length} declared minima are not reached`}`,
  });
}
