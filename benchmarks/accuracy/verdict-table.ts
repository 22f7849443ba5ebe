import { ALARM_BOUNDARY } from '../../detection/consensus/consensus.js';

/** Columns of a verdicts file that hold a score; `score` is the consensus. */
export const SCORES = ['score', 'zscore', 'baseline', 'iforest'] as const;
export type ScoreName = (typeof SCORES)[number];

/** Verdicts at the threshold that ships: the consensus, the adaptive one, each method at its own boundary. */
export const VERDICTS = ['is_anomaly', 'alarm', 'zscore', 'baseline', 'iforest'] as const;
export type VerdictName = (typeof VERDICTS)[number];

/** A verdicts file by column, one value per row. */
export interface VerdictTable {
  readonly rows: number;
  /** 0 to 1; a method that is cold counts as 0. */
  readonly scores: Readonly<Record<ScoreName, Float64Array>>;
  /** 0 or 1. */
  readonly verdicts: Readonly<Record<VerdictName, Float64Array>>;
}

/** Returns the columns of a verdicts file of `job backtest`. Throws an Error when a column is missing. O(bytes). */
export function readVerdicts(text: string): VerdictTable {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const names = header.split(',');
  const cells = lines.map((line) => line.split(','));
  const column = (name: string): Float64Array => {
    const place = names.indexOf(name);
    if (place < 0) throw new Error(`reading verdicts: there is no column ${name}`);
    return Float64Array.from(cells, (row) => Number(row[place]));
  };
  const scores = columns(SCORES, column);
  const beyond = (name: ScoreName) => scores[name].map((score) => Number(score > ALARM_BOUNDARY));
  return {
    rows: lines.length,
    scores,
    verdicts: {
      is_anomaly: column('is_anomaly'),
      alarm: column('alarm'),
      zscore: beyond('zscore'),
      baseline: beyond('baseline'),
      iforest: beyond('iforest'),
    },
  };
}

/** Returns a record with one value per name. */
export function columns<const K extends string, V>(names: readonly K[], value: (name: K) => V): Record<K, V> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, V>;
}
