import { TidewatchError } from '../../common/errors.js';
import { ByteReader, ByteWriter } from '../../detection/drift/byte-stream.js';
import { HostDrift } from '../../detection/drift/host-drift.js';
import { windowStateCodec } from '../../schemas/window-state.js';
import type { Section } from './core.js';
import { type OwnedHost, ownHost } from './host-table.js';
import type { DriftModels } from './models.js';

/** First byte of the state. */
const VERSION = 2;

/** Returns the record of the state topic that a host can be restored from; each section names the references that it belongs to. */
export function writeSnapshot(host: OwnedHost): Buffer {
  const head = new ByteWriter();
  head.count(VERSION);
  head.count(host.sections.size);
  const bodies: Uint8Array[] = [];
  for (const { group, references, lateEvents, drift } of host.sections.values()) {
    const body = drift.toBytes();
    head.text(group);
    head.text(references.fingerprint);
    head.count(lateEvents);
    head.count(body.length);
    bodies.push(body);
  }
  return windowStateCodec.encode({
    host: host.name,
    sourceOffset: host.lastOffset,
    appendTime: host.lastAppendTime,
    state: Buffer.concat([head.finish(), ...bodies]),
  });
}

/**
 * Returns the host of a snapshot. A section of other references than those of the model in use is left out: its bins are others, so the
 * host starts afresh.
 * @throws TidewatchError STATE_CORRUPT or STATE_VERSION_UNKNOWN: going on without the state would lose reports silently
 */
export function readSnapshot(name: string, value: Buffer, models: DriftModels): OwnedHost {
  const record = windowStateCodec.decode(value);
  if (!record.ok) throw unreadable(name, record);
  const { state, sourceOffset, appendTime } = record.value;
  if (state[0] !== VERSION) {
    const code = 'STATE_VERSION_UNKNOWN';
    throw unreadable(name, { code, reason: `version ${state[0]} is unknown, expected ${VERSION}` });
  }
  try {
    return {
      ...ownHost(name, readSections(name, state, models)),
      lastOffset: sourceOffset,
      lastAppendTime: appendTime,
      isStored: true,
    };
  } catch (cause) {
    // Text that is no UTF-8 is a TypeError.
    if (!(cause instanceof RangeError || cause instanceof TypeError)) throw cause;
    throw unreadable(name, { code: 'STATE_CORRUPT', reason: cause.message }, cause);
  }
}

function readSections(host: string, state: Buffer, models: DriftModels): Map<string, Section> {
  const input = new ByteReader(state);
  input.count();
  const heads = Array.from({ length: boundedCount(input) }, () => ({
    group: input.text(),
    fingerprint: input.text(),
    lateEvents: input.count(),
    size: input.count(),
  }));
  const sections = new Map<string, Section>();
  let at = state.length - input.left;
  for (const { group, fingerprint, lateEvents, size } of heads) {
    const body = state.subarray(at, at + size);
    at += size;
    const model = models.current(group);
    const references = model?.hosts.get(host);
    if (model === null || references?.fingerprint !== fingerprint) continue;
    const drift = HostDrift.fromBytes(body, references.metrics, model.settings);
    sections.set(group, { group, modelVersion: model.version, references, drift, lateEvents });
  }
  if (at !== state.length) throw new RangeError('the sections do not fill the bytes');
  return sections;
}

/** Every section takes at least four bytes: a damaged count must not ask for more. */
function boundedCount(input: ByteReader): number {
  const count = input.count();
  if (count * 4 > input.left) throw new RangeError('the bytes are cut short');
  return count;
}

function unreadable(
  host: string,
  problem: { readonly code: string; readonly reason: string },
  cause?: unknown,
): TidewatchError {
  return new TidewatchError({
    code: problem.code,
    retriable: false,
    message: `restoring drift state: ${problem.reason}`,
    facts: { host },
    ...(cause === undefined ? {} : { cause }),
  });
}
