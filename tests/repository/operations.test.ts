import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProjectRoot } from '../../infra/local/project-root.js';
import { projectFiles } from './project-files.js';
import { scanTypeScript } from './typescript-scan.js';

const document = readFileSync(join(findProjectRoot(), 'docs/operations.md'), 'utf8');
const sources = projectFiles().filter(({ path }) =>
  /^(common|producers|processors|sinks|jobs|infra|cli)\/.*\.ts$/.test(path),
);

/** Returns the codes of every `new TidewatchError({ code: '...' })`. */
function thrownCodes(source: string): string[] {
  const { tokens } = scanTypeScript(source);
  return tokens.flatMap((token, index) => {
    if (token.text !== 'TidewatchError' || tokens[index - 1]?.text !== 'new') return [];
    const end = tokens.findIndex((later, at) => at > index && later.text === ';');
    const code = tokens.findIndex((later, at) => at > index && at < end && later.text === 'code');
    const value = tokens[code + 2];
    return code !== -1 && value?.kind === 'string' ? [value.text] : [];
  });
}

describe('docs/operations.md', () => {
  it('names the way out of every error that is thrown', () => {
    const codes = new Set(sources.flatMap(({ text }) => thrownCodes(text)));
    expect(codes.size).toBeGreaterThan(30);
    expect([...codes].filter((code) => !document.includes(`\`${code}\``))).toEqual([]);
  });

  it('names every metric', () => {
    const names = sources.flatMap(({ text }) =>
      [
        ...text.matchAll(
          /name(?:: |\()'(?:tidewatch_)?([a-z_]+_(?:total|seconds|records|up|running|hosts|hour))'/g,
        ),
      ].map((match) => match[1] ?? ''),
    );
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !document.includes(`${name}\``))).toEqual([]);
  });

  it('names no metric that is nowhere in the sources', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const named = [...document.matchAll(/`(?:tidewatch_(?:<\w+>|[a-z]+(?:_influxdb)?))?_([a-z_]+)`/g)];
    expect(named.length).toBeGreaterThan(20);
    expect(named.map((match) => match[1] ?? '').filter((name) => !all.includes(name))).toEqual([]);
  });

  it('names no code that is nowhere in the sources', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const named = [...document.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !all.includes(name))).toEqual([]);
  });
});
