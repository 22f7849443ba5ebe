import { BLOCK_SHARE, buildDriftReference } from '../../detection/drift/reference.js';
import { encodeDriftReference } from '../../detection/drift/reference-bytes.js';
import type { DriftReference, ModelVersion } from '../../schemas/model-version.js';
import type { TrainingRow } from '../training-row.js';
import { USUAL_MEMORY } from './memory.js';
import { createSeriesRoom, type SeriesRoom } from './series-room.js';
import { type DriftWindow, HISTORY_WINDOWS, ROWS_PER_BLOCK, ThinnedSeries } from './thinned-series.js';

/** What the supply reads of a model version. */
export type PublishedReferences = Pick<
  ModelVersion,
  'reference' | 'driftBlockMs' | 'driftWindowBlocks' | 'created'
>;

/** Rows as the supply reads them. */
export type ReferenceRow = Pick<TrainingRow, 'host' | 'appendTime' | 'metrics' | 'values'>;

/** The references of a version, and how many did not fit into it, or into memory. */
export interface SuppliedReferences {
  readonly references: DriftReference[];
  readonly leftOut: number;
  /** Metrics that there was no room to follow, by the newest row of each host. */
  readonly outside: number;
}

/** Bytes of references in one version: the rest of the 16 MiB of a model record is the forest's. */
const MOST_BYTES = 12 * 1_048_576;
/** Bytes of a reference's numbers and lengths in the record, generously. */
const OTHER_BYTES = 48;

interface SuppliedHost {
  /** Append time of its newest row, or creation time of the version that named it. */
  lastSeen: number;
  readonly references: Map<string, DriftReference>;
  /** Metrics without reference. */
  readonly waiting: Map<string, WaitingSeries>;
  /** Metrics of its newest row that found no room. */
  outside: number;
}

interface WaitingSeries {
  readonly series: ThinnedSeries;
  /** Append time from which on a reference may be tried: one that could not be built is tried again a window later. */
  notBefore: number;
}

/**
 * The drift references of one group: those that exist stay as they are, byte for byte, and metrics that have none wait for their history. Without
 * that every training would move the bins, and each host would be compared afresh. Memory: a thinned series (at most 216 kB, 72 kB by the
 * time it has five windows) per host and metric that waits, the bytes of a reference (1 to 3 kB) per one that does not. Only so many wait
 * as there is room for; others begin when one of those has its reference, or has had history enough and got none (a constant). Hosts silent for
 * 15 windows are dropped with their references.
 */
export class ReferenceSupply {
  readonly #hosts = new Map<string, SuppliedHost>();
  readonly #fresh = new Set<DriftReference>();
  #newest = 0;

  constructor(
    private readonly window: DriftWindow,
    private readonly room: SeriesRoom = createSeriesRoom(USUAL_MEMORY.references, window),
  ) {}

  /** References that were built since the last `take`. */
  get fresh(): number {
    return this.#fresh.size;
  }

  /** Takes the references of a version in place of those before; those built in the meantime for what it lacks stay. Other lengths than ours: none. */
  adopt({ reference, driftBlockMs, driftWindowBlocks, created }: PublishedReferences): void {
    for (const { references } of this.#hosts.values())
      for (const [metric, one] of references) if (!this.#fresh.has(one)) references.delete(metric);
    if (driftBlockMs !== this.window.blockMs || driftWindowBlocks !== this.window.windowBlocks) return;
    for (const one of reference) {
      const host = this.#hostOf(one.host);
      host.lastSeen = Math.max(host.lastSeen, created);
      const replaced = host.references.get(one.metric);
      if (replaced !== undefined) this.#fresh.delete(replaced);
      host.references.set(one.metric, one);
      if (host.waiting.delete(one.metric)) this.room.leave(1);
    }
  }

  /** Takes one row of the group; per host in order of append time. */
  observe({ host: name, appendTime, metrics, values }: ReferenceRow): void {
    const host = this.#hostOf(name);
    host.lastSeen = Math.max(host.lastSeen, appendTime);
    this.#newest = Math.max(this.#newest, appendTime);
    host.outside = 0;
    metrics.forEach((metric, i) => {
      if (host.references.has(metric)) return;
      const waiting = host.waiting.get(metric) ?? this.#letIn(host, metric);
      if (waiting === null) host.outside += 1;
      else waiting.series.add(values[i] ?? Number.NaN, appendTime);
    });
  }

  /**
   * Tries at most `most` of the references whose history is long enough, and returns how many were tried: 0 = nothing is left to do now.
   * Cost: some 5 ms each.
   */
  build(most: number): number {
    this.#dropSilent();
    let tried = 0;
    for (const [name, host] of this.#hosts) {
      for (const [metric, waiting] of host.waiting) {
        if (tried === most) return tried;
        if (this.#newest < waiting.notBefore || !waiting.series.isLongEnough) continue;
        tried += 1;
        waiting.notBefore = this.#newest + this.window.blockMs * this.window.windowBlocks;
        const built = buildReference({ host: name, metric }, waiting.series, this.window);
        // A constant never has one: with other series at the door it gives its place away.
        if (built === null && !this.room.isWanted) continue;
        host.waiting.delete(metric);
        this.room.leave(1);
        if (built === null) continue;
        host.references.set(metric, built);
        this.#fresh.add(built);
      }
    }
    return tried;
  }

  /** Returns the references of the next version, hosts and metrics sorted; what would not fit into a model record is left out and counted. */
  take(): SuppliedReferences {
    this.#fresh.clear();
    const all = [...this.#hosts.values()].flatMap(({ references }) => [...references.values()]);
    all.sort((a, b) => compareText(a.host, b.host) || compareText(a.metric, b.metric));
    let bytes = 0;
    const references = all.filter(({ host, metric, state }) => {
      const size = state.length + 2 * (host.length + metric.length) + OTHER_BYTES;
      if (bytes + size > MOST_BYTES) return false;
      bytes += size;
      return true;
    });
    const outside = [...this.#hosts.values()].reduce((sum, host) => sum + host.outside, 0);
    return { references, leftOut: all.length - references.length, outside };
  }

  /** Gives back the room of everything that waits: for whoever throws the supply away. */
  close(): void {
    for (const { waiting } of this.#hosts.values()) this.room.leave(waiting.size);
    this.#hosts.clear();
  }

  #hostOf(name: string): SuppliedHost {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host = { lastSeen: 0, references: new Map(), waiting: new Map(), outside: 0 };
    this.#hosts.set(name, host);
    return host;
  }

  /** Null where there is no room. */
  #letIn(host: SuppliedHost, metric: string): WaitingSeries | null {
    if (!this.room.enter()) return null;
    const waiting = { series: new ThinnedSeries(this.window), notBefore: 0 };
    host.waiting.set(metric, waiting);
    return waiting;
  }

  #dropSilent(): void {
    const oldest = this.#newest - HISTORY_WINDOWS * this.window.windowBlocks * this.window.blockMs;
    for (const [name, { lastSeen, references, waiting }] of this.#hosts) {
      if (lastSeen >= oldest) continue;
      this.#hosts.delete(name);
      this.room.leave(waiting.size);
      for (const one of references.values()) this.#fresh.delete(one);
    }
  }
}

/** Null when the range is too short, too sparse or constant. */
function buildReference(
  names: { readonly host: string; readonly metric: string },
  series: ThinnedSeries,
  { blockMs, windowBlocks, minRows = 100 }: DriftWindow,
): DriftReference | null {
  const built = buildDriftReference({
    ...series.readings(),
    blockMs,
    windowBlocks,
    // A window of a thinned series cannot hold more than this, however many rows it stands for.
    minRows: Math.min(minRows, Math.ceil(BLOCK_SHARE * windowBlocks) * ROWS_PER_BLOCK),
  });
  if (built.kind === 'insufficient') return null;
  const { limit, windows, rows } = built;
  const state = Buffer.from(encodeDriftReference(built));
  return { ...names, statistic: 'value', limit, windows, rows, state };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
