import { scanTypeScript, type Token } from './typescript-scan.js';

/** One module that a source names. */
export interface ModuleImport {
  /** As written: `./core.js`, `node:fs`, `kafkajs`. */
  readonly specifier: string;
  /** Nothing of it is left at run time. `import { type A }` is not: the module is loaded all the same. */
  readonly typeOnly: boolean;
  readonly line: number;
}

const TYPE_POSITION = new Set(['typeof', ':', '<', '|', '&', 'as', 'keyof']);

/** Returns what a source imports: static and dynamic imports, re-exports, require. */
export function importsOf(source: string): ModuleImport[] {
  const { tokens } = scanTypeScript(source);
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'word' || tokens[index - 1]?.text === '.') return [];
    const found =
      token.text === 'import'
        ? importAt(tokens, index)
        : token.text === 'export'
          ? exportAt(tokens, index)
          : requireAt(tokens, index);
    return found === null ? [] : [found];
  });
}

function importAt(tokens: readonly Token[], index: number): ModuleImport | null {
  const next = tokens[index + 1];
  if (next?.kind === 'string') return { specifier: next.text, typeOnly: false, line: next.line };
  if (next?.text === '(') return callAt(tokens, index, TYPE_POSITION.has(tokens[index - 1]?.text ?? ''));
  if (next === undefined || next.text === '.') return null;
  return fromClause(tokens, index + 1, isTypeOnly(tokens, index));
}

/** `import type from './x.js'` imports a value that is named type. */
function isTypeOnly(tokens: readonly Token[], index: number): boolean {
  return (
    tokens[index + 1]?.text === 'type' &&
    tokens[index + 2]?.text !== 'from' &&
    tokens[index + 2]?.text !== ','
  );
}

function exportAt(tokens: readonly Token[], index: number): ModuleImport | null {
  const typeOnly = tokens[index + 1]?.text === 'type';
  const first = tokens[index + (typeOnly ? 2 : 1)];
  if (first?.text !== '*' && first?.text !== '{') return null;
  return fromClause(tokens, index + 1, typeOnly);
}

/** Looks for `from '...'` at the end of a list of names; a list without it exports what is here. */
function fromClause(tokens: readonly Token[], start: number, typeOnly: boolean): ModuleImport | null {
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.text === ';' || token?.text === '=') return null;
    const next = tokens[at + 1];
    if (token?.text === 'from' && next?.kind === 'string')
      return { specifier: next.text, typeOnly, line: next.line };
    if (token?.text === '}' && next?.text !== 'from') return null;
  }
  return null;
}

function requireAt(tokens: readonly Token[], index: number): ModuleImport | null {
  const isRequire = tokens[index]?.text === 'require' && tokens[index + 1]?.text === '(';
  return isRequire ? callAt(tokens, index, false) : null;
}

function callAt(tokens: readonly Token[], index: number, typeOnly: boolean): ModuleImport | null {
  const argument = tokens[index + 2];
  if (argument?.kind !== 'string' && argument?.kind !== 'template') return null;
  return { specifier: argument.text, typeOnly, line: argument.line };
}
