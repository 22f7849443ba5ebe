import { z } from 'zod';
import { TidewatchError } from './errors.js';

interface SettingBase {
  /** One sentence: what it does. */
  readonly description: string;
  /** Unit of the value, for people: ms, bytes, points... */
  readonly unit?: string;
  /** Secrets are masked wherever settings are shown and may come from the file named by `<NAME>_FILE`. */
  readonly secret?: boolean;
}

/** One line of a component's table of settings. The key of the line is the name of the environment variable. */
export type Setting =
  | (SettingBase & { readonly type: 'string'; readonly default: string | null })
  | (SettingBase & { readonly type: 'list'; readonly default: readonly string[] | null })
  | (SettingBase & { readonly type: 'boolean'; readonly default: boolean })
  | (SettingBase & { readonly type: 'choice'; readonly choices: readonly string[]; readonly default: string })
  | (SettingBase & {
      readonly type: 'integer' | 'number';
      readonly min: number;
      readonly max: number;
      readonly default: number | null;
    });

/** A component's settings, declared once: types, validation, `--help`, `tidewatch config` and the docs come from it. */
export type SettingsTable = Readonly<Record<string, Setting>>;

type Nullable<S extends Setting, T> = S['default'] extends null ? T | null : T;
type ValueOf<S extends Setting> = S extends { type: 'string' }
  ? Nullable<S, string>
  : S extends { type: 'list' }
    ? Nullable<S, readonly string[]>
    : S extends { type: 'boolean' }
      ? boolean
      : S extends { type: 'choice'; choices: readonly (infer C)[] }
        ? C
        : S extends { type: 'integer' | 'number' }
          ? Nullable<S, number>
          : never;

/** The values of a table, typed: `null` where the default is null and nothing was set. */
export type Settings<T extends SettingsTable> = { readonly [K in keyof T]: ValueOf<T[K]> };

/** Declares a table; the identity function, for the exact types of its lines. */
export function settingsTable<const T extends SettingsTable>(table: T): T {
  return table;
}

/** Where settings come from: names and texts (the environment, or flags turned into names), and a reader for secret files. */
export interface SettingsSource {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Returns the text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

const TRUE = new Set(['1', 'true', 'yes', 'on']);
const FALSE = new Set(['0', 'false', 'no', 'off']);

function schemaOf(setting: Setting): z.ZodType<unknown, string> {
  switch (setting.type) {
    case 'string':
      return z.string();
    case 'list':
      return z.string().transform((text) =>
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      );
    case 'boolean':
      return z
        .string()
        .toLowerCase()
        .refine((text) => TRUE.has(text) || FALSE.has(text), 'must be true or false')
        .transform((text) => TRUE.has(text));
    case 'choice':
      return z
        .string()
        .refine((text) => setting.choices.includes(text), `must be one of ${setting.choices.join(', ')}`);
    case 'integer':
    case 'number':
      return z.string().transform(Number).pipe(numberSchema(setting));
  }
}

function numberSchema(setting: Setting & { type: 'integer' | 'number' }): z.ZodType<number, number> {
  const range = `must be ${setting.type === 'integer' ? 'a whole number' : 'a number'} from ${setting.min} to ${setting.max}`;
  const base = z.number(range).min(setting.min, range).max(setting.max, range);
  return setting.type === 'integer' ? base.int(range) : base;
}

/** Text of one setting and where it came from, secrets read from their file. */
export interface FoundText {
  readonly text: string | undefined;
  readonly source: 'default' | 'environment' | 'file';
}

/** Returns the text of a setting; throws a plain Error with the reason when a secret's file is unusable. */
export function findText(name: string, setting: Setting, source: SettingsSource): FoundText {
  const direct = source.values[name];
  const path = setting.secret === true ? source.values[`${name}_FILE`] : undefined;
  if (path !== undefined && path !== '') {
    if (direct !== undefined && direct !== '')
      throw new Error(`is set twice: as ${name} and as ${name}_FILE`);
    return { text: source.readFile(path).replace(/\r?\n$/, ''), source: 'file' };
  }
  return direct === undefined || direct === ''
    ? { text: undefined, source: 'default' }
    : { text: direct, source: 'environment' };
}

/**
 * Returns the validated settings of a table. Throws one TidewatchError (BAD_SETTINGS) that names every problem at once;
 * nothing is opened or connected here.
 */
export function readSettings<const T extends SettingsTable>(table: T, source: SettingsSource): Settings<T> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table)) {
    try {
      const { text } = findText(name, setting, source);
      values[name] = text === undefined ? setting.default : schemaOf(setting).parse(text);
    } catch (error) {
      problems.push(`${name} ${describeProblem(error)}`);
    }
  }
  if (problems.length > 0) {
    throw new TidewatchError({
      code: 'BAD_SETTINGS',
      retriable: false,
      message: `reading settings: ${problems.join('; ')}`,
    });
  }
  return values as Settings<T>;
}

function describeProblem(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues.map((issue) => issue.message).join(', ');
  return error instanceof Error ? error.message : String(error);
}
