import { type ClientOptions, InfluxDB, type SendOptions, type Transport } from '@influxdata/influxdb-client';
import { TidewatchError } from '../../common/errors.js';

/** Precision of the 2.x API by what 1.x calls it; 1.6 reads `us` as nanoseconds without a word, so `u` it must be. */
const PRECISIONS: Readonly<Record<string, string>> = { ns: 'n', us: 'u', ms: 'ms', s: 's' };

/**
 * Returns a transport with which the client speaks to InfluxDB 1.x: writes to `/api/v2/write` become `/write`, the bucket
 * `db` or `db/rp` becomes database and retention policy, and the token `user:password` becomes basic authentication (1.x
 * answers 401 to `Token`). Every other path throws UNSUPPORTED_BY_V1: 1.x has no Flux.
 */
export function createV1Transport(options: ClientOptions): Transport {
  const { token, ...rest } = options;
  // The client's own transport does the talking; without the token, or it would send `Authorization: Token`.
  const inner = new InfluxDB(rest).transport;
  const authorize = (send: SendOptions): SendOptions =>
    token === undefined || token === ''
      ? send
      : {
          ...send,
          headers: { ...send.headers, authorization: `Basic ${Buffer.from(token).toString('base64')}` },
        };
  return {
    chunkCombiner: inner.chunkCombiner,
    send: (path, body, send, callbacks) => inner.send(v1Path(path), body, authorize(send), callbacks),
    request: (path, body: unknown, send, started) =>
      inner.request(v1Path(path), body, authorize(send), started),
    iterate: (path, body: unknown, send) => inner.iterate(v1Path(path), body, authorize(send)),
  };
}

/** Returns the 1.x path of a 2.x write path. */
export function v1Path(path: string): string {
  const [route, query] = path.split('?', 2);
  if (route !== '/api/v2/write') {
    throw new TidewatchError({
      code: 'UNSUPPORTED_BY_V1',
      retriable: false,
      message: 'calling InfluxDB 1.x: only writes have a counterpart in it',
      facts: { route: route ?? '' },
    });
  }
  const asked = new URLSearchParams(query ?? '');
  const [database = '', retention] = (asked.get('bucket') ?? '').split('/', 2);
  const wanted = new URLSearchParams({
    db: database,
    precision: v1Precision(asked.get('precision') ?? 'ns'),
  });
  if (retention !== undefined && retention !== '') wanted.set('rp', retention);
  const consistency = asked.get('consistency');
  if (consistency !== null) wanted.set('consistency', consistency);
  return `/write?${wanted.toString()}`;
}

function v1Precision(precision: string): string {
  const known = PRECISIONS[precision];
  if (known !== undefined) return known;
  throw new TidewatchError({
    code: 'UNSUPPORTED_BY_V1',
    retriable: false,
    message: 'calling InfluxDB 1.x: unknown precision',
    facts: { precision },
  });
}
