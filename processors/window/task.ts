import type { Settings } from '../../common/config.js';
import { readHostRecord } from '../../common/kafka/lanes/host-record.js';
import { HostSnapshots } from '../../common/kafka/lanes/host-snapshots.js';
import type {
  Emitter,
  InputRecord,
  Outcome,
  PartitionTask,
  Processor,
} from '../../common/kafka/lanes/processor.js';
import { emptyHost } from '../../detection/series/host-state.js';
import { baselineCodec } from '../../schemas/baseline.js';
import { type FeatureEvent, featureEventCodec } from '../../schemas/feature-event.js';
import { type MetricEvent, metricEventCodec } from '../../schemas/metric-event.js';
import { windowLimits, type windowSettings } from './config.js';
import { type StepContext, stepInto, type WindowStep } from './core.js';
import { createReusedRooms } from './feature-rooms.js';
import type { WindowLimits } from './limits.js';
import type { LiveChecks } from './live-checks.js';
import { createHostTable, type OwnedHost, ownHost, writeSnapshot } from './state.js';

/** Follows the features of one partition within the same transaction: this is how `window+score` is composed. */
export interface FeatureFollower {
  /** Called for every feature that is emitted, never while replaying. The feature holds until the flush. */
  onFeature(feature: FeatureEvent, record: InputRecord, emitter: Emitter): void;
  /** Called after the records of a batch. */
  onFlush?(emitter: Emitter): void;
}

/** What a window processor is made of. */
export interface WindowProcessorOptions {
  readonly settings: Settings<typeof windowSettings>;
  /**
   * Returns the follower of a newly owned partition. One per task, because what a follower has gathered must be dropped
   * together with a task whose transaction failed.
   */
  readonly follow?: (partition: number) => FeatureFollower;
  /** Warns of odd values and counts them; none unless given. They change no outcome. */
  readonly checks?: LiveChecks;
}

/** Returns the processor that turns metric events into feature events, keyed by host. */
export function createWindowProcessor(options: WindowProcessorOptions): Processor {
  const shared: SharedParts = { limits: windowLimits(options.settings), checks: options.checks ?? null };
  return {
    input: 'metrics',
    outputs: ['features', 'baselines', ...(options.follow === undefined ? [] : (['predictions'] as const))],
    deadLetter: 'metricsDeadLetter',
    state: 'windowState',
    createTask: (partition) => new WindowTask(shared, options.follow?.(partition) ?? null),
  };
}

const EMITTED: Outcome = { kind: 'emitted' };

/** What all tasks of a processor share. */
interface SharedParts {
  readonly limits: WindowLimits;
  readonly checks: LiveChecks | null;
}

/** Work on one partition of `metrics`. */
class WindowTask implements PartitionTask {
  readonly #hosts = createHostTable();
  readonly #snapshots = new HostSnapshots(this.#hosts, { topic: 'windowState', write: writeSnapshot });
  /** The features that the follower has not flushed yet lie in them. */
  readonly #rooms = createReusedRooms();
  readonly #source = { partition: 0, offset: 0, appendTime: 0 };
  readonly #context: StepContext;

  constructor(
    private readonly shared: SharedParts,
    private readonly follower: FeatureFollower | null,
  ) {
    this.#context = { source: this.#source, limits: shared.limits };
  }

  load(key: string, value: Buffer | null): void {
    this.#hosts.load(key, value);
  }

  replay(record: InputRecord): void {
    this.#evictIdle(record, null);
    const accepted = readHostRecord(record, metricEventCodec);
    if (!accepted.ok) return;
    const host = this.#hosts.get(accepted.event.host);
    if (host !== undefined && record.offset <= host.lastOffset) this.#hosts.touch(host);
    else this.#apply(host, accepted.event, record);
    this.#rooms.release();
  }

  process(record: InputRecord, emitter: Emitter): Outcome {
    this.#evictIdle(record, emitter);
    const outcome = this.#processEvent(record, emitter);
    this.#snapshots.saveAged(record.timestamp, this.shared.limits.snapshotAgeMs, emitter);
    if (this.follower === null) this.#rooms.release();
    return outcome;
  }

  flush(emitter: Emitter): void {
    this.follower?.onFlush?.(emitter);
    this.#rooms.release();
  }

  restoreFrom(next: number): number {
    return this.#hosts.oldestUnsaved()?.unsavedFrom ?? next;
  }

  #processEvent(record: InputRecord, emitter: Emitter): Outcome {
    const accepted = readHostRecord(record, metricEventCodec);
    if (!accepted.ok) return accepted.outcome;
    const { event } = accepted;
    const { outcome, feature, baselines } = this.#apply(this.#hosts.get(event.host), event, record);
    if (feature === null) {
      if (outcome.kind === 'filtered') this.shared.checks?.repeated(event.host, record.timestamp);
      return outcome;
    }
    const appendTime = String(record.timestamp);
    const headers = { 'tidewatch-id': event.id, 'append-time': appendTime };
    emitter.emit('features', event.host, featureEventCodec.encode(feature), headers);
    for (const baseline of baselines) {
      emitter.emit('baselines', `${event.host}/${baseline.metric}`, baselineCodec.encode(baseline), {
        'tidewatch-id': `${event.id}/${baseline.metric}`,
        'append-time': appendTime,
      });
    }
    this.follower?.onFeature(feature, record, emitter);
    const host = this.#hosts.get(event.host);
    if (host !== undefined) this.shared.checks?.look(host.state, event, record.timestamp, baselines);
    if (host !== undefined && host.unsaved >= this.shared.limits.snapshotEvents)
      this.#snapshots.save(host, emitter);
    return EMITTED;
  }

  /** Takes an event into its host's state; a host that is new is kept only when the event is good. */
  #apply(known: OwnedHost | undefined, event: MetricEvent, record: InputRecord): WindowStep {
    const host = known ?? ownHost(event.host, emptyHost());
    this.#source.partition = record.partition;
    this.#source.offset = record.offset;
    this.#source.appendTime = record.timestamp;
    const result = stepInto(this.#rooms, host.state, event, this.#context);
    if (result.feature !== null) this.#hosts.changed(host, record.offset, record.timestamp);
    return result;
  }

  /** Drops silent hosts, with tombstones for what the topics hold of them; `emitter` null while replaying. */
  #evictIdle(record: InputRecord, emitter: Emitter | null): void {
    const { offset, timestamp } = record;
    const headers = (what: string) => ({
      'tidewatch-id': `evict/${record.partition}/${offset}/${what}`,
      'append-time': String(timestamp),
    });
    for (;;) {
      const host = this.#hosts.takeIdle(offset, timestamp, this.shared.limits.evictAfterMs);
      if (host === undefined) return;
      emitter?.emit('windowState', host.name, null, headers(host.name));
      for (const [metric, { baseline }] of host.state.series) {
        const key = `${host.name}/${metric}`;
        if (baseline !== null) emitter?.emit('baselines', key, null, headers(key));
      }
    }
  }
}
