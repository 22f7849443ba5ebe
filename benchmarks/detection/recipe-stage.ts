import { readSettings } from '../../common/config.js';
import { driftWindowSettings } from '../../common/drift-window.js';
import { emptyHost, type HostState } from '../../detection/series/host-state.js';
import { trainSettings } from '../../jobs/train/config.js';
import { train } from '../../jobs/train/core.js';
import { trainingOf } from '../../jobs/train/once.js';
import type { TrainingRow } from '../../jobs/training-row.js';
import { type ScoreSettings, scoreSettings } from '../../processors/score/config.js';
import { createScorer, type Scorer } from '../../processors/score/core.js';
import { compileModel, type ScoringModel } from '../../processors/score/model.js';
import { windowLimits, windowSettings } from '../../processors/window/config.js';
import { stepInto } from '../../processors/window/core.js';
import { createReusedRooms, type FeatureRooms, NEW_ROOMS } from '../../processors/window/feature-rooms.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { MetricEvent } from '../../schemas/metric-event.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { simulateHosts } from './simulated-hosts.js';

const TRAINING_EVENTS = 12_000;
const DEFAULTS = { values: {}, readFile: () => '' };

/** The live steps with the settings that ship, hosts that are warm, and a model trained on their features. */
export interface RecipeStage {
  readonly record: ModelVersion;
  /** Returns the next events of the hosts; each may be observed once. */
  nextEvents(count: number): MetricEvent[];
  /** What `window` does with one event of the stream; the features are the caller's to keep. */
  observe(event: MetricEvent): FeatureEvent;
  /** The same as a partition's task does it: the features hold until `release`. */
  observeAgain(event: MetricEvent): FeatureEvent;
  release(): void;
}

/** Returns a stage of hosts with so many metrics. Takes a second at 3 metrics, several at 38. */
export function prepareRecipe(metricCount: number): RecipeStage {
  const next = simulateHosts(metricCount, 11);
  const window = openWindow();
  const rooms = createReusedRooms();
  const observe = (event: MetricEvent): FeatureEvent => window(NEW_ROOMS, event);
  const rows: TrainingRow[] = [];
  for (let i = 0; i < TRAINING_EVENTS; i += 1) rows.push(observe(next()));
  const training = trainingOf(readSettings(trainSettings, DEFAULTS), driftWindow());
  const trained = train(rows, { ...training, group: 'bench', parent: null, created: 1 });
  if (!trained.ok) throw new Error(trained.reason);
  return {
    record: trained.model,
    nextEvents: (count) => Array.from({ length: count }, next),
    observe,
    observeAgain: (event) => window(rooms, event),
    release: () => rooms.release(),
  };
}

/** Returns the model made ready to score. */
export function compiled(record: ModelVersion): ScoringModel {
  const result = compileModel(record);
  if (!result.ok) throw new Error(result.reason);
  return result.model;
}

/** Returns a scorer with the settings that ship, but for who is explained where that is given. */
export function openScorer(
  current: () => ScoringModel | null,
  explain?: ScoreSettings['SCORE_EXPLAIN'],
): Scorer {
  const settings = readSettings(scoreSettings, DEFAULTS);
  return createScorer({
    models: { current },
    mode: settings.SCORE_CONSENSUS,
    explain: explain ?? settings.SCORE_EXPLAIN,
    explainMetrics: settings.SCORE_EXPLAIN_METRICS,
    explainEvery: settings.SCORE_EXPLAIN_EVERY,
    additivityEvery: settings.SCORE_ADDITIVITY_EVERY,
  });
}

/** Returns `window`'s step over hosts of its own, as if all were in one partition. */
export function createWindow(): (event: MetricEvent) => FeatureEvent {
  const window = openWindow();
  return (event) => window(NEW_ROOMS, event);
}

function openWindow(): (rooms: FeatureRooms, event: MetricEvent) => FeatureEvent {
  const limits = windowLimits(readSettings(windowSettings, DEFAULTS));
  const hosts = new Map<string, HostState>();
  const source = { partition: 0, offset: 0, appendTime: 0 };
  const context = { source, limits };
  return (rooms, event) => {
    const host = hosts.get(event.host) ?? emptyHost();
    hosts.set(event.host, host);
    source.appendTime = event.timestamp;
    const { outcome, feature } = stepInto(rooms, host, event, context);
    source.offset += 1;
    if (feature === null) throw new Error(`observing event: ${JSON.stringify(outcome)}`);
    return feature;
  };
}

function driftWindow() {
  const settings = readSettings(driftWindowSettings, DEFAULTS);
  return { blockMs: settings.DRIFT_BLOCK_MS, windowBlocks: settings.DRIFT_WINDOW_BLOCKS };
}
