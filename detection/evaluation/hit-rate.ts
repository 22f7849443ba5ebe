/** One labelled incident: what was said of it and what is true. */
export interface ExplainedIncident {
  /** Contributions per metric for each explained row of the incident; higher = more to blame, negative counts as 0. */
  readonly rows: readonly ArrayLike<number>[];
  /** Score of each of these rows, 0 or more: how much there was to explain. */
  readonly scores: readonly number[];
  /** Places of the metrics that are truly to blame, 0-based, distinct. */
  readonly truth: readonly number[];
}

/** Means over incidents, or over their rows, each 0..1. */
export interface ExplanationQuality {
  readonly incidents: number;
  /** Share of the true metrics among the first |truth| named. */
  readonly hitRate100: number;
  /** The same among the first floor(1.5 |truth|). */
  readonly hitRate150: number;
  /** How often the metric named first is a true one. */
  readonly firstIsTrue: number;
}

/**
 * Returns HitRate@percent: the share of `truth` among the floor(percent / 100 x |truth|) largest contributions, 0..1 (Su et al.,
 * OmniAnomaly, KDD 2019, section 5.5). Equal contributions share their places, so the answer is the mean over all ways to
 * order them: no metric wins by its column. O(metrics log metrics).
 * @throws RangeError when truth is empty, repeats or names no metric, or a contribution is NaN
 * @example hitRate([0.7, 0.1, 0.2], [0, 1]); // 0.5: the first two named are 0 and 2
 */
export function hitRate(contributions: ArrayLike<number>, truth: readonly number[], percent = 100): number {
  requireTruth(contributions, truth);
  const places = Math.floor((percent * truth.length) / 100);
  return expectedHits(contributions, truth, places) / truth.length;
}

/**
 * Returns the chance that the metric named first is in `truth`, 0..1; 0 or 1 unless several share the largest contribution.
 * @throws RangeError as `hitRate`
 */
export function firstHit(contributions: ArrayLike<number>, truth: readonly number[]): number {
  requireTruth(contributions, truth);
  return expectedHits(contributions, truth, 1);
}

/** What an incident's rows are merged to: one number per metric, higher = more to blame. */
export type IncidentMerge = (incident: Pick<ExplainedIncident, 'rows' | 'scores'>) => Float64Array;

/**
 * Returns one explanation of an incident: each row's contributions, negatives as 0, divided by their sum, then averaged over the
 * rows, whatever they scored (as others report it). A row that blames nothing (sum 0) adds nothing. Sums to at most 1. O(rows x metrics).
 * @throws RangeError without rows, on rows of different lengths, or a contribution that is not finite
 */
export const meanOfRows: IncidentMerge = ({ rows }) => {
  const shares = rows.map(sharesOf);
  return mergeRows(shares, (merged, share) => merged + share / rows.length);
};

/**
 * Returns the same by the moment at which a metric had most to do with the incident: the largest of score x share over its rows. An incident of
 * an hour in which a disk was stuck for a minute is one of the disk, though the mean over its rows has forgotten it.
 * @throws RangeError as `meanOfRows`, and unless there is one score per row
 */
export const strongestMoment: IncidentMerge = ({ rows, scores }) => {
  if (scores.length !== rows.length)
    throw new RangeError(`judging explanation: ${scores.length} scores of ${rows.length} rows`);
  const shares = rows.map(sharesOf);
  return mergeRows(shares, (merged, share, row) => Math.max(merged, share * (scores[row] as number)));
};

function sharesOf(row: ArrayLike<number>): Float64Array {
  const positive = Float64Array.from(row, (value) => Math.max(value, 0));
  const sum = positive.reduce((total, value) => total + value, 0);
  if (!Number.isFinite(sum)) throw new RangeError('judging explanation: a contribution is not finite');
  return sum === 0 ? positive : positive.map((value) => value / sum);
}

function mergeRows(
  rows: readonly Float64Array[],
  merge: (merged: number, share: number, row: number) => number,
): Float64Array {
  const metrics = rows[0]?.length;
  if (metrics === undefined) throw new RangeError('judging explanation: an incident without explained rows');
  const merged = new Float64Array(metrics);
  rows.forEach((row, r) => {
    if (row.length !== metrics)
      throw new RangeError(`judging explanation: rows of ${metrics} and of ${row.length} metrics`);
    row.forEach((share, j) => {
      merged[j] = merge(merged[j] as number, share, r);
    });
  });
  return merged;
}

/**
 * Returns up to `most` rows of an incident, evenly spaced, first and last included: long incidents need not be explained row by row.
 * @throws RangeError unless start <= end and most >= 1
 */
export function rowsToExplain(start: number, end: number, most = 12): number[] {
  if (!(start <= end) || !(most >= 1))
    throw new RangeError(`judging explanation: rows ${start}..${end}, at most ${most}`);
  const count = Math.min(most, end - start + 1);
  if (count === 1) return [start];
  return Array.from({ length: count }, (_, k) => start + Math.floor((k * (end - start)) / (count - 1)));
}

/**
 * Returns how well explanations name the labelled metrics, averaged over incidents whose rows were merged first.
 * @throws RangeError without incidents, and on what `hitRate` and the merge refuse
 */
export function explanationQuality(
  incidents: readonly ExplainedIncident[],
  merge: IncidentMerge,
): ExplanationQuality {
  if (incidents.length === 0) throw new RangeError('judging explanations: there is no labelled incident');
  const merged = incidents.map((incident) => ({ contributions: merge(incident), truth: incident.truth }));
  return { incidents: incidents.length, ...meanRates(merged) };
}

/**
 * Returns the same of each row by itself, averaged over the explained rows of all incidents: an incident weighs as many times as it
 * has explained rows.
 * @throws RangeError without rows, and on what `hitRate` refuses
 */
export function rowExplanationQuality(incidents: readonly ExplainedIncident[]): ExplanationQuality {
  const rows = incidents.flatMap(({ rows: explained, truth }) =>
    explained.map((contributions) => ({ contributions, truth })),
  );
  if (rows.length === 0) throw new RangeError('judging explanations: there is no explained row');
  return { incidents: incidents.length, ...meanRates(rows) };
}

interface Explained {
  readonly contributions: ArrayLike<number>;
  readonly truth: readonly number[];
}

function meanRates(explained: readonly Explained[]): Omit<ExplanationQuality, 'incidents'> {
  const mean = (judge: (one: Explained) => number): number =>
    explained.reduce((sum, one) => sum + judge(one), 0) / explained.length;
  return {
    hitRate100: mean(({ contributions, truth }) => hitRate(contributions, truth, 100)),
    hitRate150: mean(({ contributions, truth }) => hitRate(contributions, truth, 150)),
    firstIsTrue: mean(({ contributions, truth }) => firstHit(contributions, truth)),
  };
}

function requireTruth(contributions: ArrayLike<number>, truth: readonly number[]): void {
  if (truth.length === 0) throw new RangeError('judging explanation: no metric is labelled');
  if (new Set(truth).size !== truth.length)
    throw new RangeError('judging explanation: a labelled metric is named twice');
  for (const metric of truth) {
    if (!Number.isInteger(metric) || metric < 0 || metric >= contributions.length)
      throw new RangeError(`judging explanation: labelled metric ${metric} of ${contributions.length}`);
  }
  for (let j = 0; j < contributions.length; j += 1) {
    if (Number.isNaN(contributions[j])) throw new RangeError(`judging explanation: contribution ${j} is NaN`);
  }
}

/** Mean number of true metrics in the first `places`, over all orders of equal contributions. */
function expectedHits(contributions: ArrayLike<number>, truth: readonly number[], places: number): number {
  if (places <= 0) return 0;
  const descending = Float64Array.from(contributions).sort().reverse();
  const border = descending[Math.min(places, descending.length) - 1] as number;
  const above = descending.indexOf(border);
  const equal = descending.lastIndexOf(border) - above + 1;
  let sure = 0;
  let atBorder = 0;
  for (const metric of truth) {
    if ((contributions[metric] as number) > border) sure += 1;
    else if (contributions[metric] === border) atBorder += 1;
  }
  return sure + (atBorder * (Math.min(places, descending.length) - above)) / equal;
}
