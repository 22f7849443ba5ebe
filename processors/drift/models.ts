import type { DriftMetric } from '../../detection/drift/host-drift.js';
import { decodeDriftReference } from '../../detection/drift/reference-bytes.js';
import { type DriftSettings, driftSettings } from '../../detection/drift/settings.js';
import { STATE_BYTES } from '../../schemas/codec/record-codec.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import type { DriftProcessorSettings } from './config.js';

/** What a model version says about drift: the reference of every host and metric, and the lengths they were built for. */
export interface DriftModel {
  readonly version: string;
  readonly group: string;
  /** Creation time, milliseconds since the epoch. */
  readonly created: number;
  readonly settings: DriftSettings;
  /** Metrics that can be tested, by host; a host without an entry has to wait for a training. */
  readonly hosts: ReadonlyMap<string, readonly DriftMetric[]>;
  /** References that are left out: built for other lengths than the model says, or of another statistic. */
  readonly ignored: number;
  /** Hosts that are left out because their snapshot could outgrow the state topic. */
  readonly tooLarge: readonly string[];
}

/** Where a task asks for the model of a group. */
export interface DriftModels {
  /** Returns the model in use for the group; null before the first. */
  current(group: string): DriftModel | null;
}

/** What became of a model version that was offered. */
export type DriftOffer =
  | { readonly ok: true; readonly isCurrent: boolean; readonly model: DriftModel }
  | { readonly ok: false; readonly reason: string };

/** The newest usable model of every group. */
export interface DriftModelTable extends DriftModels {
  /** Takes one version. A refused or older one changes nothing. */
  offer(record: ModelVersion): DriftOffer;
}

/** The statistic that is compared: the readings themselves. */
const READING = 'value';

/** Returns an empty table. Newest = latest creation time, then the greater version text, as in the score processor. */
export function createDriftModelTable(settings: DriftProcessorSettings): DriftModelTable {
  const models = new Map<string, DriftModel>();
  return {
    current: (group) => models.get(group) ?? null,
    offer(record) {
      const present = models.get(record.group);
      if (present !== undefined && !isNewer(record, present))
        return { ok: true, isCurrent: false, model: present };
      const read = readDriftModel(record, settings);
      if (!read.ok) return read;
      models.set(record.group, read.model);
      return { ok: true, isCurrent: true, model: read.model };
    },
  };
}

/** Returns the references of a model version ready to compare with, or why they cannot be read; O(bytes). */
export function readDriftModel(
  record: ModelVersion,
  settings: DriftProcessorSettings,
): { readonly ok: true; readonly model: DriftModel } | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, model: driftModelOf(record, settings) };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, reason: error.message };
    throw error;
  }
}

function driftModelOf(record: ModelVersion, settings: DriftProcessorSettings): DriftModel {
  const { version, group, created, driftBlockMs: blockMs, driftWindowBlocks: windowBlocks } = record;
  const hosts = new Map<string, DriftMetric[]>();
  let ignored = 0;
  for (const { host, metric, statistic, state } of record.reference) {
    const reference = decodeDriftReference(state);
    const fits = reference.blockMs === blockMs && reference.windowBlocks === windowBlocks;
    if (!fits || statistic !== READING) {
      ignored += 1;
      continue;
    }
    const metrics = hosts.get(host) ?? [];
    hosts.set(host, metrics);
    metrics.push({ name: metric, reference });
  }
  const lengths = driftSettings({
    blockMs,
    windowBlocks,
    persistence: settings.DRIFT_PERSISTENCE_BLOCKS ?? windowBlocks,
    minRows: settings.DRIFT_MIN_ROWS,
  });
  const tooLarge = [...hosts].filter(([, metrics]) => mostBytes(metrics, windowBlocks) > STATE_BYTES);
  for (const [host] of tooLarge) hosts.delete(host);
  return {
    ...{ version, group, created, settings: lengths, hosts, ignored },
    tooLarge: tooLarge.map(([host]) => host),
  };
}

/** Bytes of a count and of a sample's exact numbers, generously, and what a series holds besides the window's blocks: the open one and known states. */
const COUNT_BYTES = 4;
const EXACT_BYTES = 56;
const OTHER_SAMPLES = 4;

/** Returns what a host's snapshot takes at most: one that cannot be written would end the process, over and over. */
function mostBytes(metrics: readonly DriftMetric[], windowBlocks: number): number {
  const bins = metrics.reduce((sum, { reference }) => sum + (reference?.counts.length ?? 0), 0);
  return (windowBlocks + OTHER_SAMPLES) * (bins * COUNT_BYTES + metrics.length * EXACT_BYTES);
}

function isNewer(
  a: { readonly created: number; readonly version: string },
  b: { readonly created: number; readonly version: string },
): boolean {
  return a.created === b.created ? a.version > b.version : a.created > b.created;
}
