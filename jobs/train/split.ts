/** Consecutive rows: the first one, and the one after the last. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** Rows in order of time, in three parts. */
export interface ChronologicalSplit {
  /** The first 70 %: models are fitted on these. */
  readonly train: Part;
  /** The next 15 %: parameters are chosen on these. */
  readonly validation: Part;
  /** The last 15 %: what was chosen is judged on these, once. */
  readonly test: Part;
}

const TRAIN_SHARE = 0.7;
const VALIDATION_SHARE = 0.15;
/** The longest window of a row: so many rows of the next part still look back into the part before. */
const LONGEST_WINDOW = 100;
/** Most that is given up of a part for that. */
const MOST_GAP_SHARE = 0.25;

/**
 * Returns three parts of so many rows, none of which knows anything of a later one. The first rows of validation and test are left out
 * while their windows still hold rows of the part before (an embargo: de Prado, "Advances in Financial Machine Learning", 2018, ch. 7),
 * at most a quarter of the part; hosts that take turns in the rows lose a smaller share of their windows. O(1).
 */
export function chronologicalSplit(rows: number): ChronologicalSplit {
  const trainEnd = Math.floor(TRAIN_SHARE * rows);
  const validationEnd = Math.floor((TRAIN_SHARE + VALIDATION_SHARE) * rows);
  return {
    train: { from: 0, to: trainEnd },
    validation: afterGap({ from: trainEnd, to: validationEnd }),
    test: afterGap({ from: validationEnd, to: rows }),
  };
}

function afterGap({ from, to }: Part): Part {
  return { from: from + Math.min(LONGEST_WINDOW, Math.floor(MOST_GAP_SHARE * (to - from))), to };
}
