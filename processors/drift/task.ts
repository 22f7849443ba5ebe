import { type HostRecord, readHostRecord, refusedRecord } from '../../common/kafka/lanes/host-record.js';
import { HostSnapshots } from '../../common/kafka/lanes/host-snapshots.js';
import type {
  Emitter,
  InputRecord,
  Outcome,
  PartitionTask,
  Processor,
} from '../../common/kafka/lanes/processor.js';
import { driftReportCodec } from '../../schemas/drift-report.js';
import { type FeatureEvent, featureEventCodec } from '../../schemas/feature-event.js';
import type { DriftProcessorSettings } from './config.js';
import { type DriftStep, followModel, openSection, type Section, step } from './core.js';
import { DriftCounts, type DriftFigures } from './figures.js';
import { HostTable, type OwnedHost, ownHost } from './host-table.js';
import type { DriftModels } from './models.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';
import { WaitingHosts } from './waiting-hosts.js';

/** What a drift processor is made of. */
export interface DriftProcessorOptions {
  readonly models: DriftModels;
  readonly settings: DriftProcessorSettings;
}

/** The drift processor with the figures of all its tasks. */
export interface DriftProcessor extends Processor {
  figures(): DriftFigures;
}

/** Returns the processor that compares the readings of `features` with the references of the models and reports lasting changes. */
export function createDriftProcessor(options: DriftProcessorOptions): DriftProcessor {
  const counts = new DriftCounts();
  return {
    input: 'features',
    outputs: ['drift'],
    deadLetter: 'featuresDeadLetter',
    state: 'driftState',
    createTask: (partition) => {
      const task = new DriftTask(options, counts);
      counts.follow(partition, task);
      return task;
    },
    figures: () => counts.figures(),
  };
}

const EMITTED: Outcome = { kind: 'emitted' };
const NO_REFERENCE: Outcome = { kind: 'filtered', reason: 'no-reference' };

/** Work on one partition of `features`. The clock is the append time that the events carry. */
class DriftTask implements PartitionTask {
  readonly #hosts: HostTable;
  readonly #snapshots: HostSnapshots<OwnedHost>;
  readonly #waiting = new WaitingHosts();

  constructor(
    private readonly options: DriftProcessorOptions,
    private readonly counts: DriftCounts,
  ) {
    this.#hosts = new HostTable((name, value) => readSnapshot(name, value, options.models));
    this.#snapshots = new HostSnapshots(this.#hosts, { topic: 'driftState', write: writeSnapshot });
  }

  get tested(): number {
    return this.#hosts.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  load(key: string, value: Buffer | null): void {
    this.#hosts.load(key, value);
  }

  /** Opens nothing: a section that the earlier owner opened was in a snapshot at once, and one of a newer model has to begin where this owner goes on. */
  replay(record: InputRecord): void {
    const accepted = accept(record);
    if (!accepted.ok) return;
    const { event } = accepted;
    this.#evictIdle(event, record, null);
    const host = this.#hosts.get(event.host);
    const section = host?.sections.get(event.group);
    if (host === undefined) return;
    if (record.offset <= host.lastOffset) this.#hosts.touch(host);
    else if (section !== undefined) this.#take(host, section, event, record.offset);
  }

  process(record: InputRecord, emitter: Emitter): Outcome {
    const accepted = accept(record);
    if (!accepted.ok) return accepted.outcome;
    const { event } = accepted;
    this.#evictIdle(event, record, emitter);
    const result = this.#apply(event, record.offset);
    if (result !== null) this.#emit(result, event, emitter);
    this.#settleHost(event, emitter);
    this.#snapshots.saveAged(event.appendTime, this.options.settings.DRIFT_SNAPSHOT_AGE_MS, emitter);
    return result === null ? NO_REFERENCE : EMITTED;
  }

  restoreFrom(next: number): number {
    return this.#hosts.oldestUnsaved()?.unsavedFrom ?? next;
  }

  /** Takes an event into its section; null when its host has no reference in the model of the group. */
  #apply(event: FeatureEvent, offset: number): DriftStep | null {
    const known = this.#hosts.get(event.host);
    const host = known ?? ownHost(event.host);
    const section = this.#sectionOf(host, event);
    if (section === null) {
      if (host.sections.size === 0)
        this.#waiting.saw(event.host, event.appendTime, this.options.settings.DRIFT_EVICT_AFTER_MS);
      return null;
    }
    if (known === undefined) this.#waiting.forget(event.host);
    return this.#take(host, section, event, offset);
  }

  #take(host: OwnedHost, section: Section, event: FeatureEvent, offset: number): DriftStep {
    const result = step(section, event);
    this.#hosts.changed(host, offset, event.appendTime);
    return result;
  }

  /** A new model that carries the host's references on changes nothing but its name; other references are other bins: what was counted in the old ones is dropped. */
  #sectionOf(host: OwnedHost, { group }: FeatureEvent): Section | null {
    const model = this.options.models.current(group);
    const present = host.sections.get(group);
    if (present !== undefined && model !== null && followModel(present, model, host.name)) return present;
    const opened = model === null ? null : openSection(model, host.name);
    if (opened !== null) host.sections.set(group, opened);
    else if (!host.sections.delete(group)) return null;
    host.hasSwitched = true;
    return opened;
  }

  #emit({ reports, late }: DriftStep, event: FeatureEvent, emitter: Emitter): void {
    if (late) this.counts.lateRecords++;
    for (const report of reports) {
      emitter.emit('drift', event.host, driftReportCodec.encode(report), {
        'tidewatch-id': report.id,
        'append-time': String(event.appendTime),
      });
      if (report.drifted) this.counts.hostReports++;
      else this.counts.metricNotes++;
    }
  }

  /** Saves the event's host when a switch of models or the number of its events asks for it; drops it when no model tests it any more. */
  #settleHost(event: FeatureEvent, emitter: Emitter): void {
    const host = this.#hosts.get(event.host);
    if (host === undefined) return;
    if (host.sections.size === 0) {
      this.#hosts.remove(host);
      if (host.isStored) this.#bury(host, `untested/${event.id}`, event, emitter);
    } else if (host.hasSwitched || host.unsaved >= this.options.settings.DRIFT_SNAPSHOT_EVENTS) {
      this.#snapshots.save(host, emitter);
    }
  }

  /** Drops silent hosts, with a tombstone for the snapshot; `emitter` null while replaying. */
  #evictIdle(event: FeatureEvent, { partition, offset }: InputRecord, emitter: Emitter | null): void {
    for (;;) {
      const host = this.#hosts.takeIdle(offset, event.appendTime, this.options.settings.DRIFT_EVICT_AFTER_MS);
      if (host === undefined) return;
      if (emitter !== null) this.#bury(host, `evict/${partition}/${offset}/${host.name}`, event, emitter);
    }
  }

  #bury(host: OwnedHost, id: string, event: FeatureEvent, emitter: Emitter): void {
    emitter.emit('driftState', host.name, null, {
      'tidewatch-id': id,
      'append-time': String(event.appendTime),
    });
  }
}

function accept(record: InputRecord): HostRecord<FeatureEvent> {
  const read = readHostRecord(record, featureEventCodec);
  if (read.ok && read.event.appendTime < 0)
    return refusedRecord('OUT_OF_RANGE', 'the append time is before 1970', 'TRANSFORMATION');
  return read;
}
