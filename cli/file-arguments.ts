import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { createCsvParser } from '../common/csv/csv-rows.js';
import { textLines } from '../common/csv/text-lines.js';
import { messageOf, TidewatchError } from '../common/errors.js';

/** Files of a command line by the flag or argument that names them; undefined where it was not given. */
type FileFlags = Readonly<Record<string, string | undefined>>;

/** What a command does with the files that it was given. */
export interface FileArguments {
  readonly reads?: FileFlags;
  readonly writes: FileFlags;
}

/**
 * Refuses, before any work is done, files that would overwrite each other or what is still to be read, and folders that nothing can be
 * written to: a training of minutes must not end there. Devices may be named twice. Throws BAD_INPUT, FILE_UNWRITABLE.
 */
export async function checkFileArguments({ reads = {}, writes }: FileArguments): Promise<void> {
  const taken = new Map<string, string>();
  for (const { flag, path } of given(reads)) taken.set(await identityOf(path), flag);
  for (const { flag, path } of given(writes)) {
    const identity = await identityOf(path);
    const other = taken.get(identity);
    if (other !== undefined && (await isFileOrNew(path)))
      throw badInput(`${flag} and ${other} are the same file, ${path}`);
    taken.set(identity, flag);
    await requireWritable(path);
  }
}

/** Returns the same text for all names of a file: links lead to what they stand for. */
async function identityOf(path: string): Promise<string> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch {
    return resolve(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
  }
}

/**
 * Refuses a file without the column that is said to be its label. Without this, a slip of the pen makes the real label one more metric, and a
 * model learns the answers. Throws BAD_INPUT, FILE_UNREADABLE. Reads the header alone.
 */
export async function checkLabelColumn(path: string, column: string | undefined): Promise<void> {
  if (column === undefined) return;
  const parse = createCsvParser(column);
  for await (const { text } of textLines(path)) {
    const header = parse(text);
    if (header.kind === 'header' && !header.hasLabel)
      throw badInput(`${path} has no column "${column}", which --label-column names`);
    return;
  }
}

function given(files: FileFlags): { readonly flag: string; readonly path: string }[] {
  return Object.entries(files).flatMap(([flag, path]) => (path === undefined ? [] : [{ flag, path }]));
}

async function isFileOrNew(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return true;
  }
}

/** A file is written beside the one that it replaces, so that its folder matters; a device is written to itself. */
async function requireWritable(path: string): Promise<void> {
  try {
    const known = await stat(path).catch(() => null);
    if (known?.isDirectory() === true) throw new Error('it is a folder');
    if (known !== null) await access(path, constants.W_OK);
    // The dot asks for a folder: a file can be written to as well.
    if (known?.isFile() !== false)
      await access(`${dirname(await realpath(path).catch(() => path))}/.`, constants.W_OK);
  } catch (error) {
    throw new TidewatchError({
      code: 'FILE_UNWRITABLE',
      retriable: false,
      message: `writing ${path}: ${messageOf(error)}`,
      cause: error,
      facts: { path },
    });
  }
}

function badInput(reason: string): TidewatchError {
  return new TidewatchError({ code: 'BAD_INPUT', retriable: false, message: `reading arguments: ${reason}` });
}
