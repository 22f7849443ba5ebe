import type { ConsensusMode } from '../../detection/consensus/consensus.js';
import { createBaselineDetector } from '../../detection/detectors/baseline.js';
import type { Detector } from '../../detection/detectors/detector.js';
import { createLayoutCache } from '../../detection/detectors/feature-view.js';
import { createZscoreDetector } from '../../detection/detectors/zscore.js';
import type { LiveScorer, LiveSteps } from '../../jobs/live-steps.js';
import { createScorer } from '../../processors/score/core.js';
import { compileModel, type ScoringModel } from '../../processors/score/model.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';

/** Whose explanation: `contributions` and `why` are what a prediction shows, the others each method alone. */
export const EXPLAINERS = ['contributions', 'why', 'zscore', 'baseline', 'iforest'] as const;
export type ExplainerName = (typeof EXPLAINERS)[number];

/** What each explainer blames, per metric in the order of their names; higher = more to blame. */
export interface RowExplanation {
  readonly metrics: readonly string[];
  /** Score of the verdict, 0 to 1. */
  readonly score: number;
  readonly blame: Readonly<Record<ExplainerName, ArrayLike<number>>>;
}

/** The steps of a backtest, and what they said of the rows that were asked for. */
export interface ExplainingSteps {
  readonly steps: LiveSteps;
  /** By number of the row in the input file. */
  readonly explanations: ReadonlyMap<number, RowExplanation>;
}

/**
 * Returns the same steps with a second scorer beside the first that explains the wanted rows: explaining every row of a file would take
 * minutes. A row whose explained verdict differs from the other scorer's, or whose SHAP values do not sum, throws an Error.
 */
export function explainingSteps(
  steps: LiveSteps,
  mode: ConsensusMode,
  wanted: ReadonlySet<number>,
): ExplainingSteps {
  const explanations = new Map<number, RowExplanation>();
  const openScorer = (): LiveScorer => {
    const plain = steps.openScorer();
    const explainer = createRowExplainer(mode);
    return {
      use: (model) => {
        plain.use(model);
        const compiled = compileModel(model);
        if (compiled.ok) explainer.use(compiled.model);
      },
      scoreBatch: (events) => {
        const predictions = plain.scoreBatch(events);
        events.forEach((event, place) => {
          const row = rowOf(event);
          if (!wanted.has(row)) return;
          const explained = explainer.explain(event);
          if (explained.score !== predictions[place]?.score)
            throw new Error(`explaining row ${row}: the score is not the one of the verdict`);
          explanations.set(row, explained);
        });
        return predictions;
      },
    };
  };
  return { steps: { ...steps, openScorer }, explanations };
}

/** Events of a backtest are numbered as the rows of the file; those of its history below 0. */
function rowOf({ id }: FeatureEvent): number {
  return Number(id.slice(id.lastIndexOf(':') + 1));
}

const EVERY_ROW = { explain: 'all', explainMetrics: 0, explainEvery: 1 } as const;

function createRowExplainer(mode: ConsensusMode) {
  let current: ScoringModel | null = null;
  const scorer = createScorer({
    models: { current: () => current },
    mode,
    ...EVERY_ROW,
    additivityEvery: 1,
  });
  const layouts = createLayoutCache();
  const evidenceOf = (detector: Detector, event: FeatureEvent): Float64Array => {
    const evidence = new Float64Array(event.metrics.length);
    detector.evidence(layouts.viewOf(event), evidence);
    return evidence;
  };
  const zscore = createZscoreDetector();
  const baseline = createBaselineDetector();
  return {
    use: (model: ScoringModel): void => {
      current = model;
    },
    explain: (event: FeatureEvent): RowExplanation => {
      const [prediction] = scorer.scoreBatch([event]);
      if (prediction === undefined || scorer.figures().additivityBroken > 0)
        throw new Error(`explaining ${event.id}: the SHAP values do not sum to the path length`);
      const { score, metrics, contributions, shap, why } = prediction;
      const weights = new Map(why.map(({ metric, weight }) => [metric, weight]));
      return {
        score,
        metrics,
        blame: {
          contributions,
          // It names five metrics at most; the others are not blamed.
          why: metrics.map((metric) => weights.get(metric) ?? 0),
          zscore: evidenceOf(zscore, event),
          baseline: evidenceOf(baseline, event),
          // A negative value shortens the path, that is, it makes the event stranger.
          iforest: metrics.map((_, i) => -(shap[i] ?? 0)),
        },
      };
    },
  };
}
