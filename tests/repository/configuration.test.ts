import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { configurationDocument } from '../../cli/commands/config.js';
import { createProgram } from '../../cli/program.js';
import { COMPONENT_TABLES } from '../../cli/tables.js';
import { readSettings } from '../../common/config.js';
import { findProjectRoot } from '../../infra/local/project-root.js';
import { fakeIo } from '../cli/fake-io.js';
import { projectFiles } from './project-files.js';

const settings = COMPONENT_TABLES.flatMap(({ component, table }) =>
  Object.entries(table).map(([name, setting]) => ({ component, name, setting })),
);

it('has docs/configuration.md as `npm run docs` writes it', () => {
  const written = readFileSync(join(findProjectRoot(), 'docs/configuration.md'), 'utf8');
  expect(written).toBe(`${configurationDocument()}\n`);
});

describe('every setting', () => {
  it('is in the tables that `tidewatch config` shows', () => {
    const declared = projectFiles().flatMap(({ path, text }) =>
      !path.startsWith('tests/') && text.includes('settingsTable({')
        ? [...text.matchAll(/^ {2}([A-Z][A-Z0-9_]+): \{/gm)].map((match) => match[1] ?? '')
        : [],
    );
    const shown = new Set(settings.map(({ name }) => name));
    expect(declared.length).toBeGreaterThan(50);
    expect(declared.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('says in one sentence what it does', () => {
    const silent = settings.filter(({ setting }) => !/^[A-Z].{14,}\.$/s.test(setting.description));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('has a name of its own: one name means one thing in every process', () => {
    const twice = settings.filter(
      ({ name }, index) => settings.findIndex((other) => other.name === name) !== index,
    );
    expect(twice.map(({ name, component }) => `${name} (${component})`)).toEqual([]);
  });

  it('has a range that holds its default, and a unit when its number measures something', () => {
    const wrong = settings.flatMap(({ name, setting }) => {
      if (setting.type !== 'integer' && setting.type !== 'number') return [];
      const { min, max, default: usual, unit } = setting;
      const outside = !(min < max) || (usual !== null && (usual < min || usual > max));
      const measures = /_(MS|SECONDS|HOURS|BYTES|MIB)$/.test(name) && unit === undefined;
      return outside || measures ? [name] : [];
    });
    expect(wrong).toEqual([]);
  });

  it('may be left out: the defaults of every table are valid', () => {
    for (const { table } of COMPONENT_TABLES)
      expect(() => readSettings(table, { values: {}, readFile: () => '' })).not.toThrow();
  });

  it('is a secret when it is called one', () => {
    const open = settings.filter(
      ({ name, setting }) => /PASSWORD|TOKEN|SECRET/.test(name) && setting.secret !== true,
    );
    expect(open.map(({ name }) => name)).toEqual([]);
  });
});

describe('every command', () => {
  const leaves = (command: Command): Command[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
  const all = leaves(createProgram(fakeIo().io));

  it.each(all.map((command) => [pathOf(command), command] as const))(
    '%s has a help text with an example',
    (path, command) => {
      const shown: string[] = [];
      command.configureOutput({ writeOut: (text) => void shown.push(text) });
      command.outputHelp();
      const help = shown.join('');
      expect(command.description()).not.toBe('');
      expect(help).toMatch(/\nExamples?:\n {2}\S/);
      expect(help).toContain(path === 'tidewatch up' ? 'npm start' : path);
    },
  );
});

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
