import { TidewatchError } from '../../common/errors.js';
import type { EvaluateSettings } from './config.js';
import type { Latency } from './latency.js';
import { percent, type ScenarioReport, scenarioName } from './report.js';

/** Returns the declared minima that a model fails, in words; empty when it passes or none is declared. */
export function failedMinima(
  scenarios: readonly ScenarioReport[],
  latency: Latency,
  settings: EvaluateSettings,
): string[] {
  const failed: string[] = [];
  const { EVALUATE_MIN_AGREEMENT: agreement, EVALUATE_MAX_P99_US: p99 } = settings;
  if (agreement !== null)
    for (const scenario of scenarios) {
      const counts = scenario.kind === 'noise' || scenario.kind === 'missing';
      if (counts && scenario.agreement < agreement)
        failed.push(
          `${scenarioName(scenario)}: ${percent(scenario.agreement)} of the verdicts stay, at least ${percent(agreement)} are asked for`,
        );
    }
  const quality = scenarios.find(({ kind }) => kind === 'clean')?.quality;
  for (const [name, value, least] of [
    ['ROC-AUC', quality?.rocAuc, settings.EVALUATE_MIN_ROC_AUC],
    ['F1', quality?.f1, settings.EVALUATE_MIN_F1],
  ] as const)
    if (least !== null && (value ?? 0) < least)
      failed.push(`${name} ${(value ?? 0).toFixed(3)}, at least ${least} is asked for`);
  if (p99 !== null && latency.p99 > p99)
    failed.push(`p99 ${latency.p99.toFixed(0)} us for an event, at most ${p99} us are asked for`);
  return failed;
}

/** Throws BAD_INPUT when a minimum is declared that only labels can show, and there are none of both kinds. */
export function requireLabelsFor(settings: EvaluateSettings, labels: readonly number[] | null): void {
  const needsLabels = settings.EVALUATE_MIN_ROC_AUC !== null || settings.EVALUATE_MIN_F1 !== null;
  if (!needsLabels || (labels?.includes(1) === true && labels.includes(0))) return;
  throw new TidewatchError({
    code: 'BAD_INPUT',
    retriable: false,
    message:
      'evaluating a model: a least ROC-AUC or F1 needs rows with both labels: name their column with --label-column, or their file with --labels',
  });
}
