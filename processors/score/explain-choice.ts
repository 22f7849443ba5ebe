import type { ScoringRow } from './scoring-row.js';

/**
 * Which predictions carry the forest's explanation. `all`: every one. `auto`: every one of an event with few metrics; of the others, whose
 * explanation costs a hundred times the score, anomalies and a sample. `anomalies`: events over the alarm boundary with a reading that is
 * off. `none`.
 */
export type ExplainMode = 'auto' | 'all' | 'anomalies' | 'none';

/** Which events are explained; scores and verdicts do not depend on it. */
export interface ExplainOptions {
  readonly explain: ExplainMode;
  /** For `auto`: most metrics of an event that is always explained. */
  readonly explainMetrics: number;
  /** For `auto`: every how many offsets of a partition an event with more metrics is explained, anomaly or not. */
  readonly explainEvery: number;
}

/** What the choice is made by. */
export type ExplainableRow = Pick<ScoringRow, 'layout'> & {
  readonly event: { readonly sourceOffset: number };
};

/** Says which rows to explain: a function of the event, not of what else is in its batch. */
export interface ExplainChoice {
  /** Whether a row is explained whatever its verdict. */
  isAlways(row: ExplainableRow): boolean;
  /** Whether anomalies are explained. */
  readonly anomalies: boolean;
}

/** Returns the choice of a mode. */
export function createExplainChoice({
  explain,
  explainMetrics,
  explainEvery,
}: ExplainOptions): ExplainChoice {
  const isSampled = ({ layout, event }: ExplainableRow): boolean =>
    layout.metrics.length <= explainMetrics || event.sourceOffset % explainEvery === 0;
  return {
    isAlways: explain === 'auto' ? isSampled : () => explain === 'all',
    anomalies: explain !== 'none',
  };
}
