import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLayoutCache } from '../../../detection/detectors/feature-view.js';
import { createEvidenceShares, type EvidenceSource } from '../../../processors/score/contributions.js';

/** A source that says this of the metrics of any event. */
function source(said: readonly number[]): EvidenceSource {
  return { evidence: (_, out) => out.set(said) };
}

function view(count: number) {
  const metrics = Array.from({ length: count }, (_, i) => `m${i}`);
  const event = { host: 'a', metrics, values: metrics.map(() => 0), statistics: [], baseline: null };
  return createLayoutCache().viewOf(event);
}

function sharesOf(said: readonly (readonly number[])[], spread: readonly number[] | null = null) {
  const shares = createEvidenceShares(said.map(source));
  return shares(view(said[0]?.length ?? 0), spread === null ? null : source(spread));
}

describe('shares of the evidence', () => {
  it('are the geometric means of what the sources say, divided by their sum', () => {
    const { shares, speaking } = sharesOf([
      [8, 1, 0.5],
      [2, 9, 0.5],
    ]);
    expect(speaking).toBe(2);
    [4, 3, 0.5].forEach((mean, i) => {
      expect(shares[i]).toBeCloseTo(mean / 7.5, 12);
    });
  });

  it('put what both find strange before what one finds very strange, which a mean of shares would not', () => {
    const { shares } = sharesOf([
      [30, 10, 0.1],
      [0.3, 1, 20],
    ]);
    const [first = 0, second = 0, third = 0] = shares;
    expect(second).toBeGreaterThan(first);
    expect(first).toBeGreaterThan(third);
  });

  it('hear the model when there is one', () => {
    const said = [
      [4, 4],
      [1, 1],
    ];
    expect(sharesOf(said)).toEqual({ shares: [0.5, 0.5], speaking: 2 });
    const { shares, speaking } = sharesOf(said, [16, 2]);
    expect(speaking).toBe(3);
    expect(shares[0]).toBeCloseTo(2 / 3, 12);
  });

  it('judge a metric that is new to some sources by the others', () => {
    const { shares } = sharesOf(
      [
        [25, 1],
        [0, 1],
      ],
      [0, 1],
    );
    expect(shares[0]).toBeCloseTo(25 / 26, 12);
  });

  it('are all 0 without evidence, and 0 for a metric of which nobody says anything', () => {
    expect(sharesOf([[0, 0]], [0, 0])).toEqual({ shares: [0, 0], speaking: 0 });
    expect(sharesOf([[3, 0]])).toEqual({ shares: [1, 0], speaking: 1 });
    expect(sharesOf([[]])).toEqual({ shares: [], speaking: 0 });
  });

  it('sum to 1, do not depend on the units of a source, and forget the event before', () => {
    const evidence = fc.double({ min: 0, max: 1e6, noNaN: true }).map((size) => (size < 1e-6 ? 0 : size));
    const event = fc
      .integer({ min: 1, max: 40 })
      .chain((count) =>
        fc.array(fc.array(evidence, { minLength: count, maxLength: count }), { minLength: 1, maxLength: 3 }),
      );
    fc.assert(
      fc.property(event, event, fc.double({ min: 0.01, max: 100, noNaN: true }), (before, said, unit) => {
        const alone = sharesOf(said).shares;
        const sum = alone.reduce((total, share) => total + share, 0);
        expect(sum).toBeCloseTo(said.flat().some((size) => size > 0) ? 1 : 0, 9);
        if (said.flat().every((size) => size > 0)) {
          const scaled = sharesOf(
            said.map((sizes, i) => (i === 0 ? sizes.map((size) => size * unit) : sizes)),
          );
          scaled.shares.forEach((share, i) => {
            expect(share).toBeCloseTo(alone[i] as number, 9);
          });
        }
        let saying = before;
        const sources = said.map(
          (_, i): EvidenceSource => ({ evidence: (_view, out) => out.set(saying[i] ?? []) }),
        );
        const shares = createEvidenceShares(sources);
        const silent = (count: number) => before.concat(said.map(() => new Array<number>(count).fill(0)));
        saying = silent(before[0]?.length ?? 0).slice(0, said.length);
        shares(view(before[0]?.length ?? 0), null);
        saying = said;
        expect(shares(view(said[0]?.length ?? 0), null).shares).toEqual(alone);
      }),
    );
  });
});
