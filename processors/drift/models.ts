import { createHash } from 'node:crypto';
import type { DriftMetric } from '../../detection/drift/host-drift.js';
import { decodeDriftReference } from '../../detection/drift/reference-bytes.js';
import { type DriftSettings, driftSettings } from '../../detection/drift/settings.js';
import { STATE_BYTES } from '../../schemas/codec/record-codec.js';
import type { DriftReference, ModelVersion } from '../../schemas/model-version.js';
import type { DriftProcessorSettings } from './config.js';

/** The references of one host. */
export interface HostReferences {
  /** Metrics that can be tested. */
  readonly metrics: readonly DriftMetric[];
  /** Digest of the metrics' names and the bytes of their references, lengths of block and window among them: equal = the same comparison. */
  readonly fingerprint: string;
}

/** What a model version says about drift: the reference of every host and metric, and the lengths they were built for. */
export interface DriftModel {
  readonly version: string;
  readonly group: string;
  /** Creation time, milliseconds since the epoch. */
  readonly created: number;
  readonly settings: DriftSettings;
  /** References by host; a host without an entry has to wait for a training. */
  readonly hosts: ReadonlyMap<string, HostReferences>;
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
/** 128 bits: no two references of a fleet share them by chance. */
const FINGERPRINT_DIGITS = 32;

/** Returns an empty table. Newest = latest creation time, then the greater version text, as in the score processor. */
export function createDriftModelTable(settings: DriftProcessorSettings): DriftModelTable {
  const models = new Map<string, DriftModel>();
  return {
    current: (group) => models.get(group) ?? null,
    offer(record) {
      const present = models.get(record.group);
      if (present !== undefined && !isNewer(record, present))
        return { ok: true, isCurrent: false, model: present };
      const read = readDriftModel(record, settings, present);
      if (!read.ok) return read;
      models.set(record.group, read.model);
      return { ok: true, isCurrent: true, model: read.model };
    },
  };
}

/**
 * Returns the references of a model version ready to compare with, or why they cannot be read; O(bytes). Those that the version before
 * (`present`) had are its very objects: most versions carry them on, and a fleet's are megabytes.
 */
export function readDriftModel(
  record: ModelVersion,
  settings: DriftProcessorSettings,
  present?: DriftModel,
): { readonly ok: true; readonly model: DriftModel } | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, model: driftModelOf(record, settings, present) };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, reason: error.message };
    throw error;
  }
}

function driftModelOf(
  record: ModelVersion,
  settings: DriftProcessorSettings,
  present: DriftModel | undefined,
): DriftModel {
  const { version, group, created, driftBlockMs: blockMs, driftWindowBlocks: windowBlocks } = record;
  const lengths = driftSettings({
    blockMs,
    windowBlocks,
    persistence: settings.DRIFT_PERSISTENCE_BLOCKS ?? windowBlocks,
    minRows: settings.DRIFT_MIN_ROWS,
  });
  const hosts = new Map<string, HostReferences>();
  const tooLarge: string[] = [];
  let ignored = 0;
  const isSameLength =
    present?.settings.blockMs === blockMs && present.settings.windowBlocks === windowBlocks;
  for (const [host, references] of byHost(record.reference)) {
    const fingerprint = fingerprintOf(references);
    const known = isSameLength ? present.hosts.get(host) : undefined;
    const fitting = known?.fingerprint === fingerprint ? known.metrics : readMetrics(references, lengths);
    ignored += references.length - fitting.length;
    if (mostBytes(fitting, windowBlocks) > STATE_BYTES) tooLarge.push(host);
    else if (fitting.length > 0) hosts.set(host, { metrics: fitting, fingerprint });
  }
  return { version, group, created, settings: lengths, hosts, ignored, tooLarge };
}

function byHost(references: readonly DriftReference[]): Map<string, DriftReference[]> {
  const hosts = new Map<string, DriftReference[]>();
  for (const reference of references) {
    const one = hosts.get(reference.host) ?? [];
    hosts.set(reference.host, one);
    one.push(reference);
  }
  return hosts;
}

/** Leaves out references of other lengths or of another statistic. */
function readMetrics(references: readonly DriftReference[], lengths: DriftSettings): DriftMetric[] {
  return references.flatMap(({ metric, statistic, state }) => {
    const reference = decodeDriftReference(state);
    const fits = reference.blockMs === lengths.blockMs && reference.windowBlocks === lengths.windowBlocks;
    return fits && statistic === READING ? [{ name: metric, reference }] : [];
  });
}

function fingerprintOf(references: readonly DriftReference[]): string {
  const hash = createHash('sha256');
  for (const { metric, statistic, state } of references) {
    hash.update(JSON.stringify([metric, statistic, state.length]));
    hash.update(state);
  }
  return hash.digest('hex').slice(0, FINGERPRINT_DIGITS);
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
