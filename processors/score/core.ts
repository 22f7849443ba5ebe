import { type Consensus, type ConsensusMode, createConsensus } from '../../detection/consensus/consensus.js';
import { defaultCalibration } from '../../detection/consensus/default-calibration.js';
import { createBaselineDetector } from '../../detection/detectors/baseline.js';
import { createLayoutCache, type FeatureView } from '../../detection/detectors/feature-view.js';
import { createZscoreDetector } from '../../detection/detectors/zscore.js';
import { anomalyScore } from '../../detection/isolation-forest/forest.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { Prediction } from '../../schemas/prediction.js';
import { createEvidenceShares } from './contributions.js';
import { createForestBatch, type ForestBatch, type ForestRow, UNEXPLAINED } from './forest-batch.js';
import type { ScoringModel } from './model.js';
import type { ModelProvider } from './model-table.js';

/** Every event, those over the alarm boundary, or none. */
export type ExplainMode = 'all' | 'anomalies' | 'none';

export interface ScorerOptions {
  readonly models: ModelProvider;
  readonly mode: ConsensusMode;
  /** Which predictions carry the forest's explanation (default all); scores and verdicts do not depend on it. */
  readonly explain?: ExplainMode;
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
export function createScorer({ models, mode, explain = 'all', additivityEvery }: ScorerOptions): Scorer {
  const layouts = createLayoutCache();
  const zscore = createZscoreDetector();
  const baseline = createBaselineDetector();
  const sharesOf = createEvidenceShares([zscore, baseline]);
  const consensusOf = createConsensusCache(mode);
  const forestBatch = createForestBatch(additivityEvery);
  let scored = 0;
  let anomalies = 0;

  const predict = (
    event: FeatureEvent,
    view: FeatureView,
    { model, rows, row }: { model: ScoringModel | null; rows: ForestBatch; row: number },
  ): Prediction => {
    const readings: Reading[] = [];
    if (zscore.isWarm(view)) readings.push({ name: zscore.name, raw: zscore.score(view) });
    if (baseline.isWarm(view)) readings.push({ name: baseline.name, raw: baseline.score(view) });
    const isExplained = model !== null && model.inputs.presentIn(view) > 0;
    if (isExplained) {
      readings.push({
        name: 'iforest',
        raw: anomalyScore(rows.pathLength(row), model.forest.subsampleSize),
      });
    }
    const verdict = consensusOf(model, event.metrics.length).decide(readings, !event.warmingUp);
    const explanation = isExplained ? rows.explain(row, view) : UNEXPLAINED;
    if (verdict.isAnomaly) anomalies += 1;
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
      contributions: sharesOf(view),
      shap: explanation.shap,
      expectedValue: explanation.expectedValue,
      modelVersion: model?.version ?? '',
      role: 'production',
      baselineVersion: newestBaseline(event),
      warmingUp: event.warmingUp || verdict.methods.length === 0,
      late: event.late,
      supersedes: null,
    };
  };

  /** Few events are anomalies: they go through the forest a second time, and the others are spared the explanation. */
  const explainAnomalies = (
    model: ScoringModel,
    rows: readonly ForestRow[],
    predicted: Prediction[],
  ): void => {
    const places = predicted.flatMap(({ isAnomaly }, place) => (isAnomaly ? [place] : []));
    const chosen = places.map((place) => rows[place] as ForestRow);
    const forest = forestBatch.explain(model, chosen);
    chosen.forEach(({ view }, row) => {
      const place = places[row] as number;
      const explanation = model.inputs.presentIn(view) > 0 ? forest.explain(row, view) : UNEXPLAINED;
      predicted[place] = { ...(predicted[place] as Prediction), ...explanation };
    });
  };

  /** Returns the predictions of events that share a model. */
  const predictAll = (model: ScoringModel | null, events: readonly FeatureEvent[]): Prediction[] => {
    const rows = events.map((event) => ({ view: layouts.viewOf(event), offset: event.sourceOffset }));
    const forest = explain === 'all' ? forestBatch.explain(model, rows) : forestBatch.measure(model, rows);
    const predicted = rows.map(({ view }, row) =>
      predict(events[row] as FeatureEvent, view, { model, rows: forest, row }),
    );
    if (explain === 'anomalies' && model !== null) explainAnomalies(model, rows, predicted);
    return predicted;
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
