import { type HostPosition, OwnedHosts, startOfHost } from '../../common/kafka/lanes/owned-hosts.js';
import type { Section } from './core.js';

/** One tested host of the partition: its sections by group. */
export interface OwnedHost extends HostPosition {
  readonly sections: Map<string, Section>;
  /** Whether the state topic holds a snapshot of it. */
  isStored: boolean;
  /** Whether a section began afresh since the last snapshot: then it is saved with the record at hand: a restart must find the same beginning. */
  hasSwitched: boolean;
}

/** Returns a host that stands at no record yet. */
export function ownHost(name: string, sections: Map<string, Section> = new Map()): OwnedHost {
  return { ...startOfHost(name), sections, isStored: false, hasSwitched: false };
}

/** The tested hosts of one partition. */
export class HostTable extends OwnedHosts<OwnedHost> {
  override saved(host: OwnedHost): void {
    super.saved(host);
    host.isStored = true;
    host.hasSwitched = false;
  }
}
