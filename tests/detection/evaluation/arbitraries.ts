import fc from 'fast-check';

/** Labelled scores as property tests draw them. */
export interface LabelledStream {
  readonly labels: number[];
  readonly scores: number[];
}

/** Whole numbers of a small range make ties, thousandths hardly; both far enough apart to stay distinct under `rising`. */
export const someScore: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -5000, max: 5000 }).map((thousandths) => thousandths / 1000),
);

const row = fc.record({
  label: fc.constantFrom(0, 0, 1),
  score: someScore,
});

/** Streams with at least one labelled and one unlabelled row. */
export const labelledStream: fc.Arbitrary<LabelledStream> = fc
  .array(row, { minLength: 2, maxLength: 80 })
  .map((rows) => ({ labels: rows.map(({ label }) => label), scores: rows.map(({ score }) => score) }))
  .filter(({ labels }) => labels.includes(0) && labels.includes(1));

/** A strictly rising map of the scores above. */
export const rising = (score: number): number => 3 * Math.atan(score) + score / 7 - 1;
