import type { Command } from 'commander';
import { TidewatchError } from '../../../common/errors.js';
import { allModels } from '../../../common/registry/models-topic.js';
import { writeModelFile } from '../../../jobs/model-file.js';
import { toJson } from '../../../schemas/codec/to-json.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { addContextSettings, createContext } from '../../context.js';
import { type Io, print } from '../../io.js';
import { table } from './table.js';

interface ShowFlags {
  readonly modelOut?: string;
  readonly json?: boolean;
}

/** Bytes of a forest or reference that are shown as JSON; --model-out writes them all. */
const SHOWN_BYTES = 64;

/** Adds `models show` to the group. */
export function addShowCommand(group: Command, io: Io): void {
  const command = addContextSettings(
    group.command('show').argument('<model>', 'group, model, version, or model/version'),
  )
    .description('Show one model version: the newest that the name fits.')
    .option('--model-out <file>', 'write it as JSON, for "job backtest" and "job explain"')
    .option('--json', 'print one JSON object');
  command.addHelpText(
    'after',
    '\nExamples:\n  tidewatch models show iforest.simulator\n  tidewatch models show simulator --model-out model.json',
  );
  command.action(async (name: string, flags: ShowFlags) => {
    const context = await createContext(command, io, 'models');
    const model = findModel(await allModels(context), name);
    if (flags.modelOut !== undefined) await writeModelFile(flags.modelOut, model);
    print(
      io,
      flags.json === true ? JSON.stringify(toJson(model, { maxBytes: SHOWN_BYTES })) : describe(model),
    );
  });
}

/** Returns the newest version of those given (oldest first) that the name fits. Throws MODEL_UNKNOWN. */
export function findModel(models: readonly ModelVersion[], name: string): ModelVersion {
  const found = models.findLast(({ model, version, group }) =>
    [group, model, version, `${model}/${version}`].includes(name),
  );
  if (found !== undefined) return found;
  throw new TidewatchError({
    code: 'MODEL_UNKNOWN',
    retriable: false,
    message: `looking up model ${name}: the models topic has none; "tidewatch models list" shows what it has`,
  });
}

function describe(model: ModelVersion): string {
  const facts = table(
    ['model', model.model],
    [
      ['version', model.version],
      ['group', model.group],
      ['kind', model.kind],
      ['created', new Date(model.created).toISOString()],
      ['parent', model.parent ?? '-'],
      [
        'trained on',
        `${model.rows} rows of ${model.hosts.length} hosts${model.provisional ? ', provisional' : ''}`,
      ],
      ['from', new Date(model.trainedFrom).toISOString()],
      ['to', new Date(model.trainedTo).toISOString()],
      ['forest', `${model.trees} trees, subsample ${model.subsampleSize}, ${model.forest.length} bytes`],
      ['seed', String(model.seed)],
      ['contamination', String(model.contamination)],
      ['alarm boundary', String(model.threshold)],
      ['content hash', model.contentHash],
    ],
  );
  const methods = table(
    ['METHOD', 'MEDIAN', 'Q99', 'BOUNDARY'],
    model.calibration.map(({ method, median, q99, threshold }) => [
      method,
      median.toPrecision(4),
      q99.toPrecision(4),
      threshold.toPrecision(4),
    ]),
  );
  const features = table(
    ['FEATURE', 'STATISTIC', 'CENTRE', 'SCALE'],
    model.features.map(({ metric, statistic, window, centre, scale }) => [
      metric,
      window === 0 ? statistic : `${statistic} of ${window}`,
      centre.toPrecision(4),
      scale.toPrecision(4),
    ]),
  );
  return [facts, methods, features].join('\n\n');
}
