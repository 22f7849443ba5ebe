import { lengthProblem, rangeProblem } from './codec/checks.js';
import { MODEL_BYTES, recordCodec } from './codec/record-codec.js';
import type { Problem } from './codec/rejection.js';

/** One input of the forest: softLog((value - centre) / scale) of one statistic of one metric. */
export interface ModelFeature {
  /** Name of the metric. */
  readonly metric: string;
  /** Name of the statistic in the features record. */
  readonly statistic: string;
  /** Its window, points. */
  readonly window: number;
  /** Training median. */
  readonly centre: number;
  /** Training scale; above 0. */
  readonly scale: number;
}

/** What is normal on one host of the group, in the order of `features`; a host that is not here takes their centre and scale. */
export interface HostScaling {
  /** Name of the host. */
  readonly host: string;
  /** Training median of every feature on this host. */
  readonly centres: readonly number[];
  /** Training scale of every feature on this host; above 0. */
  readonly scales: readonly number[];
}

/** How one method's raw score becomes comparable: (raw - median) / (q99 - median). */
export interface MethodCalibration {
  /** Name of the method: zscore, baseline or iforest. */
  readonly method: string;
  /** Median of the method's training scores. */
  readonly median: number;
  /** 99 % quantile of them; above the median. */
  readonly q99: number;
  /** Alarm boundary of the method in calibrated units; above 0. */
  readonly threshold: number;
}

/** Distribution of one statistic of one host's metric in training, for the drift processor. */
export interface DriftReference {
  /** Name of the host. */
  readonly host: string;
  /** Name of the metric. */
  readonly metric: string;
  /** Name of the statistic; value = the reading itself. */
  readonly statistic: string;
  /** Largest KS distance of the reference's own windows to the rest of it, at least 0.3; 0 to 1. */
  readonly limit: number;
  /** Number of window lengths that the reference covers. */
  readonly windows: number;
  /** Rows of the reference; 1 or more. */
  readonly rows: number;
  /** Everything that a window is compared with (bins, counts, block and window length, autocorrelation time), versioned by its first byte. */
  readonly state: Buffer;
}

/** One trained model of a group. Key: model/version; compacted. */
export interface ModelVersion {
  /** Name of the model, `iforest.` and the group. */
  readonly model: string;
  /** Version: `v`, the creation time in milliseconds, a dash, the first 8 digits of the content hash. Later versions sort later. */
  readonly version: string;
  /** Model group that it scores. */
  readonly group: string;
  /** Kind of the model: isolation-forest. */
  readonly kind: string;
  /** True when it was trained on fewer rows than a full training asks for. */
  readonly provisional: boolean;
  /** Inputs in the order of the forest's feature numbers. */
  readonly features: readonly ModelFeature[];
  /** Scaling of the hosts of the training range; another host takes centre and scale of the features. */
  readonly scaling: readonly HostScaling[];
  /** Number of trees; 1 to 10000. */
  readonly trees: number;
  /** Rows in each tree's subsample; 2 or more. */
  readonly subsampleSize: number;
  /** Seed of the training. */
  readonly seed: number;
  /** Share of the training rows above the alarm boundary; 0 to 0.5. */
  readonly contamination: number;
  /** Compiled forest, versioned by its first byte. */
  readonly forest: Buffer;
  /** One entry per method. */
  readonly calibration: readonly MethodCalibration[];
  /** Alarm boundary of the consensus, calibrated units; above 0. It is shown as score 0.5. */
  readonly threshold: number;
  /** Length of a drift block that the reference was built for, milliseconds. */
  readonly driftBlockMs: number;
  /** Blocks in a drift window. */
  readonly driftWindowBlocks: number;
  /** References; empty when the training range is too short for a drift verdict. */
  readonly reference: readonly DriftReference[];
  /** Event time of the oldest training row, milliseconds. */
  readonly trainedFrom: number;
  /** Event time of the newest training row, milliseconds. */
  readonly trainedTo: number;
  /** Number of training rows. */
  readonly rows: number;
  /** Hosts in the training rows, sorted. */
  readonly hosts: readonly string[];
  /** Figures of the training: seconds, scores' quantiles, and accuracy where labels exist. */
  readonly metrics: Readonly<Record<string, number>>;
  /** SHA-256 of the training rows (hosts, times, metrics, values), hexadecimal; empty when unknown. */
  readonly dataFingerprint: string;
  /** Version that this one replaces; null for the first. */
  readonly parent: string | null;
  /** Commit of the code that trained it; null when unknown. */
  readonly gitCommit: string | null;
  /** Creation time, milliseconds since the epoch. */
  readonly created: number;
  /** SHA-256 of forest, features, scaling and calibration, hexadecimal. */
  readonly contentHash: string;
}

/** Codec of `model-version.avsc`. */
export const modelVersionCodec = recordCodec<ModelVersion>(new URL('./model-version.avsc', import.meta.url), {
  maxBytes: MODEL_BYTES,
  check: modelVersionProblem,
});

function modelVersionProblem(model: ModelVersion): Problem | null {
  for (const feature of model.features) {
    const scale = rangeProblem('features: scale', feature.scale, Number.MIN_VALUE, Number.MAX_VALUE);
    if (scale !== null) return scale;
  }
  for (const { centres, scales } of model.scaling) {
    const expected = model.features.length;
    const length =
      lengthProblem('scaling: centres', centres.length, expected) ??
      lengthProblem('scaling: scales', scales.length, expected);
    if (length !== null) return length;
  }
  for (const reference of model.reference) {
    const limit = rangeProblem('reference: limit', reference.limit, 0, 1);
    if (limit !== null) return limit;
  }
  return null;
}
