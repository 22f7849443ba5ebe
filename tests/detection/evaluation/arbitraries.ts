import fc from 'fast-check';

/** Labelled scores as property tests draw them. */
export interface LabelledStream {
  readonly labels: number[];
  readonly scores: number[];
}

const row = fc.record({
  label: fc.constantFrom(0, 0, 1),
  // Whole numbers of a small range make ties; the other half hardly ties.
  score: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -5, max: 5, noNaN: true })),
});

/** Streams with at least one labelled and one unlabelled row. */
export const labelledStream: fc.Arbitrary<LabelledStream> = fc
  .array(row, { minLength: 2, maxLength: 80 })
  .map((rows) => ({ labels: rows.map(({ label }) => label), scores: rows.map(({ score }) => score) }))
  .filter(({ labels }) => labels.includes(0) && labels.includes(1));

/** A strictly rising map of the small range above, exact enough to keep ties ties and gaps gaps. */
export const rising = (score: number): number => 3 * Math.atan(score) + score / 7 - 1;
