import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { InfluxDB, type Transport } from '@influxdata/influxdb-client';
import { messageOf, TidewatchError } from '../../common/errors.js';
import type { WriteFailure, WriteResult } from '../../common/kafka/delivery/target.js';
import { detectInflux, type InfluxVersion } from './detect.js';
import { type Answer, post } from './post.js';
import { createV1Transport } from './transport-v1.js';

export interface InfluxConnection {
  /** Base URL, for example `http://localhost:8086`. */
  readonly url: string;
  /** 2.x: a token with the right to write; 1.x: `user:password`, empty where authentication is off. */
  readonly token: string;
  /** Organisation; 2.x only. */
  readonly org: string;
  /** Bucket; 1.x: the database, or `database/retention-policy`. */
  readonly bucket: string;
  /** Longest wait for one answer, milliseconds. */
  readonly timeoutMs: number;
  /** Most lines of one request. */
  readonly maxLines: number;
  /** Most bytes of one request's lines; a single longer line still goes. */
  readonly maxBytes: number;
}

/** The one call that the sink makes. */
export interface InfluxClient {
  /**
   * Writes lines of line protocol (nanoseconds) and tells what became of them; see {@link WriteResult}. After `refused`
   * every other line is stored, however many requests it took to find the bad ones. Writing a line again is harmless.
   */
  write(lines: readonly string[], signal: AbortSignal): Promise<WriteResult>;
  /** What the server turned out to be; null before the first answer. */
  version(): InfluxVersion | null;
  /** Closes the connections; no write may be under way. */
  close(): void;
}

interface Channel {
  readonly transport: Transport;
  readonly version: InfluxVersion;
}

/** Returns a client; nothing is opened before the first write, which also asks the server for its version. */
export function createInfluxClient(connection: InfluxConnection): InfluxClient {
  const agent = agentFor(connection.url);
  const path = `/api/v2/write?${new URLSearchParams({ org: connection.org, bucket: connection.bucket, precision: 'ns' })}`;
  let channel: Channel | undefined;
  const send = async (open: Channel, lines: readonly string[], signal: AbortSignal) =>
    post(open.transport, path, lines.join('\n'), { timeoutMs: connection.timeoutMs, signal });
  return {
    version: () => channel?.version ?? null,
    close: () => agent.destroy(),
    async write(lines, signal) {
      if (channel === undefined) {
        const opened = await openChannel(connection, agent, signal);
        if (opened instanceof TidewatchError) return givenUp(opened);
        channel = opened;
      }
      const open = channel;
      const failures: WriteFailure[] = [];
      for (const chunk of chunks(lines, connection)) {
        const stopped = await writeChunk(chunk, (part) => send(open, part, signal), failures);
        if (stopped !== undefined) return stopped;
      }
      return failures.length === 0 ? { kind: 'delivered' } : { kind: 'refused', failures };
    },
  };
}

/** A run of lines and where it starts among all of them. */
interface Chunk {
  readonly lines: readonly string[];
  readonly start: number;
}

/**
 * Writes a chunk; on 400, 413 and 422 its halves, down to single lines: servers keep the good lines of a refused request
 * (1.x) or none (2.x, some errors) and name the bad ones unreliably, so a line counts as stored only when a request that
 * holds it was taken whole. Adds the refused lines to `failures`; returns a result only when the write must end here.
 */
async function writeChunk(
  chunk: Chunk,
  send: (lines: readonly string[]) => Promise<Answer>,
  failures: WriteFailure[],
): Promise<WriteResult | undefined> {
  const answer = await send(chunk.lines);
  if (answer.kind === 'taken') return undefined;
  if (answer.kind === 'unanswered' || ![400, 413, 422].includes(answer.status)) return judge(answer);
  if (chunk.lines.length === 1) {
    failures.push({
      index: chunk.start,
      code: refusalCode(answer.status, answer.message),
      reason: `writing point: InfluxDB answers ${answer.status} ${answer.message}`,
    });
    return undefined;
  }
  const middle = Math.ceil(chunk.lines.length / 2);
  const first = { lines: chunk.lines.slice(0, middle), start: chunk.start };
  const second = { lines: chunk.lines.slice(middle), start: chunk.start + middle };
  return (await writeChunk(first, send, failures)) ?? (await writeChunk(second, send, failures));
}

/** Returns what an answer that is neither success nor a refusal of lines means: come again, or give up. */
function judge(answer: Exclude<Answer, { kind: 'taken' }>): WriteResult {
  if (answer.kind === 'unanswered') {
    const message = `writing points: ${answer.message}`;
    const error = new TidewatchError({
      code: 'INFLUX_UNREACHABLE',
      retriable: true,
      cause: answer.cause,
      message,
    });
    return { kind: 'retry', afterMs: null, error };
  }
  const { status, message } = answer;
  const retriable = status === 408 || status === 429 || status >= 500;
  const error = new TidewatchError({
    code: brokenCode(status),
    retriable,
    message: `writing points: InfluxDB answers ${status} ${message}`.trim(),
    facts: { status },
  });
  return retriable ? { kind: 'retry', afterMs: answer.retryAfterMs, error } : { kind: 'broken', error };
}

function brokenCode(status: number): string {
  if (status === 401 || status === 403) return 'INFLUX_UNAUTHORIZED';
  if (status === 404) return 'INFLUX_BUCKET_NOT_FOUND';
  return status === 429 || status >= 500 ? 'INFLUX_OVERLOADED' : 'INFLUX_UNEXPECTED_ANSWER';
}

function refusalCode(status: number, message: string): string {
  if (status === 413) return 'POINT_TOO_LARGE';
  if (message.includes('field type conflict')) return 'FIELD_TYPE_CONFLICT';
  if (message.includes('retention policy')) return 'BEYOND_RETENTION';
  if (message.includes('max-values-per-tag') || message.includes('max-series')) return 'CARDINALITY_LIMIT';
  return 'POINT_REFUSED';
}

function givenUp(error: TidewatchError): WriteResult {
  return error.retriable ? { kind: 'retry', afterMs: null, error } : { kind: 'broken', error };
}

async function openChannel(
  connection: InfluxConnection,
  agent: HttpAgent,
  signal: AbortSignal,
): Promise<Channel | TidewatchError> {
  const { url, token, timeoutMs } = connection;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const version = await detectInflux(url, limit, fetch);
    const options = { url, token, timeout: timeoutMs, transportOptions: { agent } };
    const transport = version.api === 'v1' ? createV1Transport(options) : new InfluxDB(options).transport;
    return { transport, version };
  } catch (error) {
    if (error instanceof TidewatchError) return error;
    return new TidewatchError({
      code: 'INFLUX_SETTINGS',
      retriable: false,
      cause: error,
      message: `opening InfluxDB: ${messageOf(error)}`,
    });
  }
}

function agentFor(url: string): HttpAgent {
  const options = { keepAlive: true, maxSockets: 4 };
  return url.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
}

function* chunks(lines: readonly string[], limits: InfluxConnection): Generator<Chunk> {
  let start = 0;
  let bytes = 0;
  for (const [index, line] of lines.entries()) {
    const size = Buffer.byteLength(line) + 1;
    const full = index - start >= limits.maxLines || bytes + size > limits.maxBytes;
    if (full && index > start) {
      yield { lines: lines.slice(start, index), start };
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < lines.length) yield { lines: lines.slice(start), start };
}
