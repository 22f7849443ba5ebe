import { identify, isAlive, type ProcessIdentity } from './process-identity.js';

/** Returns the identity under which a start is recorded: the owning process, or null for a standing service. */
export async function ownerIdentity(owner: number | null): Promise<ProcessIdentity | null> {
  return owner === null ? null : identify(owner, '');
}

/**
 * Returns whether the owner may stop a service that it found running: it is its own, or its former owner died without
 * stopping it (kill -9), so that nobody else will.
 */
export async function mayStop(recorded: ProcessIdentity | null, owner: number | null): Promise<boolean> {
  if (recorded === null || owner === null) return false;
  return recorded.pid === owner || !(await isAlive(recorded));
}
