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

function sharesOf(said: readonly (readonly number[])[]) {
  return createEvidenceShares(said.map(source))(view(said[0]?.length ?? 0));
}

describe('shares of the evidence', () => {
  it('multiply what the sources say of a metric, and divide by the sum', () => {
    const { shares, speaking } = sharesOf([
      [3, 1, 0],
      [1, 4, 0],
    ]);
    expect(shares).toEqual([7 / 16, 9 / 16, 0]);
    expect(speaking).toBe(2);
  });

  it('put what both find strange before what one finds very strange, which a mean of shares would not', () => {
    const { shares } = sharesOf([
      [30, 10, 0.1],
      [0.3, 4, 20],
    ]);
    const [first = 0, second = 0, third = 0] = shares;
    expect(second).toBeGreaterThan(first);
    expect(first).toBeGreaterThan(third);
  });

  it('take a metric that is new to one source as the other sees it', () => {
    const { shares } = sharesOf([
      [25, 1],
      [0, 1],
    ]);
    expect(shares).toEqual([25 / 28, 3 / 28]);
  });

  it('are what one source says when the others say nothing of any metric', () => {
    expect(sharesOf([[3, 1]])).toEqual({ shares: [0.75, 0.25], speaking: 1 });
    expect(
      sharesOf([
        [3, 1],
        [0, 0],
      ]),
    ).toEqual({ shares: [0.75, 0.25], speaking: 1 });
    expect(sharesOf([[0, 0]])).toEqual({ shares: [0, 0], speaking: 0 });
    expect(sharesOf([[]])).toEqual({ shares: [], speaking: 0 });
  });

  it('sum to 1, rise with what any source says, and forget the event before', () => {
    const size = fc.double({ min: 0, max: 30, noNaN: true }).map((drawn) => (drawn < 1e-3 ? 0 : drawn));
    const event = fc
      .integer({ min: 1, max: 40 })
      .chain((count) =>
        fc.array(fc.array(size, { minLength: count, maxLength: count }), { minLength: 2, maxLength: 2 }),
      );
    fc.assert(
      fc.property(event, event, (before, said) => {
        const { shares, speaking } = sharesOf(said);
        const sum = shares.reduce((total, share) => total + share, 0);
        expect(sum).toBeCloseTo(speaking > 0 ? 1 : 0, 9);
        const louder = said.map(([first = 0, ...others], i) => [i === 0 ? first + 1 : first, ...others]);
        expect(sharesOf(louder).shares[0]).toBeGreaterThanOrEqual((shares[0] as number) - 1e-12);

        let current = before;
        const sources = [0, 1].map(
          (i): EvidenceSource => ({ evidence: (_, out) => out.set(current[i] ?? []) }),
        );
        const reused = createEvidenceShares(sources);
        reused(view(before[0]?.length ?? 0));
        current = said;
        expect(reused(view(said[0]?.length ?? 0)).shares).toEqual(shares);
      }),
    );
  });
});
