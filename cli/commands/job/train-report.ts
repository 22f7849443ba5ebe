import type { LoggedTraining } from '../../../jobs/train/mlflow/log-training.js';
import type { CandidateReport, SearchReport } from '../../../jobs/train/search.js';
import type { GroupTraining } from '../../../jobs/train/searched.js';

/** A training and what became of its entry in MLflow; null where none was wanted. */
export interface ReportedTraining extends GroupTraining {
  readonly mlflow: LoggedTraining | null;
}

/** Returns what `--json` says of a training. */
export function trainingSummary({ group, trained, search, mlflow }: ReportedTraining) {
  if (!trained.ok) return { group, trained: false, code: trained.code, missing: trained.missing };
  const { model, version, rows, provisional, threshold, contentHash, parent } = trained.model;
  const { trees, contamination, metrics, dataFingerprint, gitCommit } = trained.model;
  return {
    group,
    trained: true,
    model,
    version,
    rows,
    provisional,
    threshold,
    contentHash,
    parent,
    dataFingerprint,
    gitCommit,
    trees,
    contamination,
    metrics,
    search,
    mlflow,
  };
}

/** Returns what a person reads of a training. */
export function trainingLines({
  group,
  trained,
  search,
  missingForSearch,
  mlflow,
}: ReportedTraining): string[] {
  if (!trained.ok) return [`${group}: ${trained.reason}`];
  const { model, version, rows, provisional, metrics } = trained.model;
  // Warm-up, incidents, order, TRAIN_MAX_ROWS and memory leave rows out: how many is worth a look.
  const given = metrics['rowsGiven'] ?? rows;
  return [
    `${group}: ${model} ${version}, ${rows} of ${given} rows${provisional ? ', provisional' : ''}`,
    ...(search === null ? [] : searchLines(search)),
    ...(missingForSearch === 0
      ? []
      : [`  no search of parameters: ${missingForSearch} more warm rows are needed for one`]),
    ...(mlflow?.ok === true
      ? [
          `  logged to MLflow: experiment ${mlflow.experiment}, run ${mlflow.runId}, model version ${mlflow.modelVersion}`,
        ]
      : []),
  ];
}

const CRITERIA = {
  labels: 'the labels of the validation rows',
  injections: 'whether its boundary holds on them, and anomalies injected into them',
};

function searchLines(search: SearchReport): string[] {
  const { rows, criterion, candidates, chosen, test, stability, microsecondsPerRow } = search;
  return [
    `  fitted on ${rows.train} rows, chosen on ${rows.validation} by ${CRITERIA[criterion]}, judged on ${rows.test}:`,
    `  ${header(candidates)}`,
    ...candidates.map((candidate) => `  ${line(candidate, isChosen(candidate, chosen))}`),
    `  on the ${rows.test} rows that no choice has seen: ${figures(test)}`,
    `  stability between two seeds ${stability.toFixed(3)}, ${microsecondsPerRow.toFixed(0)} us a row`,
  ];
}

function isChosen(candidate: CandidateReport, { trees, contamination }: SearchReport['chosen']): boolean {
  return candidate.trees === trees && candidate.contamination === contamination;
}

function header(candidates: readonly CandidateReport[]): string {
  const names = Object.keys(candidates[0]?.validation ?? {});
  return `trees  contamination${names.map((name) => name.padStart(18)).join('')}`;
}

function line({ trees, contamination, validation, affordable }: CandidateReport, chosen: boolean): string {
  const cells = Object.values(validation).map((value: number | null) => cell(value).padStart(18));
  return `${String(trees).padStart(5)}${String(contamination).padStart(15)}${cells.join('')}${chosen ? '  <' : ''}${affordable ? '' : '  too many alarms'}`;
}

function figures(quality: SearchReport['test']): string {
  return Object.entries(quality)
    .map(([name, value]: [string, number | null]) => `${name} ${cell(value)}`)
    .join(', ');
}

function cell(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}
