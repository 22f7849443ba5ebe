import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGuard } from '../../../schemas/codec/guard.js';
import type { Decoded } from '../../../schemas/codec/record-codec.js';
import { recordType } from '../../../schemas/codec/record-type.js';
import { type DecodingSteps, stepwiseReader } from '../../../schemas/codec/stepwise.js';
import { featureEventCodec } from '../../../schemas/feature-event.js';
import { type ModelVersion, modelVersionCodec } from '../../../schemas/model-version.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { trainedModel } from '../../support/trained-model.js';

const events = simulateFeatures({ seed: 8, events: 300, group: 'web' });
const small: ModelVersion = {
  ...trainedModel(events, { trees: 2, subsampleSize: 8 }),
  reference: ['cpu', 'mem'].map((metric) => ({
    ...{ host: 'web-1', metric, statistic: 'value', limit: 0.3, windows: 7, rows: 10 },
    state: Buffer.from(`state of ${metric}`),
  })),
};

/** Does all steps; returns how many there were and the outcome. */
function finish<T>(steps: DecodingSteps<Decoded<T>>): {
  readonly count: number;
  readonly outcome: Decoded<T>;
} {
  for (let count = 1; ; count += 1) {
    const step = steps.next();
    if (step.done === true) return { count, outcome: step.value };
  }
}

describe('decodeSteps', () => {
  it('reads what decode reads', () => {
    const bytes = modelVersionCodec.encode(small);
    expect(finish(modelVersionCodec.decodeSteps(bytes)).outcome).toEqual({ ok: true, value: small });
    for (const event of events.slice(-3))
      expect(finish(featureEventCodec.decodeSteps(featureEventCodec.encode(event))).outcome).toEqual({
        ok: true,
        value: event,
      });
  });

  it('refuses altered bytes with the code of decode, and reads those that it takes alike', () => {
    const good = Buffer.from(modelVersionCodec.encode(small));
    const place = fc.integer({ min: 0, max: good.length - 1 });
    fc.assert(
      fc.property(place, fc.integer({ min: 0, max: 255 }), fc.option(place), (at, byte, cut) => {
        const bytes = Buffer.from(good.subarray(0, cut ?? good.length));
        if (at < bytes.length) bytes[at] = byte;
        const expected = modelVersionCodec.decode(bytes);
        const { outcome } = finish(modelVersionCodec.decodeSteps(bytes));
        if (expected.ok) expect(outcome).toEqual(expected);
        else expect(outcome).toMatchObject({ ok: false, code: expected.code });
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses what is too large, and bytes behind the end', () => {
    const large = Buffer.alloc(16 * 1024 * 1024 + 1);
    expect(finish(modelVersionCodec.decodeSteps(large)).outcome).toMatchObject({ code: 'TOO_LARGE' });
    const longer = Buffer.concat([modelVersionCodec.encode(small), Buffer.from([0])]);
    expect(finish(modelVersionCodec.decodeSteps(longer)).outcome).toMatchObject({ code: 'TRAILING_BYTES' });
  });
});

describe('stepwiseReader', () => {
  const schema = {
    type: 'record',
    name: 'Parcel',
    fields: [
      { name: 'blob', type: 'bytes' },
      { name: 'list', type: { type: 'array', items: 'string' } },
    ],
  };
  const guard = compileGuard(schema);
  const read = stepwiseReader(schema, recordType(schema));

  it.each([
    ['blocks that say their size', [0, 1, 4, 2, 0x61, 0], null],
    ['a block of another size than it says', [0, 1, 6, 2, 0x61, 0], 'MALFORMED'],
    ['bytes of a negative length', [1, 0, 0], 'MALFORMED'],
    ['bytes that are cut', [8, 0, 0], 'TRUNCATED'],
    ['more items than bytes', [0, 200, 1, 0], 'BLOCK_BOMB'],
  ])('says of %s what the guard says', (_, list, code) => {
    const bytes = Buffer.from(list);
    const problem = guard(bytes, 0);
    expect(problem?.code ?? null).toBe(code);
    const steps = read(bytes, 0);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    expect(step.value).toMatchObject(problem ?? { ok: true, value: { list: ['a'] } });
  });
});
