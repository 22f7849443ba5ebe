import {
  type Consensus,
  type ConsensusMode,
  createConsensus,
  type Verdict,
} from '../../detection/consensus/consensus.js';
import { defaultCalibration } from '../../detection/consensus/default-calibration.js';
import { createBaselineDetector } from '../../detection/detectors/baseline.js';
import {
  createLayoutCache,
  createStatisticReader,
  type FeatureView,
} from '../../detection/detectors/feature-view.js';
import { isReadingOff } from '../../detection/detectors/reading-off.js';
import { createZscoreDetector, ZSCORE } from '../../detection/detectors/zscore.js';
import { anomalyScore } from '../../detection/isolation-forest/forest.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { Prediction } from '../../schemas/prediction.js';
import { createEvidenceShares } from './contributions.js';
import { createExplainChoice, type ExplainOptions } from './explain-choice.js';
import { createForestBatch, type ForestExplanation, type ForestRow, UNEXPLAINED } from './forest-batch.js';
import type { ScoringModel } from './model.js';
import type { ModelProvider } from './model-table.js';

import { reasonsOf } from './why.js';

export interface ScorerOptions extends ExplainOptions {
  readonly models: ModelProvider;
  readonly mode: ConsensusMode;
  /** Every how many offsets of a partition an explanation is checked against its path length; 1 = all. */
  readonly additivityEvery: number;
}

/** What a scorer counted since it was made. */
export interface ScorerFigures {
  readonly scored: number;
  readonly anomalies: number;
  /** Explanations that were checked: expectedValue + sum of SHAP against the path length. */
  readonly additivityChecked: number;
  /** Those that were off by more than 1e-9 edges: 0, or tables and forest do not belong together. */
  readonly additivityBroken: number;
}

/** Turns features into verdicts. */
export interface Scorer {
  /**
   * Returns one prediction per event, in the same order: a function of the event and the model in use alone, whatever else is in the
   * batch. Faster per event in batches of 64 and more, because a forest goes through a batch tree by tree.
   */
  scoreBatch(events: readonly FeatureEvent[]): Prediction[];
  figures(): ScorerFigures;
}

interface Reading {
  readonly name: string;
  readonly raw: number;
}

/** Returns a scorer. It keeps scratch memory and counters, nothing that a verdict depends on. */
export function createScorer({ models, mode, additivityEvery, ...explain }: ScorerOptions): Scorer {
  const layouts = createLayoutCache();
  const zscore = createZscoreDetector();
  const baseline = createBaselineDetector();
  const evidenceOf = createEvidenceShares([zscore, baseline]);
  const readZscores = createStatisticReader(ZSCORE);
  const consensusOf = createConsensusCache(mode);
  const forestBatch = createForestBatch(additivityEvery);
  const choice = createExplainChoice(explain);
  let scored = 0;
  let anomalies = 0;

  const judge = (
    event: FeatureEvent,
    view: FeatureView,
    { model, pathLength }: { model: ScoringModel | null; pathLength: number },
  ): Verdict => {
    const readings: Reading[] = [];
    if (zscore.isWarm(view)) readings.push({ name: zscore.name, raw: zscore.score(view) });
    if (baseline.isWarm(view)) readings.push({ name: baseline.name, raw: baseline.score(view) });
    if (model !== null && model.inputs.presentIn(view) > 0)
      readings.push({ name: 'iforest', raw: anomalyScore(pathLength, model.forest.subsampleSize) });
    const mayAlarm = !event.warmingUp && isReadingOff(readZscores(view));
    return consensusOf(model, event.metrics.length).decide(readings, mayAlarm);
  };

  const compose = (
    event: FeatureEvent,
    view: FeatureView,
    {
      model,
      verdict,
      shap,
      expectedValue,
    }: ForestExplanation & { model: ScoringModel | null; verdict: Verdict },
  ): Prediction => {
    const { shares, speaking } = evidenceOf(view);
    const zscores = readZscores(view);
    return {
      id: event.id,
      host: event.host,
      group: event.group,
      timestamp: event.timestamp,
      sourceOffset: event.sourceOffset,
      metrics: event.metrics,
      values: event.values,
      score: verdict.score,
      isAnomaly: verdict.isAnomaly,
      confidence: verdict.confidence,
      methods: verdict.methods,
      contributions: shares,
      shap,
      expectedValue,
      why: reasonsOf({ metrics: event.metrics, contributions: shares, speaking, shap, zscores }),
      modelVersion: model?.version ?? '',
      role: 'production',
      baselineVersion: newestBaseline(event),
      warmingUp: event.warmingUp || verdict.methods.length === 0,
      late: event.late,
      supersedes: null,
    };
  };

  /** The chosen rows go through the forest a second time, and the others are spared the explanation. */
  const explainChosen = (
    model: ScoringModel | null,
    rows: readonly ForestRow[],
    verdicts: readonly Verdict[],
  ): ForestExplanation[] => {
    const explanations = rows.map(() => UNEXPLAINED);
    const isChosen = (row: ForestRow, i: number): boolean =>
      choice.isAlways(row) || (choice.anomalies && verdicts[i]?.isAnomaly === true);
    const places = rows.flatMap((row, i) => (isChosen(row, i) ? [i] : []));
    if (places.length === 0) return explanations;
    const chosen = places.map((place) => rows[place] as ForestRow);
    const forest = forestBatch.explain(model, chosen);
    places.forEach((place, row) => {
      explanations[place] = forest.explain(row, (chosen[row] as ForestRow).view);
    });
    return explanations;
  };

  /** Returns the predictions of events that share a model. */
  const predictAll = (model: ScoringModel | null, events: readonly FeatureEvent[]): Prediction[] => {
    const rows = events.map((event) => ({ view: layouts.viewOf(event), offset: event.sourceOffset }));
    const isEveryRow = rows.every((row) => choice.isAlways(row));
    const forest = isEveryRow ? forestBatch.explain(model, rows) : forestBatch.measure(model, rows);
    const verdicts = rows.map(({ view }, i) =>
      judge(events[i] as FeatureEvent, view, { model, pathLength: forest.pathLength(i) }),
    );
    const explanations = isEveryRow
      ? rows.map(({ view }, i) => forest.explain(i, view))
      : explainChosen(model, rows, verdicts);
    return rows.map(({ view }, i) => {
      const verdict = verdicts[i] as Verdict;
      if (verdict.isAnomaly) anomalies += 1;
      return compose(events[i] as FeatureEvent, view, {
        model,
        verdict,
        ...(explanations[i] as ForestExplanation),
      });
    });
  };

  return {
    scoreBatch(events) {
      const predictions = new Array<Prediction>(events.length);
      for (const [model, places] of byModel(events, models)) {
        const predicted = predictAll(
          model,
          places.map((place) => events[place] as FeatureEvent),
        );
        predicted.forEach((prediction, row) => {
          predictions[places[row] as number] = prediction;
        });
      }
      scored += events.length;
      return predictions;
    },
    figures: () => ({ scored, anomalies, ...forestBatch.figures() }),
  };
}

function newestBaseline({ baseline }: FeatureEvent): number {
  let newest = 0;
  for (const version of baseline?.version ?? []) if (version > newest) newest = version;
  return newest;
}

/** Places of the events by the model that scores them; each group's model is asked for once. */
function byModel(events: readonly FeatureEvent[], models: ModelProvider): Map<ScoringModel | null, number[]> {
  const modelOf = new Map<string, ScoringModel | null>();
  const places = new Map<ScoringModel | null, number[]>();
  events.forEach(({ group }, place) => {
    let model = modelOf.get(group);
    if (model === undefined) {
      model = models.current(group);
      modelOf.set(group, model);
    }
    const list = places.get(model);
    if (list === undefined) places.set(model, [place]);
    else list.push(place);
  });
  return places;
}

/** A model's consensus, or without a model the default one for the event's number of metrics; each is built once. */
function createConsensusCache(
  mode: ConsensusMode,
): (model: ScoringModel | null, metricCount: number) => Consensus {
  const ofModel = new WeakMap<ScoringModel, Consensus>();
  const ofCount = new Map<number, Consensus>();
  return (model, metricCount) => {
    const known = model === null ? ofCount.get(metricCount) : ofModel.get(model);
    if (known !== undefined) return known;
    const consensus = createConsensus({ ...(model ?? defaultCalibration(metricCount)), mode });
    if (model === null) ofCount.set(metricCount, consensus);
    else ofModel.set(model, consensus);
    return consensus;
  };
}
