import { seededRandom } from '../../common/random.js';
import { contentHash } from '../../common/registry/content-hash.js';
import { createBaselineDetector } from '../../detection/detectors/baseline.js';
import { createLayoutCache } from '../../detection/detectors/feature-view.js';
import { createForestInputs, type ForestInputs } from '../../detection/detectors/forest-inputs.js';
import { createForestDetector } from '../../detection/detectors/isolation-forest.js';
import { createZscoreDetector } from '../../detection/detectors/zscore.js';
import { growForest } from '../../detection/isolation-forest/grow.js';
import { encodeForest } from '../../detection/isolation-forest/state.js';
import type { DriftReference, ModelVersion } from '../../schemas/model-version.js';
import { FOREST_STATISTICS } from '../compact-row.js';
import { isTrainable, type TrainingRow } from '../training-row.js';
import { calibrateMethods } from './calibrate.js';
import { dataFingerprint } from './data-fingerprint.js';
import type { TrainingMemory } from './memory.js';
import { quietRows } from './quiet-rows.js';
import { type StandardisedInputs, standardise } from './standardise.js';
import type { DriftWindow } from './thinned-series.js';

/** A model trained on fewer warm rows than this is provisional. */
export const FULL_TRAINING_ROWS = 1000;
/** Rows at the start of a history that are left out of the calibration. */
const UNSETTLED_ROWS = 1000;

export interface TrainOptions {
  /** Group whose rows these are. */
  readonly group: string;
  /** Creation time, milliseconds since the epoch; part of the version. */
  readonly created: number;
  /** Whole number, 0 to 2^32 - 1. */
  readonly seed: number;
  /** 1 or more. */
  readonly trees: number;
  /** Rows per tree, 2 or more. */
  readonly subsampleSize: number;
  /** Share of the rows above the alarm boundary, 0 to 0.5. */
  readonly contamination: number;
  /** Warm rows that are needed, 50 or more. */
  readonly minimumRows: number;
  /** Newest rows that are used. */
  readonly maximumRows: number;
  /** Version that this one replaces; null for the first. */
  readonly parent: string | null;
  /** Commit of the code that trains; null (default) when unknown. */
  readonly gitCommit?: string | null;
  readonly drift: DriftWindow;
  /** What may be held while rows are read; unset: the usual. */
  readonly memory?: TrainingMemory;
  /** What the rows were chosen from; unset: there were no others. */
  readonly seen?: SeenRows;
  /** Drift references of the version; unset: none. They come from a longer history than the rows. */
  readonly references?: readonly DriftReference[];
}

/** All rows of a source, those that were kept for the training and those that were not. */
export interface SeenRows {
  readonly rows: number;
  /** Of them those older than one before. */
  readonly late: number;
}

/** What all trainings of a run share. */
export type SharedTraining = Omit<TrainOptions, 'group' | 'parent' | 'created' | 'references' | 'seen'>;

/** A model, or how many rows are missing for one. */
export type Trained =
  | { readonly ok: true; readonly model: ModelVersion }
  | {
      readonly ok: false;
      readonly code: 'TOO_FEW_ROWS' | 'NO_FEATURES';
      readonly missing: number;
      readonly reason: string;
    };

/**
 * Returns a model of one group from its rows, oldest first; the same rows, options and seed give the same contentHash. Rows that are
 * warming up or late are left out. The forest reads level and spread of every metric over three windows, scaled by what is normal on the
 * row's own host, so that hosts of one group are comparable. O(rows x trees x depth).
 */
export function train(rows: readonly TrainingRow[], options: TrainOptions): Trained {
  const newest = rows.filter(isTrainable).slice(-options.maximumRows);
  const usable = learnableRows(newest, options.minimumRows);
  const seen = options.seen ?? { rows: rows.length, late: rows.filter((row) => row.late).length };
  const missing = options.minimumRows - usable.length;
  if (missing > 0) {
    const reason = `training model: ${usable.length} warm rows of ${options.minimumRows}, ${missing} are missing${lateRows(seen)}`;
    return { ok: false, code: 'TOO_FEW_ROWS', missing, reason };
  }
  const standardised = standardise(usable, FOREST_STATISTICS);
  if (standardised.features.length === 0) {
    const reason = 'training model: no row carries the statistics that the forest reads';
    return { ok: false, code: 'NO_FEATURES', missing: 0, reason };
  }
  const learnt = learn({ rows: usable, newest }, standardised, options);
  return { ok: true, model: versionOf(learnt, usable, seen.rows, options) };
}

/** What the content hash is of: all that scores depend on. */
type Learnt = ReturnType<typeof learn>;

/** Grows the forest and calibrates the methods with it. */
function learn(
  { rows, newest }: { readonly rows: readonly TrainingRow[]; readonly newest: readonly TrainingRow[] },
  { features, scaling }: StandardisedInputs,
  options: TrainOptions,
) {
  const inputs = createForestInputs(features, scaling);
  const forest = growForest({
    rows: matrixOf(rows, inputs),
    featureCount: features.length,
    trees: options.trees,
    subsampleSize: treeRows(rows.length, options.subsampleSize),
    random: seededRandom(options.seed),
    grower: 'own',
  });
  const { calibration, seen } = boundaryRows(newest, options.minimumRows);
  const methods = calibrateMethods(calibration, {
    detectors: [createZscoreDetector(), createBaselineDetector(), createForestDetector({ forest, inputs })],
    contamination: options.contamination,
    minimumRows: options.minimumRows,
    seen,
  });
  return {
    kind: 'isolation-forest',
    features,
    scaling,
    forest: Buffer.from(encodeForest(forest)),
    ...methods,
    subsampleSize: forest.subsampleSize,
  };
}

function versionOf(
  learnt: Learnt,
  usable: readonly TrainingRow[],
  rowsGiven: number,
  options: TrainOptions,
): ModelVersion {
  const hash = contentHash(learnt);
  return {
    model: `iforest.${options.group}`,
    version: `v${options.created}-${hash.slice(0, 8)}`,
    group: options.group,
    provisional: usable.length < FULL_TRAINING_ROWS,
    trees: options.trees,
    seed: options.seed,
    contamination: options.contamination,
    driftBlockMs: options.drift.blockMs,
    driftWindowBlocks: options.drift.windowBlocks,
    reference: options.references ?? [],
    ...rangeOf(usable),
    metrics: { rowsGiven, rowsLeftOut: rowsGiven - usable.length },
    dataFingerprint: dataFingerprint(usable),
    parent: options.parent,
    gitCommit: options.gitCommit ?? null,
    created: options.created,
    contentHash: hash,
    ...learnt,
  };
}

/** What few warm rows may come from where there are many: a file that is not in the order of its times. */
function lateRows({ rows, late }: SeenRows): string {
  return late === 0 ? '' : `; ${late} of ${rows} rows are older than one before them`;
}

/** Rows that boundaries are set by. */
export interface BoundaryRows {
  /** Rows that a model is calibrated on. */
  readonly calibration: readonly TrainingRow[];
  /** All rows, with those that may be incidents; empty where none was left out. */
  readonly seen: readonly TrainingRow[];
}

/** Returns the rows that `train` sets boundaries by, of rows that are all trainable; a search sets them by the same. */
export function boundaryRows(rows: readonly TrainingRow[], minimumRows: number): BoundaryRows {
  const learnable = learnableRows(rows, minimumRows);
  return { calibration: settled(learnable), seen: learnable.length < rows.length ? settled(rows) : [] };
}

/** Rows without incidents, unless too few are left. */
function learnableRows(rows: readonly TrainingRow[], minimumRows: number): readonly TrainingRow[] {
  const quiet = quietRows(rows);
  return quiet.length < minimumRows ? rows : quiet;
}

/**
 * Rows of the calibration: without the first thousand (a tenth at most), in which long-run references and baselines are still young and
 * say more than they will later.
 */
function settled(rows: readonly TrainingRow[]): readonly TrainingRow[] {
  return rows.slice(Math.min(UNSETTLED_ROWS, Math.floor(rows.length / 10)));
}

/**
 * Rows per tree: at most half of all. A forest that has seen a row in every tree finds it more normal than the next one like it; with
 * half of the trees blind to each row the calibration on training rows stays honest when rows are few.
 */
function treeRows(rowCount: number, subsampleSize: number): number {
  return Math.max(2, Math.min(subsampleSize, Math.floor(rowCount / 2)));
}

function matrixOf(rows: readonly TrainingRow[], inputs: ForestInputs): Float64Array {
  const layouts = createLayoutCache();
  const matrix = new Float64Array(rows.length * inputs.featureCount);
  rows.forEach((row, i) => {
    inputs.fill(layouts.viewOf(row), matrix, i * inputs.featureCount);
  });
  return matrix;
}

function rangeOf(
  rows: readonly TrainingRow[],
): Pick<ModelVersion, 'trainedFrom' | 'trainedTo' | 'rows' | 'hosts'> {
  let trainedFrom = Number.POSITIVE_INFINITY;
  let trainedTo = Number.NEGATIVE_INFINITY;
  for (const { timestamp } of rows) {
    trainedFrom = Math.min(trainedFrom, timestamp);
    trainedTo = Math.max(trainedTo, timestamp);
  }
  return {
    trainedFrom,
    trainedTo,
    rows: rows.length,
    hosts: [...new Set(rows.map(({ host }) => host))].sort(),
  };
}
