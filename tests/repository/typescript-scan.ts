/** One token of a TypeScript source. Template literals come as their texts; what stands in `${}` comes as tokens. */
export interface Token {
  readonly kind: 'word' | 'string' | 'template' | 'regex' | 'punctuation';
  /** Of a string: what is between the quotes, escapes as written. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** One comment with its marks. */
export interface Comment {
  readonly text: string;
  readonly line: number;
}

/** A source, divided. Type 7 of TypeScript has no JavaScript API to ask, and this needs no types. */
export interface Scanned {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
}

const WORD = /[\p{ID_Start}$_#\d][\p{ID_Continue}$\u200c\u200d]*/uy;
const SPACE = /\s+/y;
const LINE_COMMENT = /\/\/[^\n]*|#![^\n]*/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?\*\//y;
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;
/** Words after which a slash begins a regular expression, although they look like a value. */
const BEFORE_REGEX = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'void',
  'await',
  'yield',
  'delete',
  'throw',
]);

/** Returns tokens and comments of a source. O(length). Throws on a literal that does not end. */
export function scanTypeScript(source: string): Scanned {
  return new Scanner(source).scan();
}

class Scanner {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  readonly #comments: Comment[] = [];
  /** For each open template literal, how many braces are open inside its current `${}`. */
  readonly #templates: number[] = [];
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  scan(): Scanned {
    while (this.#at < this.#source.length) this.#step();
    return { tokens: this.#tokens, comments: this.#comments };
  }

  #step(): void {
    if (this.#take(SPACE) !== null) return;
    const line = this.#line;
    const atShebang = this.#at > 0 || this.#source.startsWith('#!');
    const comment =
      this.#take(BLOCK_COMMENT) ?? (atShebang || this.#peek() === '/' ? this.#lineComment() : null);
    if (comment !== null) {
      this.#comments.push({ text: comment, line });
      return;
    }
    const character = this.#peek();
    if (character === "'" || character === '"')
      this.#push('string', this.#require(STRING).slice(1, -1), line);
    else if (character === '`') this.#openTemplate(line);
    else if (character === '/' && this.#regexMayBegin()) this.#push('regex', this.#require(REGEX), line);
    else this.#wordOrPunctuation(line);
  }

  #lineComment(): string | null {
    if (this.#peek() === '#' && !(this.#at === 0 && this.#source.startsWith('#!'))) return null;
    return this.#take(LINE_COMMENT);
  }

  #wordOrPunctuation(line: number): void {
    const word = this.#take(WORD);
    if (word !== null) {
      this.#push('word', word, line);
      return;
    }
    const character = this.#peek();
    this.#at += 1;
    const depth = this.#templates.at(-1);
    if (depth !== undefined && character === '}' && depth === 0) {
      this.#templateText(line);
      return;
    }
    if (depth !== undefined && (character === '{' || character === '}'))
      this.#templates[this.#templates.length - 1] = depth + (character === '{' ? 1 : -1);
    this.#push('punctuation', character, line);
  }

  #openTemplate(line: number): void {
    this.#at += 1;
    this.#templates.push(0);
    this.#templateText(line);
  }

  /** Reads the text up to the next `${` or the end of the literal. */
  #templateText(line: number): void {
    this.#push('template', this.#take(TEMPLATE) ?? '', line);
    if (this.#peek() === '`') {
      this.#templates.pop();
      this.#at += 1;
    } else if (this.#source.startsWith('${', this.#at)) this.#at += 2;
    else throw new Error(`scanning line ${line}: a template literal does not end`);
  }

  #regexMayBegin(): boolean {
    const before = this.#tokens.at(-1);
    if (before === undefined) return true;
    if (before.kind === 'word') return BEFORE_REGEX.has(before.text);
    return before.kind === 'punctuation' && before.text !== ')' && before.text !== ']';
  }

  #push(kind: Token['kind'], text: string, line: number): void {
    this.#tokens.push({ kind, text, line });
  }

  #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  #require(pattern: RegExp): string {
    const text = this.#take(pattern);
    if (text === null) throw new Error(`scanning line ${this.#line}: a literal does not end`);
    return text;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#source)?.[0];
    if (text === undefined || text === '') return null;
    this.#at += text.length;
    for (const character of text) if (character === '\n') this.#line += 1;
    return text;
  }
}
