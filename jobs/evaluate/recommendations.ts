import type { Latency } from './latency.js';
import { percent, type Recommendation, type ScenarioReport, scenarioName } from './report.js';

/** What the rules look at. */
export interface Findings {
  readonly scenarios: readonly ScenarioReport[];
  readonly latency: Latency;
  /** Share of the training rows that the model's boundary was to leave above it. */
  readonly contamination: number;
}

/** Least share of verdicts that noise or one silent metric may leave as they are. */
export const LEAST_AGREEMENT = 0.95;
/** Least share of alarms that are to stay when one metric is silent. */
const LEAST_KEPT = 0.5;
/** Least share of tenfold readings that are to be found, and whose metric is to be named. */
const LEAST_FOUND = 0.8;
/** Most alarms in multiples of what the model was calibrated for. */
const MOST_ALARMS = 3;
/** Least part of the best possible F1 that the model's boundary is to reach. */
const LEAST_OF_BEST = 0.75;
/** Most by which a shift of half a standard deviation may multiply the alarms. */
const MOST_GROWTH = 2;
/** Least change of the share of alarms by a whole standard deviation that a person would notice. */
const LEAST_NOTICED = 1.2;
/** Longest 99 % quantile of an event, microseconds: one core then takes 100 events a second. */
const MOST_P99_US = 10_000;

type Rule = (findings: Findings) => readonly Recommendation[];

/** Returns what to do about every limit that was crossed, in the order of the rules; O(scenarios). */
export function recommend(findings: Findings): Recommendation[] {
  return [
    tooManyAlarms,
    misplacedBoundary,
    underNoise,
    withoutMetrics,
    afterOutliers,
    afterShift,
    unnoticedShift,
    tooSlow,
  ].flatMap((rule) => rule(findings));
}

const tooManyAlarms: Rule = ({ scenarios, contamination }) => {
  const clean = scenarios.find(({ kind }) => kind === 'clean');
  const limit = MOST_ALARMS * contamination;
  if (clean === undefined || clean.alarmShare <= limit) return [];
  const advice = `${percent(clean.alarmShare)} of the undisturbed rows are called anomalies, the model was calibrated for ${percent(contamination)}: either these rows hold that many incidents, or they are no longer what it was trained on. Train it anew on recent rows.`;
  return [{ rule: 'too-many-alarms', measured: clean.alarmShare, limit, advice }];
};

const misplacedBoundary: Rule = ({ scenarios }) => {
  const clean = scenarios.find(({ kind }) => kind === 'clean');
  const quality = clean?.quality ?? null;
  const best = clean?.best ?? null;
  if (quality === null || best === null || best.f1 === 0) return [];
  const measured = quality.f1 / best.f1;
  if (measured >= LEAST_OF_BEST) return [];
  const advice = `The model ranks these rows better than its boundary cuts them: F1 ${quality.f1.toFixed(2)}, where the best boundary would reach ${best.f1.toFixed(2)} (${percent(quality.recall)} of the labelled rows lie above it, ${percent(quality.precision)} of the rows above it are labelled). Train on a labelled file (job train --label-column), or with a contamination near ${best.alarmShare.toFixed(3)}.`;
  return [{ rule: 'boundary', measured, limit: LEAST_OF_BEST, advice }];
};

const underNoise: Rule = ({ scenarios }) => {
  const worst = smallest(
    scenarios.filter(({ kind }) => kind === 'noise'),
    ({ agreement }) => agreement,
  );
  if (worst === undefined || worst.agreement >= LEAST_AGREEMENT) return [];
  const advice = `${percent(1 - worst.agreement)} of the verdicts change under ${scenarioName(worst)}: many rows lie close to the boundary. Collect averages over longer intervals, or act on alarms that last for several rows.`;
  return [{ rule: 'noise', measured: worst.agreement, limit: LEAST_AGREEMENT, advice }];
};

const withoutMetrics: Rule = ({ scenarios }) => {
  const missing = scenarios.filter(({ kind }) => kind === 'missing');
  const shaky = missing
    .filter(({ agreement }) => agreement < LEAST_AGREEMENT)
    .sort((a, b) => a.agreement - b.agreement);
  const blind = missing
    .filter(({ alarmsKept }) => alarmsKept < LEAST_KEPT)
    .sort((a, b) => a.alarmsKept - b.alarmsKept);
  return [
    ...named(shaky, (names, first) => ({
      rule: 'missing-metric',
      measured: first.agreement,
      limit: LEAST_AGREEMENT,
      advice: `Without ${names} up to ${percent(1 - first.agreement)} of the verdicts change. Watch that these metrics arrive, and do not trust verdicts of a time without them.`,
    })),
    ...named(blind, (names, first) => ({
      rule: 'blind-without-metric',
      measured: first.alarmsKept,
      limit: LEAST_KEPT,
      advice: `Without ${names} as few as ${percent(first.alarmsKept)} of the alarms are left: what is found here rests on single metrics. A silent collector must page by itself.`,
    })),
  ];
};

const afterOutliers: Rule = ({ scenarios }) => {
  const largest = scenarios.filter(({ kind }) => kind === 'outliers').sort((a, b) => b.size - a.size)[0];
  const quality = largest?.outliers ?? null;
  if (largest === undefined || quality === null || quality.placed === 0) return [];
  const factor = `${largest.size} times`;
  return [
    ...(quality.found >= LEAST_FOUND
      ? []
      : [
          {
            rule: 'outliers-missed',
            measured: quality.found,
            limit: LEAST_FOUND,
            advice: `Only ${percent(quality.found)} of single readings ${factor} as high as they were alarm within five rows: one metric for one row weighs little among all. Keep a fixed limit on metrics where a single spike matters.`,
          },
        ]),
    ...(quality.named >= LEAST_FOUND
      ? []
      : [
          {
            rule: 'outliers-misnamed',
            measured: quality.named,
            limit: LEAST_FOUND,
            advice: `The metric of a reading ${factor} as high leads the explanation of its row in only ${percent(quality.named)}: look at the first three metrics, not at the first alone.`,
          },
        ]),
  ];
};

const afterShift: Rule = ({ scenarios }) => {
  const clean = scenarios.find(({ kind }) => kind === 'clean');
  const half = scenarios.find(({ kind, size }) => kind === 'shift' && size === 0.5);
  if (clean === undefined || half === undefined) return [];
  const growth = half.alarms / Math.max(1, clean.alarms);
  if (growth <= MOST_GROWTH) return [];
  const advice = `A lasting shift of half a standard deviation multiplies the alarms by ${growth.toFixed(1)} (${clean.alarms} to ${half.alarms}). Train anew after planned changes (releases, new hardware), and look at drift reports before paging on this model.`;
  return [{ rule: 'shift-alarms', measured: growth, limit: MOST_GROWTH, advice }];
};

const unnoticedShift: Rule = ({ scenarios }) => {
  const clean = scenarios.find(({ kind }) => kind === 'clean');
  const whole = scenarios.find(({ kind, size }) => kind === 'shift' && size === 1);
  if (clean === undefined || whole === undefined) return [];
  const growth = whole.alarms / Math.max(1, clean.alarms);
  if (growth >= LEAST_NOTICED) return [];
  const advice = `A lasting shift of a whole standard deviation raises hardly any alarm (${clean.alarms} to ${whole.alarms}): leave slow or lasting changes to the drift processor, which is made for them.`;
  return [{ rule: 'shift-unnoticed', measured: growth, limit: LEAST_NOTICED, advice }];
};

const tooSlow: Rule = ({ latency }) => {
  if (latency.p99 <= MOST_P99_US) return [];
  const advice = `One event in a hundred takes longer than ${(latency.p99 / 1000).toFixed(0)} ms here: run more processes side by side (LANES), or explain fewer events (SCORE_EXPLAIN).`;
  return [{ rule: 'latency', measured: latency.p99, limit: MOST_P99_US, advice }];
};

const MOST_NAMES = 5;

/** Returns one recommendation for all scenarios that crossed a limit, the worst first. */
function named(
  crossed: readonly ScenarioReport[],
  recommendation: (names: string, worst: ScenarioReport) => Recommendation,
): Recommendation[] {
  const [worst] = crossed;
  if (worst === undefined) return [];
  const names = crossed.slice(0, MOST_NAMES).map(({ metric }) => metric ?? '');
  const more = crossed.length > MOST_NAMES ? ` or one of ${crossed.length - MOST_NAMES} others` : '';
  return [recommendation(`${names.join(' or ')}${more}`, worst)];
}

function smallest(
  scenarios: readonly ScenarioReport[],
  figure: (scenario: ScenarioReport) => number,
): ScenarioReport | undefined {
  return [...scenarios].sort((a, b) => figure(a) - figure(b))[0];
}
