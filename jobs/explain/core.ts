import type { CsvReading } from '../../common/csv/csv-rows.js';
import { TidewatchError } from '../../common/errors.js';
import { createLayoutCache } from '../../detection/detectors/feature-view.js';
import { createForestInputs } from '../../detection/detectors/forest-inputs.js';
import { createForestExplainer } from '../../detection/detectors/isolation-forest.js';
import { createExplainer, type Explainer } from '../../detection/isolation-forest/explain.js';
import { anomalyScore, type CompiledForest } from '../../detection/isolation-forest/forest.js';
import { decodeForest } from '../../detection/isolation-forest/state.js';
import { emptyHost } from '../../detection/series/host-state.js';
import { observe } from '../../detection/series/observe.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { requireKnownMetrics } from '../known-metrics.js';
import { isUnnamed, RAW_FOREST } from '../raw-forest.js';
import { bindColumns, type FeatureColumns, valuesOf } from './raw-rows.js';

/** The explanation of one row. */
export interface ExplainedRow {
  /** 2^(-E/c(psi)), 0 to 1, higher = stranger: the negative of scikit-learn's `score_samples`. */
  readonly score: number;
  /** Mean path length when nothing of a row is known, edges. */
  readonly expectedValue: number;
  /** Shapley value of each player for the mean path length, edges: expectedValue + their sum = the path length. */
  readonly shap: readonly number[];
}

/** Explains the rows of one file in their order. */
export interface RowExplainer {
  /** Names of the players, in the order of `shap`: the features of an imported forest, the metrics of a trained one. */
  readonly names: readonly string[];
  explain(reading: CsvReading): ExplainedRow;
  /** Largest |expectedValue + sum - path length| so far, edges: rounding only. */
  additivityGap(): number;
}

/** A published baseline of a file is never stale: the file's own time is all there is. */
const NEVER_STALE = Number.MAX_SAFE_INTEGER;

export interface ExplainOptions {
  readonly model: ModelVersion;
  /** Columns of the file that are metrics, in its order. */
  readonly columnsInFile: readonly string[];
}

/**
 * Returns the explainer of a model's forest. An imported forest reads each row as it stands; a trained one reads windowed statistics, for which the
 * rows go through the series state of the live system in their order. Throws BAD_MODEL, BAD_INPUT.
 */
export function createRowExplainer(options: ExplainOptions): RowExplainer {
  const decoded = decodeForest(options.model.forest);
  if (!decoded.ok) throw badModel(decoded.reason);
  const { forest } = decoded;
  if (forest.featureCount !== options.model.features.length)
    throw badModel(
      `the forest has ${forest.featureCount} features, the model names ${options.model.features.length}`,
    );
  return options.model.kind === RAW_FOREST
    ? rawExplainer(forest, options)
    : trainedExplainer(forest, options);
}

function rawExplainer(forest: CompiledForest, options: ExplainOptions): RowExplainer {
  const { model, columnsInFile } = options;
  const features = model.features.map(({ metric }) => metric);
  const bound: FeatureColumns = bindColumns(features, columnsInFile, isUnnamed(model));
  return rowExplainer(forest, {
    names: bound.names,
    explainer: createExplainer(forest),
    fill: (reading, row) => row.set(valuesOf(reading, bound.columns)),
  });
}

function trainedExplainer(forest: CompiledForest, { model, columnsInFile }: ExplainOptions): RowExplainer {
  requireKnownMetrics('explaining rows', columnsInFile, model);
  const inputs = createForestInputs(model.features);
  const layouts = createLayoutCache();
  const host = emptyHost();
  return rowExplainer(forest, {
    names: inputs.metrics,
    explainer: createForestExplainer({ forest, inputs }),
    fill: ({ timestamp, metrics, values }, row) => {
      const seen = observe(host, { timestamp, appendTime: timestamp, metrics, values }, NEVER_STALE);
      inputs.fill(layouts.viewOf({ host: '', metrics, values, ...seen }), row, 0);
    },
  });
}

interface RowSource {
  readonly names: readonly string[];
  readonly explainer: Explainer;
  readonly fill: (reading: CsvReading, row: Float64Array) => void;
}

function rowExplainer(forest: CompiledForest, { names, explainer, fill }: RowSource): RowExplainer {
  const row = new Float64Array(forest.featureCount);
  const shap = new Float64Array(explainer.playerCount);
  const length = new Float64Array(1);
  let gap = 0;
  return {
    names,
    additivityGap: () => gap,
    explain: (reading) => {
      fill(reading, row);
      explainer.explainBatch(row, 1, shap, length);
      const pathLength = length[0] as number;
      const sum = shap.reduce((total, value) => total + value, explainer.expectedValue);
      gap = Math.max(gap, Math.abs(sum - pathLength));
      return {
        score: anomalyScore(pathLength, forest.subsampleSize),
        expectedValue: explainer.expectedValue,
        shap: [...shap],
      };
    },
  };
}

function badModel(reason: string): TidewatchError {
  return new TidewatchError({ code: 'BAD_MODEL', retriable: false, message: `explaining rows: ${reason}` });
}
