import { describe, expect, it } from 'vitest';
import { projectFiles } from './project-files.js';
import { sourceBreaches } from './source-rules.js';
import { textBreaches } from './text-rules.js';

const files = projectFiles();
const sources = files.filter(({ path }) => /\.(ts|mjs)$/.test(path));
/** Lines above which a file says at its top why it is one. */
const LONG = 300;

it('keeps the house rules in every source', () => {
  expect(sources.flatMap(({ path, text }) => sourceBreaches(path, text))).toEqual([]);
});

it('names no path of one machine and no registry host', () => {
  expect(files.flatMap(({ path, text }) => textBreaches(path, text))).toEqual([]);
});

describe('the size of files', () => {
  const sizes = sources.map(({ path, text }) => ({ path, text, lines: text.split('\n').length - 1 }));

  it('has a median of at most 100 lines', () => {
    const ordered = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(ordered[Math.floor(ordered.length / 2)]).toBeLessThanOrEqual(100);
  });

  it(`goes above ${LONG} lines only with a reason at the top of the file`, () => {
    const unexplained = sizes.filter(({ lines, text }) => lines > LONG && !text.startsWith('/*'));
    expect(unexplained.map(({ path, lines }) => `${path} ${lines}`)).toEqual([]);
  });
});
