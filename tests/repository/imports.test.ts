import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findProjectRoot } from '../../infra/local/project-root.js';
import { importBreaches } from './import-rules.js';
import { importsOf } from './module-imports.js';
import { projectFiles } from './project-files.js';

const sources = projectFiles().filter(({ path }) => /\.(ts|mjs)$/.test(path));

it('imports only in the direction of DESIGN section 3', () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.flatMap(({ path, text }) => importBreaches(path, text))).toEqual([]);
});

it('imports no package that package.json does not declare, and none of the development ones outside of tests', () => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(findProjectRoot(), 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const undeclared = sources.flatMap(({ path, text }) => {
    const isTest = path.startsWith('tests/') || path === 'vitest.config.ts';
    const declared = { ...dependencies, ...(isTest ? devDependencies : {}) };
    return importsOf(text)
      .map(({ specifier }) => specifier)
      .filter((specifier) => !/^(\.|node:|file:|\s*$)/.test(specifier) && !(packageOf(specifier) in declared))
      .map((specifier) => `${path} imports ${specifier}`);
  });
  expect(undeclared).toEqual([]);
});

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
