import { describe, expect, it } from 'vitest';
import { standardise } from '../../../jobs/train/standardise.js';
import type { TrainingRow } from '../../../jobs/training-row.js';

const MEAN = { name: 'mean', window: 5 };

/** A row whose statistic is the reading itself. */
function row(host: string, readings: Readonly<Record<string, number>>): TrainingRow {
  const metrics = Object.keys(readings);
  const values = Object.values(readings);
  return {
    host,
    group: 'web',
    timestamp: 0,
    appendTime: 0,
    sourcePartition: 0,
    sourceOffset: 0,
    metrics,
    values,
    statistics: [{ ...MEAN, values }],
    baseline: null,
    warmingUp: false,
    late: false,
  };
}

const many = (count: number, make: (i: number) => TrainingRow) =>
  Array.from({ length: count }, (_, i) => make(i));

describe('standardise', () => {
  it('centres and scales by the group, and by each host that has 50 rows', () => {
    const rows = [
      ...many(60, (i) => row('small', { cpu: i % 2 })),
      ...many(60, (i) => row('big', { cpu: 1000 + 10 * (i % 2) })),
      ...many(49, () => row('new', { cpu: 5 })),
    ];
    const { features, scaling } = standardise(rows, [MEAN]);
    expect(features).toMatchObject([{ metric: 'cpu', statistic: 'mean', window: 5, centre: 5 }]);
    expect(features[0]?.scale).toBeGreaterThan(400);
    expect(scaling).toEqual([
      { host: 'big', centres: [1005], scales: [5] },
      { host: 'small', centres: [0.5], scales: [0.5] },
    ]);
  });

  it('divides a constant by a hundredth of the unit of its metric, whatever that is', () => {
    const flat = (level: number) =>
      standardise(
        many(60, () => row('a', { cpu: level })),
        [MEAN],
      ).features[0]?.scale;
    expect(flat(0)).toBe(0.01);
    expect(flat(1e9)).toBeCloseTo(0.01 * 1e8, 6);
    expect(flat(1e-9)).toBeCloseTo(0.01 * 1e-10, 20);
  });

  it('keeps its digits at a level of 10^12', () => {
    const { scaling } = standardise(
      many(100, (i) => row('a', { cpu: 1e12 + (i % 2 === 0 ? 1 : -1) })),
      [MEAN],
    );
    expect(scaling[0]?.centres[0]).toBe(1e12);
    // The spread is 1, a hundredth of the unit (a tenth of the level) is more.
    expect(scaling[0]?.scales[0]).toBe(1e9);
    const wide = standardise(
      many(100, (i) => row('a', { cpu: 1e12 + (i % 2 === 0 ? 1e10 : -1e10) })),
      [MEAN],
    );
    expect((wide.scaling[0]?.scales[0] ?? 0) / 1e10).toBeCloseTo(1, 12);
  });

  it('leaves out metrics that hardly any row holds', () => {
    const rows = many(100, (i) =>
      row('a', { cpu: i, ...(i < 4 ? { stray: 1 } : {}), ...(i < 5 ? { rare: 1 } : {}) }),
    );
    expect(standardise(rows, [MEAN]).features.map(({ metric }) => metric)).toEqual(['cpu', 'rare']);
  });

  it('has no features, and no hosts to scale, where no row carries the statistics', () => {
    const rows = many(60, () => ({ ...row('a', { cpu: 1 }), statistics: [] }));
    expect(standardise(rows, [MEAN])).toEqual({ features: [], scaling: [] });
  });

  it("gives a host the group's scale for a metric that it hardly has: its first readings are not strange because there were none", () => {
    const rows = [
      ...many(60, () => row('old', { cpu: 1 })),
      ...many(60, (i) => row('other', { cpu: 1, disk: 500 + (i % 2) })),
    ];
    const { features, scaling } = standardise(rows, [MEAN]);
    const disk = features.findIndex(({ metric }) => metric === 'disk');
    expect(scaling.map(({ centres, scales }) => [centres[disk], scales[disk]])).toEqual([
      [features[disk]?.centre, features[disk]?.scale],
      [500.5, expect.any(Number)],
    ]);
  });

  it.each([Number.MAX_VALUE, Number.MIN_VALUE])('has finite scales above 0 for readings of %d', (size) => {
    const rows = many(60, (i) => ({
      ...row('a', { cpu: (i % 2 === 0 ? 1 : -1) * size }),
      statistics: [{ ...MEAN, values: [0] }],
    }));
    const { features, scaling } = standardise(rows, [MEAN]);
    for (const scale of [features[0]?.scale, scaling[0]?.scales[0]]) {
      expect(scale).toBeGreaterThan(0);
      expect(scale).toBeLessThan(Number.POSITIVE_INFINITY);
    }
  });

  it('scales those hosts by themselves that have the most rows, when all would not fit into a model', () => {
    // Room for 32 hosts: 131,072 pairs of centre and scale.
    const choices = [MEAN, ...Array.from({ length: 4095 }, (_, window) => ({ name: 'none', window }))];
    const rows = Array.from({ length: 34 }, (_, host) =>
      many(host === 33 ? 51 : 50, () => row(`h${String(host).padStart(2, '0')}`, { cpu: host })),
    ).flat();
    const hosts = standardise(rows, choices).scaling.map(({ host }) => host);
    expect(hosts).toHaveLength(32);
    expect([hosts[0], hosts[30], hosts[31]]).toEqual(['h00', 'h30', 'h33']);
  });
});
