import type { Command } from 'commander';
import { TidewatchError } from '../../../common/errors.js';
import { createPublisher } from '../../../common/kafka/publisher.js';
import { importSklearnFile } from '../../../jobs/import-model/main.js';
import { readModelFile, writeModelFile } from '../../../jobs/model-file.js';
import { publishModel } from '../../../jobs/train/publish-model.js';
import { ISOLATION_FOREST } from '../../../processors/score/model.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { addContextSettings, createContext } from '../../context.js';
import { checkFileArguments } from '../../file-arguments.js';
import { type Io, print } from '../../io.js';

interface ImportFlags {
  readonly format: string;
  readonly modelOut?: string;
  readonly group: string;
  readonly json?: boolean;
}

const FORMATS = ['sklearn-json', 'tidewatch-json'];

/** Adds `models import` to the group. */
export function addImportCommand(group: Command, io: Io): void {
  const command = addContextSettings(
    group.command('import').argument('<file>', 'the forest, or the model, as JSON'),
  )
    .description(
      'Import a scikit-learn forest into a model file, or publish a model file to the models topic.',
    )
    .requiredOption('--format <format>', FORMATS.join(' | '))
    .option('--model-out <file>', 'write the model as JSON instead of publishing it')
    .option('--group <name>', 'group that a scikit-learn forest is for', 'imported')
    .option('--json', 'print one JSON object');
  command.addHelpText(
    'after',
    [
      '',
      'sklearn-json is what examples/export_sklearn.py writes. Its forest reads raw values and serves "job explain"; the stream',
      'scores with forests over its own statistics, so that only models of "job train" (tidewatch-json) are published.',
      '',
      'Examples:',
      '  tidewatch models import --format sklearn-json forest.json --model-out model.json',
      '  tidewatch models import --format tidewatch-json model.json',
    ].join('\n'),
  );
  command.action(async (path: string, flags: ImportFlags) => {
    await checkFileArguments({ reads: { file: path }, writes: { 'model-out': flags.modelOut } });
    const model = await readFormat(path, flags, io);
    if (flags.modelOut !== undefined) await writeModelFile(flags.modelOut, model);
    else await publish(command, io, model);
    const { version, trees, features } = model;
    const summary = { model: model.model, version, trees, features: features.length };
    const done = flags.modelOut === undefined ? 'published' : `in ${flags.modelOut}`;
    if (flags.json === true) print(io, JSON.stringify(summary));
    else print(io, `${model.model} ${version}: ${trees} trees, ${features.length} features, ${done}`);
  });
}

async function readFormat(path: string, { format, group }: ImportFlags, io: Io): Promise<ModelVersion> {
  if (format === 'sklearn-json') return importSklearnFile(path, { group, created: io.now() });
  if (format === 'tidewatch-json') return readModelFile(path);
  throw badUsage(`--format is one of ${FORMATS.join(', ')}`);
}

async function publish(command: Command, io: Io, model: ModelVersion): Promise<void> {
  if (model.kind !== ISOLATION_FOREST)
    throw badUsage(`a model of the kind ${model.kind} cannot score the stream; name a file with --model-out`);
  const context = await createContext(command, io, 'models');
  const publisher = await createPublisher({ ...context, topics: ['models'] });
  try {
    await publishModel(publisher, model);
  } finally {
    await publisher.close();
  }
}

function badUsage(reason: string): TidewatchError {
  return new TidewatchError({
    code: 'BAD_SETTINGS',
    retriable: false,
    message: `importing a model: ${reason}`,
  });
}
