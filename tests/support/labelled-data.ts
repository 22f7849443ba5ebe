import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProjectRoot } from '../../infra/local/project-root.js';

/** Says that there is deliberately no data, for pipelines that cannot have it. */
const NONE = 'none';

/**
 * Returns the folder of a collection of labelled series (smd, asd, nab, ...), or null when there is none: the data are other
 * people's and never part of the project. Looked for under `TIDEWATCH_DATA`, default `../shared/data` beside the project.
 * In CI a missing folder is an error, unless `TIDEWATCH_DATA=none` says that it is meant.
 */
export function labelledData(collection: string): string | null {
  const given = process.env['TIDEWATCH_DATA'];
  const folder = join(resolve(findProjectRoot(), given ?? '../shared/data'), collection);
  if (given !== NONE && existsSync(folder)) return folder;
  if (process.env['CI'] === 'true' && given !== NONE) {
    throw new Error(
      `looking for labelled data: ${folder} is not there; set TIDEWATCH_DATA to its folder, or to none`,
    );
  }
  console.log(`skipping what needs ${collection}: ${folder} is not there (TIDEWATCH_DATA)`);
  return null;
}
