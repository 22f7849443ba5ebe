import { describe, expect, it } from 'vitest';
import { buildDriftReference } from '../../../detection/drift/reference.js';
import { modelVersionCodec } from '../../../schemas/model-version.js';
import { driftReferences } from '../../support/drift-references.js';
import { rows, SMALL } from './drift-harness.js';
import { GROUP, modelOf, settingsWith, tableOf } from './drift-world.js';

const trained = rows('web-1', 0, 1200);
const model = modelOf([], {
  driftBlockMs: SMALL.blockMs,
  driftWindowBlocks: SMALL.windowBlocks,
  reference: driftReferences(trained, SMALL),
});

describe('the drift references of a model', () => {
  it('come through training, record and bytes equal in every bit to what was built', () => {
    const read = modelVersionCodec.decode(Buffer.from(modelVersionCodec.encode(model)));
    if (!read.ok) throw new Error(read.reason);
    const [cpu] = tableOf(settingsWith(), read.value).current(GROUP)?.hosts.get('web-1')?.metrics ?? [];
    const built = buildDriftReference({
      values: trained.map(({ values }) => values[0] ?? Number.NaN),
      timestamps: trained.map(({ appendTime }) => appendTime),
      ...SMALL,
    });
    expect(cpu).toEqual({ name: 'cpu', reference: built });
  });

  it('give the lengths; persistence is a window unless it is set', () => {
    const lengths = { ...SMALL, persistence: 12, minRows: 100, regimes: 3 };
    expect(tableOf(settingsWith(), model).current(GROUP)?.settings).toEqual(lengths);
    const set = settingsWith({ DRIFT_PERSISTENCE_BLOCKS: '5', DRIFT_MIN_ROWS: '7' });
    expect(tableOf(set, model).current(GROUP)?.settings).toEqual({ ...lengths, persistence: 5, minRows: 7 });
  });

  it('of other lengths than the model says are left out and counted', () => {
    const current = tableOf(settingsWith(), { ...model, driftBlockMs: 2_000 }).current(GROUP);
    expect(current?.hosts.size).toBe(0);
    expect(current?.ignored).toBe(2);
  });

  it('of a host whose snapshot could not be written leave it waiting', () => {
    const [cpu] = model.reference;
    if (cpu === undefined) throw new Error('no reference');
    const many = Array.from({ length: 1_500 }, (_, i) => ({ ...cpu, host: 'wide', metric: `m${i}` }));
    const current = tableOf(settingsWith(), { ...model, reference: [...many, cpu] }).current(GROUP);
    expect([...(current?.hosts.keys() ?? [])]).toEqual(['web-1']);
    expect(current?.tooLarge).toEqual(['wide']);
  });

  it('follow the newest version, in whatever order the versions come', () => {
    const newer = { ...model, version: 'v2-bbbbbbbb', created: 2 };
    expect(tableOf(settingsWith(), model, newer).current(GROUP)?.version).toBe('v2-bbbbbbbb');
    expect(tableOf(settingsWith(), newer, model).current(GROUP)?.version).toBe('v2-bbbbbbbb');
  });

  it('have a fingerprint that only their own bytes and names give; equal ones are not read twice', () => {
    const table = tableOf(settingsWith(), model);
    const before = table.current(GROUP)?.hosts.get('web-1');
    const offered = (part: Partial<typeof model>) => {
      const offer = table.offer({ ...model, version: 'v2-bbbbbbbb', created: 2, ...part });
      return offer.ok ? offer.model.hosts.get('web-1') : undefined;
    };
    const copies = model.reference.map((one) => ({ ...one, state: Buffer.from(one.state) }));
    const carried = offered({ reference: copies });
    expect(carried?.fingerprint).toBe(before?.fingerprint);
    expect(carried?.metrics).toBe(before?.metrics);
    const renamed = offered({
      created: 3,
      reference: copies.map((one) => ({ ...one, metric: `${one.metric}2` })),
    });
    expect(renamed?.fingerprint).not.toBe(before?.fingerprint);
    const rebuilt = offered({ created: 4, reference: driftReferences(rows('web-1', 10, 1300), SMALL) });
    expect(rebuilt?.fingerprint).not.toBe(before?.fingerprint);
    expect(offered({ created: 5, driftBlockMs: 2_000 })).toBeUndefined();
  });

  it('that cannot be read leave the model in use where it is', () => {
    const table = tableOf(settingsWith(), model);
    const broken = model.reference.map((reference) => ({ ...reference, state: Buffer.from([1, 2]) }));
    const offer = table.offer({ ...model, version: 'v2-bbbbbbbb', created: 2, reference: broken });
    expect(offer).toMatchObject({ ok: false });
    expect(table.current(GROUP)?.version).toBe(model.version);
  });
});
