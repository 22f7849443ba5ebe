import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../../producers/load-generator/latency-histogram.js';
import { exitCodeOf, type LoadFigures, loadReport } from '../../../producers/load-generator/report.js';

function figures(
  changes: Partial<LoadFigures> = {},
  counts: Partial<LoadFigures['counts']> = {},
): LoadFigures {
  return {
    counts: {
      planned: 1000,
      sent: 1000,
      acknowledged: 1000,
      failed: 0,
      bytes: 80_000,
      errors: {},
      ...counts,
    },
    plannedSeconds: 10,
    secondsToLastAcknowledgement: 9.99,
    fromPublish: new LatencyHistogram(),
    fromSchedule: new LatencyHistogram(),
    stalledSeconds: 0,
    cpuSeconds: 1,
    interrupted: false,
    ...changes,
  };
}

test('a run that kept up', () => {
  expect(loadReport(figures())).toMatchObject({
    targetRate: 100,
    achievedRate: 100,
    share: 1,
    reached: true,
    seconds: 10,
    successRate: 1,
    bytesPerSecond: 8_000,
    unsent: 0,
    unanswered: 0,
  });
});

test('acknowledgements that came after the end lower the rate, never raise it', () => {
  const report = loadReport(figures({ secondsToLastAcknowledgement: 20 }));
  expect(report).toMatchObject({ achievedRate: 50, share: 0.5, reached: false, seconds: 20 });
});

test('a sender that fell behind reports what it left out', () => {
  const report = loadReport(
    figures({}, { sent: 940, acknowledged: 930, failed: 7, errors: { REQUEST_TIMEOUT: 7 } }),
  );
  expect(report).toMatchObject({ unsent: 60, unanswered: 3, failed: 7, reached: false, achievedRate: 93 });
  expect(report.successRate).toBeCloseTo(930 / 940, 12);
});

test.each([
  [950, true],
  [949, false],
])('%d of 1000 acknowledged: reached is %s', (acknowledged, reached) => {
  expect(loadReport(figures({}, { acknowledged })).reached).toBe(reached);
});

test('a run that was cut short has not reached its rate', () => {
  expect(loadReport(figures({ interrupted: true })).reached).toBe(false);
});

test('nothing sent: no division by zero', () => {
  const report = loadReport(
    figures({ secondsToLastAcknowledgement: 0 }, { sent: 0, acknowledged: 0, bytes: 0 }),
  );
  expect(report).toMatchObject({ successRate: 0, achievedRate: 0, share: 0, reached: false, unsent: 1000 });
});

test('the exit code is 1 only when the rate was required', () => {
  const missed = loadReport(figures({}, { acknowledged: 10 }));
  expect(exitCodeOf(missed, true)).toBe(1);
  expect(exitCodeOf(missed, false)).toBe(0);
  expect(exitCodeOf(loadReport(figures()), true)).toBe(0);
});
