import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A schema as it stood in a release. */
export interface ReleasedSchema {
  /** Version of the release, for example 0.1.0. */
  readonly release: string;
  /** The schema, parsed JSON. */
  readonly schema: unknown;
}

/**
 * Returns the released schemas of the record in an `.avsc` file, by release, from `released/<version>/` beside it; empty when there
 * are none. They let a reader take records that an older release wrote. Reads files synchronously: for load time.
 */
export function releasedSchemas(file: URL): ReleasedSchema[] {
  const folder = new URL('./released/', file);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((release) => ({ release, file: new URL(`./${release}/${basename(file.pathname)}`, folder) }))
    .filter((candidate) => existsSync(candidate.file))
    .map((found) => ({ release: found.release, schema: JSON.parse(readFileSync(found.file, 'utf8')) }));
}
