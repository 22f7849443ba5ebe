import type { Command } from 'commander';
import { allModels } from '../../../common/registry/models-topic.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { addContextSettings, createContext } from '../../context.js';
import { type Io, print } from '../../io.js';
import { table } from './table.js';

/** What the list says of a version. */
export type ModelLine = Pick<
  ModelVersion,
  'model' | 'version' | 'group' | 'kind' | 'rows' | 'provisional' | 'created' | 'trees' | 'contentHash'
> & {
  /** Whether it is the newest of its group: the one that scorers use. */
  readonly current: boolean;
};

/** Adds `models list` to the group. */
export function addListCommand(group: Command, io: Io): void {
  const command = addContextSettings(group.command('list'))
    .description('List the model versions of the models topic, oldest first.')
    .option('--group <name>', 'only the models of this group')
    .option('--json', 'print one JSON array');
  command.addHelpText('after', '\nExample:\n  tidewatch models list --group simulator');
  command.action(async ({ group: only, json }: { readonly group?: string; readonly json?: boolean }) => {
    const context = await createContext(command, io, 'models');
    const lines = modelLines(await allModels(context)).filter(
      (line) => only === undefined || line.group === only,
    );
    if (json === true) print(io, JSON.stringify(lines));
    else print(io, lines.length === 0 ? 'no models yet' : modelTable(lines));
  });
}

/** Returns one line per version, in the order given (oldest first). */
export function modelLines(models: readonly ModelVersion[]): ModelLine[] {
  const newest = new Map(models.map((model) => [model.group, model]));
  return models.map((entry) => {
    const { model, version, group, kind, rows, provisional, created, trees, contentHash } = entry;
    const current = newest.get(group) === entry;
    return { model, version, group, kind, rows, provisional, created, trees, contentHash, current };
  });
}

function modelTable(lines: readonly ModelLine[]): string {
  return table(
    ['MODEL', 'VERSION', 'CREATED', 'ROWS', 'TREES', 'STATE'],
    lines.map(({ model, version, created, rows, trees, provisional, current }) => [
      model,
      version,
      new Date(created).toISOString(),
      String(rows),
      String(trees),
      [current ? 'current' : 'replaced', ...(provisional ? ['provisional'] : [])].join(', '),
    ]),
  );
}
