import { readSettings } from '../../../common/config.js';
import { driftRowsSettings } from '../../../common/drift-window.js';
import type { InputRecord } from '../../../common/kafka/lanes/processor.js';
import { type DriftProcessorSettings, driftProcessorSettings } from '../../../processors/drift/config.js';
import { createDriftModelTable, type DriftModelTable } from '../../../processors/drift/models.js';
import { Simulation, type StressRequest } from '../../../producers/simulator/core.js';
import { type FeatureEvent, featureEventCodec } from '../../../schemas/feature-event.js';
import type { MetricEvent } from '../../../schemas/metric-event.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import type { Truth } from '../../../schemas/truth.js';
import { SAMPLES } from '../../schemas/samples.js';
import { driftReferences } from '../../support/drift-references.js';

/** Start of every world, ms. */
export const START = 1_800_000_000_000;
/** Blocks of 20 s, 24 in a window: eight minutes. */
export const LENGTHS = { blockMs: 20_000, windowBlocks: 24 } as const;
export const WINDOW_MS = LENGTHS.blockMs * LENGTHS.windowBlocks;
export const GROUP = 'web';

export function settingsWith(values: Record<string, string> = {}): DriftProcessorSettings {
  return readSettings({ ...driftProcessorSettings, ...driftRowsSettings }, { values, readFile: () => '' });
}

/** Returns the features of a metric event that the drift processor reads: readings and append time. */
export function featureOf(event: MetricEvent, sourceOffset: number): FeatureEvent {
  const { id, host, timestamp, metrics, values, labels } = event;
  return {
    ...{ id, host, timestamp, metrics, values, labels, sourceOffset },
    group: labels['group'] ?? GROUP,
    sourcePartition: 0,
    appendTime: timestamp + 20,
    statistics: [],
    baseline: null,
    warmingUp: false,
    late: false,
    latenessMs: 0,
  };
}

/** What is done to the hosts, and when (ms after the start). */
export interface Act extends StressRequest {
  readonly after: number;
}

/** Returns what the simulator's hosts send, one event a second each; a simulated week fits into a window. */
export function simulateWorld(options: {
  readonly hosts: number;
  readonly seed: number;
  readonly windows: number;
  readonly acts?: readonly Act[];
}): { readonly events: readonly FeatureEvent[]; readonly truths: readonly Truth[] } {
  const simulation = new Simulation({
    hosts: options.hosts,
    seed: options.seed,
    startAt: START,
    dayMs: WINDOW_MS / 7,
    group: GROUP,
    producerId: 'p',
    incidents: { enabled: false, everyMs: 1, quietMs: 0 },
  });
  const events: FeatureEvent[] = [];
  const truths: Truth[] = [];
  for (let after = 0; after < options.windows * WINDOW_MS; after += 1000) {
    for (const act of options.acts ?? []) if (act.after === after) simulation.stress(act, START + after);
    const tick = simulation.step(START + after);
    truths.push(...tick.truths);
    for (const event of tick.events) events.push(featureOf(event, events.length));
  }
  return { events, truths };
}

/** Returns a model version with the drift references of the rows; the forest in it is none. */
export function modelOf(rows: readonly FeatureEvent[], part: Partial<ModelVersion> = {}): ModelVersion {
  return {
    ...(SAMPLES['model-version'] as ModelVersion),
    group: GROUP,
    version: 'v1-aaaaaaaa',
    created: 1,
    driftBlockMs: LENGTHS.blockMs,
    driftWindowBlocks: LENGTHS.windowBlocks,
    reference: driftReferences(rows, LENGTHS),
    ...part,
  };
}

/** Returns a table that uses the given models. */
export function tableOf(settings: DriftProcessorSettings, ...models: ModelVersion[]): DriftModelTable {
  const table = createDriftModelTable(settings);
  for (const model of models) {
    const offer = table.offer(model);
    if (!offer.ok) throw new Error(offer.reason);
  }
  return table;
}

/** Returns the Kafka record of a feature; its broker timestamp is of no meaning here. */
export function recordOf(event: FeatureEvent, offset: number): InputRecord {
  return {
    partition: 3,
    offset,
    timestamp: 0,
    key: Buffer.from(event.host),
    value: Buffer.from(featureEventCodec.encode(event)),
    headers: {},
  };
}
