import { Command, Option } from 'commander';
import { readSettings, type Setting, type Settings, type SettingsTable } from '../common/config.js';
import type { Io } from './io.js';

/** A command that knows the tables of settings which it reads. Its sub-commands are of the same kind. */
export class SettingsCommand extends Command {
  readonly tables: SettingsTable[] = [];

  override createCommand(name?: string): SettingsCommand {
    return new SettingsCommand(name);
  }
}

/**
 * Throws BAD_SETTINGS with every problem of every table that a command reads. Run before its action: the tables are read
 * one by one there, some of them when a socket is open already.
 */
export function checkSettings(command: Command, io: Io): void {
  if (!(command instanceof SettingsCommand)) return;
  const all: SettingsTable = Object.assign({}, ...command.tables);
  settingsOf(all, command, io);
}

/** Returns the flag of a setting: LOAD_RATE becomes --load-rate. */
export function flagOf(name: string): string {
  return `--${name.toLowerCase().replaceAll('_', '-')}`;
}

/** Returns range, unit and default of a setting in a few words, for help and docs. */
export function describeRange(setting: Setting): string {
  const unit = setting.unit === undefined ? '' : ` ${setting.unit}`;
  if (setting.type === 'choice') return setting.choices.join(' | ');
  if (setting.type === 'integer' || setting.type === 'number')
    return `${setting.min} to ${setting.max}${unit}`;
  return setting.type;
}

/** Adds one flag for each setting of the tables to a command. Secrets get none: flags are visible to every user of the machine. */
export function addSettings(command: Command, ...tables: readonly SettingsTable[]): Command {
  if (command instanceof SettingsCommand) command.tables.push(...tables);
  for (const [name, setting] of tables.flatMap((table) => Object.entries(table))) {
    if (setting.secret === true) continue;
    const shownDefault = setting.default === null ? '' : `, default ${String(setting.default)}`;
    const text = `${setting.description} [${describeRange(setting)}${shownDefault}; ${name}]`;
    command.addOption(
      new Option(`${flagOf(name)} ${setting.type === 'boolean' ? '[value]' : '<value>'}`, text),
    );
  }
  return command;
}

/** Returns the environment with a command's flags laid over it, under the names of the settings. */
export function settingValues(command: Command, io: Io): Readonly<Record<string, string | undefined>> {
  const values: Record<string, string | undefined> = { ...io.environment };
  for (const [attribute, value] of Object.entries(command.optsWithGlobals())) {
    const name = attribute.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    if (typeof value === 'string') values[name] = value;
    else if (value === true) values[name] = 'true';
  }
  return values;
}

/** Returns a table's settings from flags and environment; throws BAD_SETTINGS with every problem at once. */
export function settingsOf<const T extends SettingsTable>(table: T, command: Command, io: Io): Settings<T> {
  return readSettings(table, { values: settingValues(command, io), readFile: io.readFile });
}
