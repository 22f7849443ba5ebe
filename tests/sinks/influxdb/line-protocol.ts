/** A line of line protocol, read by the rules of the servers (InfluxDB 1.x `models/points.go`, unchanged in 2.x). */
export interface ParsedLine {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number | boolean | string>>;
  readonly time: string;
}

/**
 * Returns the parts of one line. Written against the servers' rules, not against our encoder: in measurement and tags a
 * separator counts unless a backslash stands right before it; in fields a backslash takes the next character with it.
 */
export function parseLine(line: string): ParsedLine {
  const head = splitTags(line);
  const { fields, rest } = splitFields(head.rest);
  return { measurement: head.measurement, tags: head.tags, fields, time: rest.trim() };
}

function splitTags(line: string): { measurement: string; tags: Record<string, string>; rest: string } {
  const end = findUnescaped(line, ' ', 0);
  if (end < 0) throw new Error('no fields');
  const [measurement = '', ...pairs] = splitUnescaped(line.slice(0, end), ',');
  const tags = pairs.map((pair) => {
    const parts = splitUnescaped(pair, '=');
    if (parts.length !== 2) throw new Error(`bad tag ${pair}`);
    return [unescapeTag(parts[0] ?? ''), unescapeTag(parts[1] ?? '')] as const;
  });
  return {
    measurement: measurement.replace(/\\([, ])/g, '$1'),
    tags: Object.fromEntries(tags),
    rest: line.slice(end + 1),
  };
}

function findUnescaped(text: string, separator: string, from: number): number {
  for (let index = from; index < text.length; index += 1)
    if (text[index] === separator && text[index - 1] !== '\\') return index;
  return -1;
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = findUnescaped(text, separator, 0); at >= 0; at = findUnescaped(text, separator, at + 1)) {
    parts.push(text.slice(start, at));
    start = at + 1;
  }
  return [...parts, text.slice(start)];
}

function unescapeTag(text: string): string {
  return text.replace(/\\([,= ])/g, '$1');
}

function splitFields(text: string): { fields: Record<string, number | boolean | string>; rest: string } {
  const fields: [string, number | boolean | string][] = [];
  let at = 0;
  for (;;) {
    const equals = scan(text, at, '=');
    const name = text.slice(at, equals).replace(/\\([,"= ])/g, '$1');
    const end = scanValue(text, equals + 1);
    fields.push([name, parseValue(text.slice(equals + 1, end))]);
    if (text[end] !== ',') return { fields: Object.fromEntries(fields), rest: text.slice(end + 1) };
    at = end + 1;
  }
}

function scan(text: string, from: number, separator: string): number {
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === separator) return index;
    else if (text[index] === ',' || text[index] === ' ') throw new Error(`unescaped separator at ${index}`);
  }
  throw new Error(`no ${separator}`);
}

function scanValue(text: string, from: number): number {
  let quoted = false;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') quoted = !quoted;
    else if (!quoted && (text[index] === ',' || text[index] === ' ')) return index;
  }
  return text.length;
}

function parseValue(text: string): number | boolean | string {
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\(["\\])/g, '$1');
  if (text === 'T') return true;
  if (text === 'F') return false;
  return Number(text);
}
