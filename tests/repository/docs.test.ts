import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProjectRoot } from '../../infra/local/project-root.js';
import { projectFiles } from './project-files.js';

const pages = projectFiles().filter(({ path }) => path.endsWith('.md'));
const root = findProjectRoot();

describe('the documents', () => {
  it('lead only to files and sections that are there', () => {
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].flatMap((match) => {
        const [file = '', section] = (match[1] ?? '').split('#');
        const target = file === '' ? path : posix.join(posix.dirname(path), file);
        const isThere = existsSync(`${root}/${target}`) && hasSection(target, section);
        return isThere ? [] : [`${path} leads to ${match[1]}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('name only npm scripts that there are', () => {
    const { scripts } = JSON.parse(
      projectFiles().find(({ path }) => path === 'package.json')?.text ?? '{}',
    ) as { scripts: Record<string, string> };
    const named = pages.flatMap(({ text }) =>
      [...text.matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? ''),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('of every component are in its folder', () => {
    const folders = projectFiles().flatMap(
      ({ path }) => /^(?:producers|processors|sinks|jobs)\/[^/]+(?=\/main\.ts$)/.exec(path) ?? [],
    );
    expect(folders.length).toBeGreaterThan(6);
    expect(folders.filter((folder) => !existsSync(`${root}/${folder}/README.md`))).toEqual([]);
  });
});

function hasSection(path: string, section: string | undefined): boolean {
  if (section === undefined) return true;
  const text = pages.find((page) => page.path === path)?.text ?? '';
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  return anchors.includes(section);
}
