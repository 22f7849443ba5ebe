import { describe, expect, it } from 'vitest';
import { shippedSteps } from '../../../benchmarks/accuracy/backtest-run.js';
import { explainingSteps } from '../../../benchmarks/accuracy/explaining-steps.js';
import { gaussian, seededRandom } from '../../../common/random.js';
import type { LiveSteps } from '../../../jobs/live-steps.js';
import type { MetricEvent } from '../../../schemas/metric-event.js';

function event(row: number): MetricEvent {
  const random = seededRandom(row);
  return {
    id: `backtest:${row}`,
    host: 'a',
    timestamp: 60_000 * row,
    source: 'replay',
    metrics: ['cpu', 'memory'],
    values: [gaussian(random), gaussian(random)],
    labels: { group: 'g' },
  };
}

function scoreFirstRows(steps: LiveSteps, count: number) {
  const window = steps.openWindow();
  return steps.openScorer().scoreBatch(Array.from({ length: count }, (_, row) => window(event(row), row)));
}

describe('steps that explain', () => {
  it('answer as the plain ones, and keep what was said of the rows that were asked for', () => {
    const { steps, mode } = shippedSteps();
    const explaining = explainingSteps(steps, mode, new Set([120, 150]));
    expect(scoreFirstRows(explaining.steps, 200)).toEqual(scoreFirstRows(steps, 200));
    expect([...explaining.explanations.keys()]).toEqual([120, 150]);
    expect(explaining.explanations.get(150)?.metrics).toEqual(['cpu', 'memory']);
  });

  it('refuse a verdict that is not the explained one', () => {
    const { steps, mode } = shippedSteps();
    const openScorer = () => {
      const scorer = steps.openScorer();
      return {
        ...scorer,
        scoreBatch: (events: Parameters<typeof scorer.scoreBatch>[0]) =>
          scorer.scoreBatch(events).map((verdict) => ({ ...verdict, score: 0.123 })),
      };
    };
    const explaining = explainingSteps({ ...steps, openScorer }, mode, new Set([150]));
    expect(() => scoreFirstRows(explaining.steps, 200)).toThrow(/row 150: the score is not the one/);
  });
});
