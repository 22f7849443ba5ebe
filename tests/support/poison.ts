import { metricEventCodec } from '../../schemas/metric-event.js';
import { metricEvents } from './metric-stream.js';

/** A record that cannot be used, and the code with which it must be refused. */
export interface Poison {
  readonly kind: string;
  readonly code: string;
  readonly value: Buffer;
}

/** Returns the twelve kinds of unusable records of `metrics`. */
export function poisons(): Poison[] {
  const [event] = metricEvents(1, 1, 1, 1_700_000_000_000);
  if (event === undefined) throw new Error('making poison: no event');
  const good = metricEventCodec.encode(event);
  /** Frame, id, host, timestamp and source: everything before `metrics`. */
  const head = good.subarray(0, good.indexOf(Buffer.from('cpu')) - 2);
  const changed = (at: number, byte: number) => {
    const copy = Buffer.from(good);
    copy[at] = byte;
    return copy;
  };
  const notFinite = Buffer.from(good);
  notFinite.writeDoubleLE(Number.NaN, good.indexOf(Buffer.from('network')) + 'network'.length + 2);
  return [
    { kind: 'empty', code: 'EMPTY', value: Buffer.alloc(0) },
    { kind: 'one byte', code: 'NOT_SINGLE_OBJECT', value: Buffer.from([1]) },
    { kind: 'wrong magic', code: 'NOT_SINGLE_OBJECT', value: changed(0, 0x7b) },
    { kind: 'unknown schema', code: 'UNKNOWN_SCHEMA', value: changed(4, (good[4] ?? 0) ^ 0xff) },
    { kind: 'truncated', code: 'TRUNCATED', value: good.subarray(0, 12) },
    { kind: 'trailing bytes', code: 'TRAILING_BYTES', value: Buffer.concat([good, Buffer.from('more')]) },
    {
      kind: 'array bomb',
      code: 'BLOCK_BOMB',
      value: Buffer.concat([head, Buffer.from([0x80, 0x80, 0x80, 0x80, 0x10])]),
    },
    {
      kind: 'map bomb',
      code: 'BLOCK_BOMB',
      value: Buffer.concat([head, Buffer.from([0, 0, 0x80, 0x80, 0x80, 0x80, 0x10])]),
    },
    {
      kind: 'text beyond the end',
      code: 'TRUNCATED',
      value: Buffer.concat([good.subarray(0, 10), Buffer.from([0xfe, 0x7f]), good.subarray(11)]),
    },
    { kind: 'not finite', code: 'NOT_FINITE', value: notFinite },
    { kind: 'bad UTF-8', code: 'BAD_TEXT', value: changed(good.indexOf(Buffer.from('cpu')), 0xff) },
    { kind: 'oversize', code: 'TOO_LARGE', value: Buffer.concat([good, Buffer.alloc(300 * 1024)]) },
  ];
}
