import { readFileSync } from 'node:fs';

/** One stream with its expected figures (scikit-learn 1.9.1, vus 0.0.6; tests/fixtures/vectors). */
export interface EvaluationVector {
  readonly name: string;
  readonly label: readonly number[];
  readonly score: readonly number[];
  readonly roc_auc: number;
  readonly average_precision: number;
  readonly best_f1: number;
  readonly best_f1_threshold: number;
  readonly best_f1_point_adjusted: number;
  readonly vus_roc_w20: number;
  readonly vus_pr_w20: number;
}

const url = new URL('../../fixtures/vectors/evaluation_metrics.json', import.meta.url);
const file = JSON.parse(readFileSync(url, 'utf8')) as { cases: EvaluationVector[] };

/** The vectors: one of continuous scores, one with many ties. */
export const EVALUATION_VECTORS = file.cases;
