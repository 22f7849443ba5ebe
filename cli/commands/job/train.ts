import type { Command } from 'commander';
import { driftRowsSettings, driftWindowSettings } from '../../../common/drift-window.js';
import { TidewatchError } from '../../../common/errors.js';
import { createProgressBar, type ProgressBar } from '../../../common/progress-bar.js';
import { findProjectRoot } from '../../../infra/local/project-root.js';
import { writeModelFile } from '../../../jobs/model-file.js';
import { type TrainSettings, trainSettings } from '../../../jobs/train/config.js';
import type { SharedTraining } from '../../../jobs/train/core.js';
import { trainFromCsv } from '../../../jobs/train/from-csv.js';
import { runTrainer } from '../../../jobs/train/main.js';
import { mlflowSettings } from '../../../jobs/train/mlflow/config.js';
import { trainFromTopic, trainingOf } from '../../../jobs/train/once.js';
import type { GroupTraining, SearchPlan } from '../../../jobs/train/searched.js';
import { scoreSettings } from '../../../processors/score/config.js';
import { addContextSettings, createContext } from '../../context.js';
import { checkFileArguments, checkLabelColumn } from '../../file-arguments.js';
import { gitCommit } from '../../git-commit.js';
import { type Io, print } from '../../io.js';
import { openScorer, trainingPolicy } from '../../live-steps.js';
import { runUntilStopped } from '../../run.js';
import { addSettings, settingsOf, settingValues } from '../../settings-options.js';
import { untilInterrupted } from '../../until-interrupted.js';
import { logToMlflow } from './train-log.js';
import { type ReportedTraining, trainingLines, trainingSummary } from './train-report.js';

/** Time between two looks of the continuous trainer for a group that is due, milliseconds. */
const LOOK_EVERY_MS = 2_000;

/** Flags of `job train` that are no settings. */
interface TrainFlags {
  readonly input?: string;
  readonly modelOut?: string;
  readonly group?: string;
  readonly seed?: string;
  readonly contamination?: string;
  readonly labelColumn?: string;
  readonly grid?: boolean;
  readonly watch?: boolean;
  readonly newReferences?: boolean;
  readonly json?: boolean;
}

/** Adds `job train` to the group of jobs. */
export function addTrainCommand(group: Command, io: Io): void {
  const command = addSettings(
    addContextSettings(
      group
        .command('train')
        .description('Train one model per group, from the features topic or from a CSV file.'),
    ),
    trainSettings,
    driftWindowSettings,
    driftRowsSettings,
    scoreSettings,
    mlflowSettings,
  )
    .option('--input <file>', 'CSV or .csv.gz with a header row, instead of the topic')
    .option('--model-out <file>', 'write the model as JSON instead of publishing it')
    .option('--group <name>', 'only this group; with --input, the group that the model is for')
    .option('--seed <number>', 'same as TRAIN_SEED')
    .option('--contamination <share>', 'same as TRAIN_CONTAMINATION: given, it is not searched')
    .option('--label-column <name>', 'column of the CSV that is a label (0 or 1), not a metric')
    .option('--grid', 'search trees and contamination with the features topic, too (default: with --input)')
    .option('--no-grid', 'take the settings as they are, without a search')
    .option('--watch', 'go on: train each group whenever enough new rows have come, without a search')
    .option(
      '--new-references',
      'build all drift references anew instead of carrying on those of the version before',
    )
    .option('--json', 'print one JSON object');
  command.addHelpText(
    'after',
    '\nExamples:\n  tidewatch job train --group simulator\n  tidewatch job train --input train.csv.gz --model-out model.json --seed 7\n  MLFLOW_TRACKING_URI=http://127.0.0.1:5000 tidewatch job train --input train.csv.gz --model-out model.json',
  );
  command.action((flags: TrainFlags) => train({ command, io: withAliases(io, flags), flags }));
}

/** One call of the command. */
interface Call {
  readonly command: Command;
  readonly io: Io;
  readonly flags: TrainFlags;
}

async function train(call: Call): Promise<void> {
  const { command, io, flags } = call;
  const { input, modelOut } = flags;
  const settings = settingsOf(trainSettings, command, io);
  requireMeaning(flags);
  await checkFileArguments({ reads: { input }, writes: { 'model-out': modelOut } });
  if (input !== undefined) await checkLabelColumn(input, flags.labelColumn);
  const drift = settingsOf(driftWindowSettings, command, io);
  const training = {
    ...trainingOf(settings, {
      blockMs: drift.DRIFT_BLOCK_MS,
      windowBlocks: drift.DRIFT_WINDOW_BLOCKS,
      minRows: settingsOf(driftRowsSettings, command, io).DRIFT_MIN_ROWS,
    }),
    gitCommit: settings.TRAIN_GIT_COMMIT ?? (await gitCommit(findProjectRoot(), io.environment)),
  };
  if (flags.watch === true) return watch(call, settings, training);
  const startedAt = io.now();
  const results = await untilInterrupted(io, () => trainOnce(call, training));
  if (modelOut !== undefined) await keepIn(modelOut, results);
  const mlflow = settingsOf(mlflowSettings, command, io);
  const source = input ?? 'features topic';
  report(call, await logToMlflow(results, { io, settings: mlflow, source, startedAt }));
}

/** Flags that would be passed over without a word: whoever gives them expects something else. */
const WITHOUT_MEANING = [
  ['watch', 'input'],
  ['watch', 'modelOut'],
  ['watch', 'grid'],
  ['newReferences', 'input'],
] as const satisfies readonly (readonly [keyof TrainFlags, keyof TrainFlags])[];

function requireMeaning(flags: TrainFlags): void {
  const isGiven = (name: keyof TrainFlags) => flags[name] !== undefined && flags[name] !== false;
  const pair = WITHOUT_MEANING.find(([one, other]) => isGiven(one) && isGiven(other));
  if (pair !== undefined) throw badUsage(`${pair.map(flagOf).join(' and ')} exclude each other`);
  if (flags.labelColumn !== undefined && flags.input === undefined)
    throw badUsage('--label-column is a column of --input, and there is none');
  if (flags.group === '') throw badUsage('--group is empty');
}

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function badUsage(reason: string): TidewatchError {
  return new TidewatchError({ code: 'BAD_INPUT', retriable: false, message: `reading arguments: ${reason}` });
}

/** Writes the model, when there is one; nothing for several groups: all but one of them would be lost without a word. */
async function keepIn(path: string, results: readonly GroupTraining[]): Promise<void> {
  const models = results.flatMap(({ trained }) => (trained.ok ? [trained.model] : []));
  const [model, other] = models;
  if (other !== undefined)
    throw new TidewatchError({
      code: 'BAD_INPUT',
      retriable: false,
      message: `writing ${path}: a file holds one model, and ${models.length} groups have one; --group names one of ${models.map(({ group }) => group).join(', ')}`,
    });
  if (model !== undefined) await writeModelFile(path, model);
}

async function watch(
  { command, io }: Call,
  settings: TrainSettings,
  training: SharedTraining,
): Promise<void> {
  const context = await createContext(command, io, 'train');
  const policy = trainingPolicy(settings);
  await runUntilStopped(io, context.log, () =>
    runTrainer({ ...context, training, policy, everyMs: LOOK_EVERY_MS }),
  );
}

async function trainOnce(call: Call, training: SharedTraining): Promise<readonly GroupTraining[]> {
  const { command, io, flags } = call;
  const group = flags.group ?? null;
  const created = io.now();
  const search = searchPlan(call);
  if (flags.input !== undefined)
    return [
      await trainFromCsv({
        path: flags.input,
        labelColumn: flags.labelColumn ?? null,
        group,
        training,
        created,
        search,
      }),
    ];
  const context = await createContext(command, io, 'train');
  return trainFromTopic({
    ...context,
    group,
    training,
    created,
    publish: flags.modelOut === undefined,
    newReferences: flags.newReferences === true,
    search,
  });
}

/** A file is trained on once and by hand: a search is worth its time there. Topics have many groups. */
function searchPlan({ command, io, flags }: Call): SearchPlan | null {
  if (!(flags.grid ?? flags.input !== undefined)) return null;
  const given = settingValues(command, io);
  const score = settingsOf(scoreSettings, command, io);
  let bar: ProgressBar | null = null;
  return {
    fixed: {
      trees: given['TRAIN_TREES'] !== undefined,
      contamination: given['TRAIN_CONTAMINATION'] !== undefined,
    },
    openScorer: () => openScorer(score),
    monotonicNow: () => performance.now(),
    onProgress: (done, total) => {
      if (done === 1) bar = createProgressBar(io.stderr, 'searching parameters', total);
      bar?.show(done);
      if (done === total) bar?.end();
    },
  };
}

/** Prints what was trained, and fails when nothing was. */
function report({ io, flags }: Call, results: readonly ReportedTraining[]): void {
  if (flags.json === true) print(io, JSON.stringify(results.map(trainingSummary)));
  else for (const line of [...results.flatMap(trainingLines), ...notKept(flags, results)]) print(io, line);
  if (results.some(({ trained }) => trained.ok)) return;
  const reason = results
    .map(({ group, trained }) => (trained.ok ? '' : `${group}: ${trained.reason}`))
    .join('; ');
  const [first] = results.flatMap(({ trained }) => (trained.ok ? [] : [trained.code]));
  throw new TidewatchError({
    // More rows will come to a topic; a file stays as it is.
    code: flags.input === undefined ? 'NOT_TRAINED' : (first ?? 'NOT_TRAINED'),
    retriable: flags.input === undefined,
    message: reason === '' ? 'training: no features yet' : reason,
  });
}

/** A model of the features topic is published; one of a file is gone unless somebody says where it shall go. */
function notKept({ input, modelOut }: TrainFlags, results: readonly ReportedTraining[]): string[] {
  const isGone = results.some(({ trained, mlflow }) => trained.ok && mlflow?.ok !== true);
  return input !== undefined && modelOut === undefined && isGone
    ? ['  the model is not kept: --model-out names a file for it']
    : [];
}

/** The contract with scripts names two settings by shorter flags. */
function withAliases(io: Io, { seed, contamination }: TrainFlags): Io {
  const aliases = {
    ...(seed === undefined ? {} : { TRAIN_SEED: seed }),
    ...(contamination === undefined ? {} : { TRAIN_CONTAMINATION: contamination }),
  };
  return { ...io, environment: { ...io.environment, ...aliases } };
}
