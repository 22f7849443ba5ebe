import { emptyHost, type HostState } from '../../detection/series/host-state.js';
import { train } from '../../jobs/train/core.js';
import type { TrainingRow } from '../../jobs/training-row.js';
import { step } from '../../processors/window/core.js';
import { loadEvents } from '../../producers/load-generator/load-events.js';
import type { ModelVersion } from '../../schemas/model-version.js';

/** Model group of all events of a benchmark. */
export const BENCH_GROUP = 'bench';
/** Metrics of every event. */
export const METRICS = 3;
/** Trees of the model. */
export const TREES = 100;
/** Rows per tree: the default of training. */
const SUBSAMPLE = 1024;

const TRAINING_EVENTS = 12_000;
const TRAINING_HOSTS = 10;
const SECOND_MS = 1_000;
const LIMITS = {
  maxSkewMs: 600_000,
  baselineMaxAgeMs: 86_400_000,
  evictAfterMs: 86_400_000,
  snapshotEvents: 64,
  snapshotAgeMs: 60_000,
};

/** Returns the model that `job train` would make of features of the load generator's events: 100 trees on level and spread over three windows. */
export function trainBenchModel(created: number): ModelVersion {
  const trained = train(trainingRows(created - TRAINING_EVENTS * SECOND_MS), {
    group: BENCH_GROUP,
    created,
    seed: 1,
    trees: TREES,
    subsampleSize: SUBSAMPLE,
    contamination: 0.01,
    minimumRows: 50,
    maximumRows: 10_000,
    parent: null,
    drift: { blockMs: 3_600_000, windowBlocks: 24 },
  });
  if (!trained.ok) throw new Error(trained.reason);
  return trained.model;
}

function trainingRows(from: number): TrainingRow[] {
  const next = loadEvents({
    hosts: TRAINING_HOSTS,
    metrics: METRICS,
    seed: 7,
    group: BENCH_GROUP,
    producerId: 'training',
  });
  const hosts = new Map<string, HostState>();
  const rows: TrainingRow[] = [];
  for (let offset = 0; offset < TRAINING_EVENTS; offset += 1) {
    const appendTime = from + offset * SECOND_MS;
    const event = next(appendTime);
    const host = hosts.get(event.host) ?? emptyHost();
    hosts.set(event.host, host);
    const { feature } = step(host, event, { partition: 0, offset, appendTime }, LIMITS);
    if (feature !== null) rows.push(feature);
  }
  return rows;
}
