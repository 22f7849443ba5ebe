import { rocAuc } from '../../detection/evaluation/roc-auc.js';

/** How well scores and a boundary do without labels. Each 0 to 1. */
export interface UnlabelledQuality {
  /** Share of the quiet rows as they were above the boundary: anomalies among them that are no incidents by their readings count as false. */
  readonly alarmShare: number;
  /** Share of the injected rows above the boundary. */
  readonly injectedRecall: number;
  /** Chance that an injected row scores above one that was left as it is; null when the part is too short for an injection. */
  readonly injectedRocAuc: number | null;
  /** F1 that both shares come to where one row in fifty is an anomaly. */
  readonly expectedF1: number;
}

/** Share of anomalies that the expected F1 is stated for: of the order of what labelled servers show (4 % SMD and ASD, by whole incidents). */
const ASSUMED_SHARE = 0.02;

/** Scores of rows with injected anomalies. */
export interface InjectedScores {
  /** 1 = injected. */
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

/**
 * Returns the quality by injected anomalies and by how many ordinary rows would alarm. Recall alone would choose the lowest boundary and
 * alarm share alone the highest: the F1 at an assumed share of anomalies weighs them as a person on call does. O(n log n).
 * @param ordinary scores of rows that were left as they are
 */
export function unlabelledQuality(
  ordinary: readonly number[],
  { labels, scores }: InjectedScores,
  boundary: number,
): UnlabelledQuality {
  const alarmShare = ordinary.filter((score) => score > boundary).length / Math.max(1, ordinary.length);
  const injected = scores.filter((_, i) => labels[i] === 1);
  const injectedRecall = injected.filter((score) => score > boundary).length / Math.max(1, injected.length);
  const found = ASSUMED_SHARE * injectedRecall;
  const alarmed = found + (1 - ASSUMED_SHARE) * alarmShare;
  return {
    alarmShare,
    injectedRecall,
    injectedRocAuc: injected.length > 0 && injected.length < labels.length ? rocAuc(labels, scores) : null,
    expectedF1: (2 * found) / (alarmed + ASSUMED_SHARE),
  };
}
