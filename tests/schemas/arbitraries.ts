import fc from 'fast-check';
import type { MetricEvent, Source } from '../../schemas/metric-event.js';

interface Node {
  readonly type: unknown;
  readonly fields: ReadonlyArray<{ readonly name: string; readonly type: unknown }>;
  readonly symbols: readonly string[];
  readonly items: unknown;
  readonly values: unknown;
}

/** Well-formed text of up to 60 code points of any script: an encoder cannot write half a surrogate pair. */
const text = fc.string({ unit: 'binary', maxLength: 60 });
const double = fc.double({ noNaN: true, noDefaultInfinity: true });

/** Returns the arbitrary of every record that a schema without named references can carry, whatever it means. */
export function anyOf(schema: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(schema)) return fc.oneof(...schema.map(anyOf));
  switch (schema) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'long':
      return fc.integer({ min: -(2 ** 52), max: 2 ** 53 - 2 });
    case 'double':
      return double;
    case 'string':
      return text;
    case 'bytes':
      return fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes));
    default:
      return anyOfNode(schema as Node);
  }
}

function anyOfNode(node: Node): fc.Arbitrary<unknown> {
  switch (node.type) {
    case 'record':
      return fc.record(Object.fromEntries(node.fields.map((field) => [field.name, anyOf(field.type)])));
    case 'enum':
      return fc.constantFrom(...node.symbols);
    case 'array':
      return fc.array(anyOf(node.items), { maxLength: 12 });
    case 'map':
      return fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        anyOf(node.values),
        { maxKeys: 8, noNullPrototype: true },
      );
    default:
      throw new Error(`making records at random: unknown type ${String(node.type)}`);
  }
}

const RESERVED = ['__proto__', 'constructor', 'prototype'];
const free = (maxLength: number) =>
  fc
    .string({ unit: 'binary', minLength: 1, maxLength })
    .filter((value) => value.length <= maxLength && !/\p{Cc}/u.test(value) && !RESERVED.includes(value));
const metricName = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,128}$/).filter((name) => !RESERVED.includes(name));

/** Every kind of valid metric event, mostly of few metrics. */
export const validMetricEvent: fc.Arbitrary<MetricEvent> = fc
  .uniqueArray(metricName, { minLength: 1, maxLength: 40 })
  .map((names) => names.sort())
  .chain((metrics) =>
    fc.record({
      id: free(128),
      host: free(255),
      timestamp: fc.integer({ min: 0, max: 4_102_444_800_000 }),
      source: fc.constantFrom<Source>('simulator', 'collector', 'load', 'replay', 'telegraf'),
      metrics: fc.constant(metrics),
      values: fc.array(double, { minLength: metrics.length, maxLength: metrics.length }),
      labels: fc.dictionary(free(128), text, { maxKeys: 32, noNullPrototype: true }),
    }),
  );
