import type { Breach } from './import-rules.js';
import { type Scanned, scanTypeScript, type Token } from './typescript-scan.js';

/** Entry points, a benchmark's child process among them: the only files that may read the environment or end the process. */
const ENTRY_POINTS =
  /^(cli|benchmarks)\/(.*\/)?main\.ts$|^benchmarks\/pass-through\.ts$|^infra\/bootstrap\.mjs$|^schemas\/release\.mjs$/;
/** Where no decision may come from the clock or from chance. */
const DETERMINISTIC = /^detection\/|\/core\.ts$/;
/** ml-isolation-forest draws from the global generator: its wrapper puts a seeded one there while it grows, and back. */
const SWAPS_RANDOM = 'detection/isolation-forest/package-grower.ts';
/** Vitest finds these by their default export. */
const DEFAULT_EXPORTS = new Set(['vitest.config.ts', 'tests/support/global-setup.ts']);
const VAGUE_NAME = /(^|[-/])(utils?|helpers?|managers?|misc)[-./]/;

const IGNORES = /biome-ignore|@ts-(ignore|nocheck|expect-error)|eslint-disable/;
const UNFINISHED = /\b(TODO|FIXME|XXX)\b/;
const TEST_FUNCTIONS = new Set(['it', 'test', 'describe', 'suite', 'bench']);
const UNRUN = new Set(['skip', 'only', 'todo', 'fails']);

/** Returns what breaks the house rules inside one source. `path` is relative to the project, with slashes. */
export function sourceBreaches(path: string, source: string): Breach[] {
  const scanned = scanTypeScript(source);
  const found = [...commentProblems(scanned), ...tokenProblems(path, scanned.tokens)];
  const named = VAGUE_NAME.test(path) ? [`${path} has a name that says nothing`] : [];
  return [...named, ...found.map(({ line, reason }) => `${path}:${line} ${reason}`)];
}

interface Problem {
  readonly line: number;
  readonly reason: string;
}

function commentProblems({ comments }: Scanned): Problem[] {
  return comments.flatMap(({ text, line }) => [
    ...(IGNORES.test(text) ? [{ line, reason: 'silences a checker' }] : []),
    ...(UNFINISHED.test(text) ? [{ line, reason: 'leaves work in a comment' }] : []),
  ]);
}

function tokenProblems(path: string, tokens: readonly Token[]): Problem[] {
  const isTest = path.startsWith('tests/');
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'word') return [];
    const context: Context = { path, isTest, tokens, index };
    const reasons = [anyReason, processReason, clockReason, unrunReason, exportReason].map((rule) =>
      rule(context),
    );
    return reasons.flatMap((reason) => (reason === null ? [] : [{ line: token.line, reason }]));
  });
}

interface Context {
  readonly path: string;
  readonly isTest: boolean;
  readonly tokens: readonly Token[];
  readonly index: number;
}

type Rule = (context: Context) => string | null;

const anyReason: Rule = ({ tokens, index }) => {
  const isType =
    tokens[index - 1]?.text !== '.' && tokens[index + 1]?.text !== ':' && tokens[index + 1]?.text !== '(';
  return tokens[index]?.text === 'any' && isType ? 'says any' : null;
};

const processReason: Rule = ({ path, isTest, tokens, index }) => {
  if (ENTRY_POINTS.test(path) || !isMember(tokens, index, 'process')) return null;
  const name = tokens[index]?.text;
  if (name === 'exit' || name === 'exitCode' || name === 'abort')
    return 'ends the process: only a main.ts may';
  return name === 'env' && !isTest ? 'reads the environment: only a main.ts may' : null;
};

const clockReason: Rule = ({ path, tokens, index }) => {
  if (!DETERMINISTIC.test(path)) return null;
  const name = tokens[index]?.text ?? '';
  if (name === 'now' && (isMember(tokens, index, 'Date') || isMember(tokens, index, 'performance')))
    return 'reads the clock';
  if (name === 'hrtime') return 'reads the clock';
  if (name === 'random' && isMember(tokens, index, 'Math') && path !== SWAPS_RANDOM)
    return 'draws unseeded chance';
  const isNow = name === 'Date' && tokens[index - 1]?.text === 'new' && !hasArguments(tokens, index);
  return isNow ? 'reads the clock' : null;
};

const unrunReason: Rule = ({ isTest, tokens, index }) => {
  if (!isTest) return null;
  const name = tokens[index]?.text ?? '';
  if (['xit', 'xtest', 'xdescribe', 'fit', 'fdescribe'].includes(name)) return 'keeps a test from running';
  if (!UNRUN.has(name) || tokens[index - 1]?.text !== '.') return null;
  let start = index;
  while (tokens[start - 1]?.text === '.') start -= 2;
  return TEST_FUNCTIONS.has(tokens[start]?.text ?? '') ? `keeps a test from running (.${name})` : null;
};

const exportReason: Rule = ({ path, tokens, index }) => {
  const isDefault = tokens[index]?.text === 'export' && tokens[index + 1]?.text === 'default';
  return isDefault && !DEFAULT_EXPORTS.has(path) ? 'exports a default: exports have names' : null;
};

function isMember(tokens: readonly Token[], index: number, owner: string): boolean {
  return (
    tokens[index - 1]?.text === '.' && tokens[index - 2]?.text === owner && tokens[index - 3]?.text !== '.'
  );
}

/** Whether the constructor call at `index` is given anything. */
function hasArguments(tokens: readonly Token[], index: number): boolean {
  return tokens[index + 1]?.text === '(' && tokens[index + 2]?.text !== ')';
}
