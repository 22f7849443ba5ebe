import type { Command } from 'commander';
import { driftRowsSettings, driftWindowSettings } from '../../../common/drift-window.js';
import { TidewatchError } from '../../../common/errors.js';
import { writeModelFile } from '../../../jobs/model-file.js';
import { type TrainSettings, trainSettings } from '../../../jobs/train/config.js';
import { runTrainer } from '../../../jobs/train/main.js';
import { type GroupTraining, trainFromCsv, trainFromTopic, trainingOf } from '../../../jobs/train/once.js';
import { addContextSettings, createContext } from '../../context.js';
import { type Io, print } from '../../io.js';
import { trainingPolicy } from '../../live-steps.js';
import { runUntilStopped } from '../../run.js';
import { addSettings, settingsOf } from '../../settings-options.js';

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
  )
    .option('--input <file>', 'CSV or .csv.gz with a header row, instead of the topic')
    .option('--model-out <file>', 'write the model as JSON instead of publishing it')
    .option('--group <name>', 'only this group; with --input, the group that the model is for')
    .option('--seed <number>', 'same as TRAIN_SEED')
    .option('--contamination <share>', 'same as TRAIN_CONTAMINATION')
    .option('--label-column <name>', 'column of the CSV that is a label, not a metric')
    .option('--watch', 'go on: train each group whenever enough new rows have come')
    .option(
      '--new-references',
      'build all drift references anew instead of carrying on those of the version before',
    )
    .option('--json', 'print one JSON object');
  command.addHelpText(
    'after',
    '\nExamples:\n  tidewatch job train --group simulator\n  tidewatch job train --input train.csv.gz --model-out model.json --seed 7',
  );
  command.action(async (flags: TrainFlags) => {
    const aliased = withAliases(io, flags);
    const settings = settingsOf(trainSettings, command, aliased);
    const drift = settingsOf(driftWindowSettings, command, aliased);
    const training = trainingOf(settings, {
      blockMs: drift.DRIFT_BLOCK_MS,
      windowBlocks: drift.DRIFT_WINDOW_BLOCKS,
      minRows: settingsOf(driftRowsSettings, command, aliased).DRIFT_MIN_ROWS,
    });
    if (flags.watch === true) await watch(command, io, settings, training);
    else await report(io, flags, await trainOnce(command, io, flags, training));
  });
}

type Training = ReturnType<typeof trainingOf>;

async function watch(command: Command, io: Io, settings: TrainSettings, training: Training): Promise<void> {
  const context = await createContext(command, io, 'train');
  const policy = trainingPolicy(settings);
  await runUntilStopped(io, context.log, () =>
    runTrainer({ ...context, training, policy, everyMs: LOOK_EVERY_MS }),
  );
}

async function trainOnce(
  command: Command,
  io: Io,
  flags: TrainFlags,
  training: Training,
): Promise<GroupTraining[]> {
  const group = flags.group ?? null;
  if (flags.input !== undefined)
    return [
      await trainFromCsv({
        path: flags.input,
        labelColumn: flags.labelColumn ?? null,
        group,
        training,
        created: io.now(),
      }),
    ];
  const context = await createContext(command, io, 'train');
  return trainFromTopic({
    ...context,
    group,
    training,
    created: io.now(),
    publish: flags.modelOut === undefined,
    newReferences: flags.newReferences === true,
  });
}

/** Prints what was trained, and fails when nothing was. */
async function report(io: Io, flags: TrainFlags, results: readonly GroupTraining[]): Promise<void> {
  const [first] = results.flatMap(({ trained }) => (trained.ok ? [trained.model] : []));
  if (flags.modelOut !== undefined && first !== undefined) await writeModelFile(flags.modelOut, first);
  if (flags.json === true) print(io, JSON.stringify(results.map(summary)));
  else for (const result of results) print(io, line(result));
  if (first !== undefined) return;
  const reason = results
    .map(({ group, trained }) => (trained.ok ? '' : `${group}: ${trained.reason}`))
    .join('; ');
  throw new TidewatchError({
    code: 'NOT_TRAINED',
    retriable: true,
    message: reason === '' ? 'training: no features yet' : reason,
  });
}

function summary({ group, trained }: GroupTraining) {
  if (!trained.ok) return { group, trained: false, code: trained.code, missing: trained.missing };
  const { model, version, rows, provisional, threshold, contentHash } = trained.model;
  return { group, trained: true, model, version, rows, provisional, threshold, contentHash };
}

function line({ group, trained }: GroupTraining): string {
  if (!trained.ok) return `${group}: ${trained.reason}`;
  const { model, version, rows, provisional } = trained.model;
  return `${group}: ${model} ${version}, ${rows} rows${provisional ? ', provisional' : ''}`;
}

/** The contract with scripts names two settings by shorter flags. */
function withAliases(io: Io, { seed, contamination }: TrainFlags): Io {
  const aliases = {
    ...(seed === undefined ? {} : { TRAIN_SEED: seed }),
    ...(contamination === undefined ? {} : { TRAIN_CONTAMINATION: contamination }),
  };
  return { ...io, environment: { ...io.environment, ...aliases } };
}
