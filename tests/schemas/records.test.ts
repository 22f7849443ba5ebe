import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RECORDS } from '../../schemas/records.js';
import { featureEvent, prediction, SAMPLES } from './samples.js';

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly doc?: string;
}
interface RecordSchema {
  readonly type: 'record';
  readonly name: string;
  readonly doc?: string;
  readonly fields: readonly Field[];
}

const folder = new URL('../../schemas/', import.meta.url);

function isRecord(schema: unknown): schema is RecordSchema {
  return typeof schema === 'object' && schema !== null && (schema as RecordSchema).type === 'record';
}

/** Every record schema within a schema, with the values that a sample has for it. */
function records(schema: unknown, value: unknown): Array<{ schema: RecordSchema; value: unknown }> {
  if (isRecord(schema)) {
    const inner = schema.fields.flatMap((field) =>
      records(field.type, (value as Record<string, unknown>)[field.name]),
    );
    return [{ schema, value }, ...inner];
  }
  if (Array.isArray(schema))
    return schema.flatMap((branch) => (isRecord(branch) ? records(branch, value) : []));
  const items = (schema as { items?: unknown }).items;
  return Array.isArray(value) && isRecord(items) ? value.flatMap((item) => records(items, item)) : [];
}

it('every .avsc has a codec and a sample', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.avsc'));
  const names = files.map((name) => name.replace('.avsc', '')).sort();
  expect(Object.keys(RECORDS).sort()).toEqual(names);
  expect(Object.keys(SAMPLES).sort()).toEqual(names);
});

describe.each(Object.keys(RECORDS))('%s', (name) => {
  const codec = RECORDS[name];
  const sample = SAMPLES[name];
  if (codec === undefined || sample === undefined) throw new Error(`no record ${name}`);
  const parts = records(codec.schema, sample);

  it('has exactly the fields of its TypeScript type, at every level', () => {
    // The samples are checked against the types by the compiler; here their names against the schema.
    for (const part of parts) {
      expect(Object.keys(part.value as object).sort()).toEqual(
        part.schema.fields.map((field) => field.name).sort(),
      );
    }
  });

  it('says what every record and field is, in the same words in schema and type', () => {
    const source = readFileSync(new URL(`${name}.ts`, folder), 'utf8').replace(/\s+(\*\s+)?/g, ' ');
    for (const { schema } of parts) {
      for (const doc of [schema.doc, ...schema.fields.map((field) => field.doc)]) {
        expect(doc).toMatch(/\S.*\.$/);
        expect(source).toContain(doc);
      }
    }
  });

  it('comes back as it was written', () => {
    expect(codec.decode(codec.encode(sample))).toEqual({ ok: true, value: sample });
  });

  it('cannot be written with any field of another kind', () => {
    for (const field of (codec.schema as RecordSchema).fields) {
      expect(() => codec.encode({ ...sample, [field.name]: () => 0 })).toThrow(new RegExp(field.name));
    }
  });

  it('is not read when one of its doubles is not finite', () => {
    for (const field of (codec.schema as RecordSchema).fields) {
      if (field.type !== 'double') continue;
      const bytes = codec.encode({ ...sample, [field.name]: Number.NaN });
      expect(codec.decode(bytes)).toMatchObject({ ok: false, code: 'NOT_FINITE' });
    }
  });
});

describe('meaning', () => {
  const CASES: ReadonlyArray<readonly [string, object, string]> = [
    ['feature-event', { values: [1] }, 'LENGTH_MISMATCH'],
    ['feature-event', { statistics: [{ name: 'mean', window: 10, values: [1, 2] }] }, 'LENGTH_MISMATCH'],
    ['feature-event', { baseline: { ...featureEvent.baseline, p99: [] } }, 'LENGTH_MISMATCH'],
    ['prediction', { contributions: [1] }, 'LENGTH_MISMATCH'],
    ['prediction', { shap: [1] }, 'LENGTH_MISMATCH'],
    ['prediction', { score: 1.01 }, 'OUT_OF_RANGE'],
    ['prediction', { confidence: -0.1 }, 'OUT_OF_RANGE'],
    ['baseline', { hourOfDay: [1] }, 'LENGTH_MISMATCH'],
    ['baseline', { standardDeviation: -1 }, 'OUT_OF_RANGE'],
    ['deployment', { canaryShare: 2 }, 'OUT_OF_RANGE'],
    ['drift-report', { severity: 0 }, 'OUT_OF_RANGE'],
    [
      'model-version',
      { features: [{ metric: 'a', statistic: 'b', window: 0, centre: 0, scale: 0 }] },
      'OUT_OF_RANGE',
    ],
    ['model-version', { scaling: [{ host: 'a', centres: [], scales: [1] }] }, 'LENGTH_MISMATCH'],
    ['model-version', { scaling: [{ host: 'a', centres: [0], scales: [1, 1] }] }, 'LENGTH_MISMATCH'],
    [
      'model-version',
      {
        reference: [
          {
            host: 'a',
            metric: 'b',
            statistic: 'c',
            limit: 1.5,
            windows: 5,
            rows: 1,
            state: Buffer.from([1]),
          },
        ],
      },
      'OUT_OF_RANGE',
    ],
  ];

  it.each(CASES)('%s with %j is refused', (name, change, code) => {
    const codec = RECORDS[name];
    expect(codec?.decode(codec.encode({ ...SAMPLES[name], ...change }))).toMatchObject({ ok: false, code });
  });

  it('a verdict without a forest has no SHAP values', () => {
    const codec = RECORDS['prediction'];
    expect(codec?.decode(codec.encode({ ...prediction, shap: [] })).ok).toBe(true);
  });
});
