import { baselineCodec } from '../../schemas/baseline.js';
import type { RecordCodec } from '../../schemas/codec/record-codec.js';
import { deploymentCodec } from '../../schemas/deployment.js';
import { driftReportCodec } from '../../schemas/drift-report.js';
import { featureEventCodec } from '../../schemas/feature-event.js';
import { metricEventCodec } from '../../schemas/metric-event.js';
import { modelVersionCodec } from '../../schemas/model-version.js';
import { predictionCodec } from '../../schemas/prediction.js';
import { truthCodec } from '../../schemas/truth.js';
import { windowStateCodec } from '../../schemas/window-state.js';

/** How many partitions a topic has: `host` = as many as the setting says (keyed by host), `one` = a single one. */
export type Partitioning = 'host' | 'one';

/** Which setting rules how long a topic keeps its records. Compacted topics keep the newest record of each key. */
export type Retention = 'metrics' | 'features' | 'predictions' | 'compacted';

/** One line of the table of topics. */
export interface TopicSpec {
  /** Name without the prefix, for example `metrics.v1`. */
  readonly name: string;
  readonly partitioning: Partitioning;
  readonly retention: Retention;
  /** `append`: the broker stamps the append time (the clock of every decision); `create`: the producer's own. */
  readonly timestamps: 'append' | 'create';
  /** Largest record batch that the broker accepts, bytes. */
  readonly maxMessageBytes: number;
  /** What its records are; `bytes` for dead letters, which keep whatever came. */
  readonly codec: RecordCodec<unknown> | 'bytes';
  /** What it holds, one sentence. */
  readonly description: string;
}

const MIB = 1024 * 1024;

/** Returns the topic that takes the records of `topic` that cannot be used. */
export function deadLetterOf(topic: string): string {
  return `${topic}.dead-letter`;
}

function deadLetters(topic: string): TopicSpec {
  return {
    name: deadLetterOf(topic),
    partitioning: 'host',
    retention: 'predictions',
    timestamps: 'create',
    maxMessageBytes: 2 * MIB,
    codec: 'bytes',
    description: `Records of ${topic} that cannot be used: original bytes, key and headers, and why.`,
  };
}

/** The one table of topics: whoever reads or writes a topic names it from here. */
export const TOPICS = {
  metrics: {
    name: 'metrics.v1',
    partitioning: 'host',
    retention: 'metrics',
    timestamps: 'append',
    maxMessageBytes: MIB,
    codec: metricEventCodec,
    description: 'Readings of hosts, as producers publish them.',
  },
  metricsDeadLetter: deadLetters('metrics.v1'),
  features: {
    name: 'features.v1',
    partitioning: 'host',
    retention: 'features',
    timestamps: 'create',
    maxMessageBytes: MIB,
    codec: featureEventCodec,
    description: 'What the detectors see of each event, computed once.',
  },
  featuresDeadLetter: deadLetters('features.v1'),
  baselines: {
    name: 'baselines.v1',
    partitioning: 'host',
    retention: 'compacted',
    timestamps: 'create',
    maxMessageBytes: MIB,
    codec: baselineCodec,
    description: 'What is normal for each metric of each host.',
  },
  baselinesDeadLetter: deadLetters('baselines.v1'),
  windowState: {
    name: 'window-state.v1',
    partitioning: 'host',
    retention: 'compacted',
    timestamps: 'create',
    maxMessageBytes: 5 * MIB,
    codec: windowStateCodec,
    description: 'Snapshots of the window processor, one per host.',
  },
  models: {
    name: 'models.v1',
    partitioning: 'one',
    retention: 'compacted',
    timestamps: 'create',
    maxMessageBytes: 16 * MIB,
    codec: modelVersionCodec,
    description: 'Trained models, one record per version.',
  },
  deployments: {
    name: 'deployments.v1',
    partitioning: 'one',
    retention: 'compacted',
    timestamps: 'create',
    maxMessageBytes: MIB,
    codec: deploymentCodec,
    description: 'Which version of each model is in use.',
  },
  predictions: {
    name: 'predictions.v1',
    partitioning: 'host',
    retention: 'predictions',
    timestamps: 'create',
    maxMessageBytes: MIB,
    codec: predictionCodec,
    description: 'Verdicts and their explanations.',
  },
  predictionsDeadLetter: deadLetters('predictions.v1'),
  drift: {
    name: 'drift.v1',
    partitioning: 'host',
    retention: 'predictions',
    timestamps: 'create',
    maxMessageBytes: MIB,
    codec: driftReportCodec,
    description: 'Lasting changes of hosts against what their models learnt.',
  },
  driftDeadLetter: deadLetters('drift.v1'),
  driftState: {
    name: 'drift-state.v1',
    partitioning: 'host',
    retention: 'compacted',
    timestamps: 'create',
    maxMessageBytes: 5 * MIB,
    codec: windowStateCodec,
    description: 'Snapshots of the drift processor, one per host.',
  },
  truth: {
    name: 'truth.v1',
    partitioning: 'host',
    retention: 'predictions',
    timestamps: 'create',
    maxMessageBytes: MIB,
    codec: truthCodec,
    description: 'What the simulator did to which host.',
  },
} as const satisfies Record<string, TopicSpec>;

/** Name of a line of the topic table. */
export type TopicName = keyof typeof TOPICS;

/** Returns the full name of a topic: prefix and name, for example `tidewatch.metrics.v1`. */
export function topicName(prefix: string, topic: TopicName): string {
  return `${prefix}${TOPICS[topic].name}`;
}
