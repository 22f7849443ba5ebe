import { describe, expect, it } from 'vitest';
import { keepMetrics, live, model, scorerWith } from './scored-stream.js';

/** Events of four kinds in every place of a batch, one after the other: with all metrics, with one, in groups with and without a model. */
const kinds = [['cpu', 'memory', 'network'], ['memory'], ['cpu', 'memory'], ['network']].map((keep) =>
  live.slice(90, 130).map((event) => keepMetrics(event, keep)),
);
const batches = kinds.flatMap((events, kind) =>
  [events, events.map((event) => ({ ...event, group: 'strangers' }))].map((batch) =>
    batch.slice(0, batch.length - 3 * kind),
  ),
);
const current = (group: string) => (group === 'strangers' ? null : model);

describe('rows that are written again', () => {
  it.each(['all', 'auto', 'anomalies', 'none'] as const)(
    'leave nothing of the event before, whatever it had, explaining %s',
    (explain) => {
      const options = { explain, explainMetrics: 1, explainEvery: 7 };
      const scorer = scorerWith(current, options);
      for (const batch of [...batches, ...batches.toReversed()])
        expect(scorer.scoreBatch(batch)).toEqual(
          batch.flatMap((event) => scorerWith(current, options).scoreBatch([event])),
        );
    },
  );
});
