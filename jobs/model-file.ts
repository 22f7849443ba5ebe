import { readFile, writeFile } from 'node:fs/promises';
import { messageOf, TidewatchError } from '../common/errors.js';
import { modelFromJson, modelToJson } from '../schemas/model-json.js';
import type { ModelVersion } from '../schemas/model-version.js';
import { pendingFile } from './pending-file.js';

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

/** Creates or replaces a text file; it appears when it is complete. Throws FILE_UNWRITABLE. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const pending = await pendingFile(path);
  try {
    await writeFile(pending.path, text, { flag: pending.flags, mode: pending.mode });
    await pending.keep();
  } catch (error) {
    pending.discard();
    throw new TidewatchError({
      code: 'FILE_UNWRITABLE',
      retriable: false,
      message: `writing ${path}: ${messageOf(error)}`,
      cause: error,
    });
  }
}

/** Writes what a job found as indented JSON. Throws FILE_UNWRITABLE. */
export async function writeReportFile(path: string, report: object): Promise<void> {
  await writeTextFile(path, `${JSON.stringify(report, null, 2)}\n`);
}

/** Writes a model as JSON. Throws FILE_UNWRITABLE. */
export async function writeModelFile(path: string, model: ModelVersion): Promise<void> {
  await writeTextFile(path, modelToJson(model));
}
