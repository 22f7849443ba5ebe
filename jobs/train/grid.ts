/** Values that a training may choose from. */
export interface Grid {
  /** Numbers of trees, distinct. */
  readonly trees: readonly number[];
  /** Shares of the rows above the alarm boundary, distinct. */
  readonly contaminations: readonly number[];
}

/** One point of the grid. */
export interface GridPoint {
  readonly trees: number;
  readonly contamination: number;
}

/** A point and what it is ranked by, 0 to 1, higher = better. */
export interface Candidate extends GridPoint {
  readonly f1: number;
  /** Whether it may be chosen. */
  readonly affordable: boolean;
}

/** Which settings somebody has fixed. */
export interface FixedParameters {
  readonly trees: boolean;
  readonly contamination: boolean;
}

const TREES = [50, 100, 200];
const CONTAMINATIONS = [0.01, 0.05, 0.1];
/** Returns the grid around the settings' own values; a value that somebody has fixed is the only one. */
export function gridAround(own: GridPoint, fixed: FixedParameters): Grid {
  return {
    trees: fixed.trees ? [own.trees] : distinct([own.trees, ...TREES]),
    contaminations: fixed.contamination
      ? [own.contamination]
      : distinct([own.contamination, ...CONTAMINATIONS]),
  };
}

/** Returns of each number of trees the candidate with the largest contamination that may be chosen: the nearest to what was asked for. */
export function nearestToAsked<C extends Candidate>(candidates: readonly C[]): C[] {
  const nearest = new Map<number, C>();
  for (const candidate of candidates) {
    const known = nearest.get(candidate.trees);
    if (candidate.affordable && (known === undefined || known.contamination < candidate.contamination))
      nearest.set(candidate.trees, candidate);
  }
  return [...nearest.values()];
}

/**
 * Returns the candidate to take: the settings' own, unless the best leads it by more than one standard error of a share that was counted on
 * `positives` rows, sqrt(1 / (4 positives)) at most. A smaller lead is luck, and the settings' values were chosen on far more data (the rule of one
 * standard error: Breiman et al. 1984, section 3.4.3). Of equally good ones the one with fewer trees, then with less contamination:
 * faster, and calmer. null when none may be chosen.
 */
export function bestCandidate<C extends Candidate>(
  candidates: readonly C[],
  own: GridPoint,
  positives: number,
): C | null {
  const allowed = candidates.filter(({ affordable }) => affordable);
  const preferred = allowed.find(
    ({ trees, contamination }) => trees === own.trees && contamination === own.contamination,
  );
  const [best] = [...allowed].sort(
    (a, b) => b.f1 - a.f1 || a.trees - b.trees || a.contamination - b.contamination,
  );
  if (best === undefined) return null;
  const leastGain = 0.5 / Math.sqrt(Math.max(1, positives));
  return preferred !== undefined && best.f1 <= preferred.f1 + leastGain ? preferred : best;
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
