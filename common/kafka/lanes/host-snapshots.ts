import type { TopicName } from '../topics.js';
import type { HostPosition, OwnedHosts } from './owned-hosts.js';
import type { Emitter } from './processor.js';

/** Where snapshots go, and how they are made. */
export interface SnapshotWriting<Host> {
  /** Compacted, keyed by host. */
  readonly topic: TopicName;
  /** Returns the bytes of everything that the host's results depend on. */
  readonly write: (host: Host) => Buffer;
}

/** Saves hosts of one partition in its state topic, in the transaction of the record at hand. */
export class HostSnapshots<Host extends HostPosition> {
  constructor(
    private readonly hosts: OwnedHosts<Host>,
    private readonly writing: SnapshotWriting<Host>,
  ) {}

  /** Saves a host as it stands; a second snapshot of the same position has the same id. */
  save(host: Host, emitter: Emitter): void {
    emitter.emit(this.writing.topic, host.name, this.writing.write(host), {
      'tidewatch-id': `state/${host.name}/${host.lastOffset}`,
      'append-time': String(host.lastAppendTime),
    });
    this.hosts.saved(host);
  }

  /**
   * Saves the hosts whose oldest unsaved record is `ageMs` old or older: a silent host must not hold the restore offset back.
   * @param appendTime of the record at hand, ms: the clock of every decision
   */
  saveAged(appendTime: number, ageMs: number, emitter: Emitter): void {
    for (;;) {
      const host = this.hosts.oldestUnsaved();
      if (host === undefined || appendTime - host.unsavedSince < ageMs) return;
      this.save(host, emitter);
    }
  }
}
