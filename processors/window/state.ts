import { TidewatchError } from '../../common/errors.js';
import { type HostPosition, OwnedHosts, startOfHost } from '../../common/kafka/lanes/owned-hosts.js';
import { decodeHost, encodeHost } from '../../detection/series/host-bytes.js';
import type { HostState } from '../../detection/series/host-state.js';
import { type WindowState, windowStateCodec } from '../../schemas/window-state.js';

/** One host of the partition and its series. */
export interface OwnedHost extends HostPosition {
  readonly state: HostState;
}

/** Returns the hosts of one partition; decoding a snapshot throws STATE_VERSION_UNKNOWN or STATE_CORRUPT. */
export function createHostTable(): OwnedHosts<OwnedHost> {
  return new OwnedHosts(readSnapshot);
}

/** Returns a host that stands at no record yet. */
export function ownHost(name: string, state: HostState): OwnedHost {
  return { ...startOfHost(name), state };
}

/** Returns the record of the state topic that a host can be restored from. */
export function writeSnapshot(host: OwnedHost): Buffer {
  const state = encodeHost(host.state);
  return windowStateCodec.encode({
    host: host.name,
    sourceOffset: host.lastOffset,
    appendTime: host.lastAppendTime,
    state: Buffer.from(state.buffer, state.byteOffset, state.byteLength),
  });
}

function readSnapshot(name: string, value: Buffer): OwnedHost {
  const record = windowStateCodec.decode(value);
  if (!record.ok) throw unreadable(name, record);
  const snapshot: WindowState = record.value;
  const decoded = decodeHost(snapshot.state);
  if (!decoded.ok) throw unreadable(name, decoded);
  return {
    ...ownHost(name, decoded.host),
    lastOffset: snapshot.sourceOffset,
    lastAppendTime: snapshot.appendTime,
  };
}

function unreadable(host: string, problem: { code: string; reason: string }): TidewatchError {
  return new TidewatchError({
    code: problem.code,
    retriable: false,
    message: `restoring window state: ${problem.reason}`,
    facts: { host },
  });
}
