import { readFile, writeFile } from 'node:fs/promises';
import { messageOf, TidewatchError } from '../common/errors.js';
import { modelFromJson, modelToJson } from '../schemas/model-json.js';
import type { ModelVersion } from '../schemas/model-version.js';

/** Returns the text of a file that a job was told to read. Throws FILE_UNREADABLE. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TidewatchError({
      code: 'FILE_UNREADABLE',
      retriable: false,
      message: `reading ${path}: ${messageOf(error)}`,
      cause: error,
    });
  }
}

/** Returns the model of a JSON file that a job wrote. Throws FILE_UNREADABLE, BAD_MODEL. */
export async function readModelFile(path: string): Promise<ModelVersion> {
  const decoded = modelFromJson(await readTextFile(path));
  if (decoded.ok) return decoded.value;
  throw new TidewatchError({
    code: 'BAD_MODEL',
    retriable: false,
    message: `reading ${path}: ${decoded.reason}`,
    facts: { reason: decoded.code },
  });
}

/** Writes a model as JSON. */
export async function writeModelFile(path: string, model: ModelVersion): Promise<void> {
  await writeFile(path, modelToJson(model));
}
