import { HttpError, type Transport } from '@influxdata/influxdb-client';
import { messageOf } from '../../common/errors.js';

/** What came back of one request. */
export type Answer =
  | { readonly kind: 'taken' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message: string;
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: 'unanswered'; readonly cause: unknown; readonly message: string };

/** Longest message of a server that is passed on, characters. */
const MESSAGE_LENGTH = 300;

export interface PostOptions {
  /** Longest time from the call to the whole answer, milliseconds. */
  readonly timeoutMs: number;
  /** Gives up when it fires. */
  readonly signal: AbortSignal;
}

/**
 * Posts one body and resolves with the answer to exactly this body; never rejects. The client's WriteApi is not used: its
 * `flush()` resolves while full batches are still under way and its retries outlive the call, so it cannot tell when Kafka's
 * offsets may be committed. Its own `timeout` reports a slow server and leaves the request open; the signal here ends it.
 */
export async function post(
  transport: Transport,
  path: string,
  body: string,
  options: PostOptions,
): Promise<Answer> {
  const control = new AbortController();
  const abort = () => control.abort();
  const timer = setTimeout(abort, options.timeoutMs);
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    if (options.signal.aborted) return { kind: 'unanswered', cause: undefined, message: 'given up' };
    return await send(transport, path, body, control.signal);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', abort);
  }
}

function send(transport: Transport, path: string, body: string, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    let status: number | undefined;
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    transport.send(
      path,
      body,
      { method: 'POST', headers, signal },
      {
        responseStarted: (_, code) => {
          status = code;
        },
        error: (error) => resolve(answerOf(error, signal.aborted)),
        complete: () => resolve(completed(status)),
      },
    );
  });
}

/** Only 204 (and the client's own 201) means written: a proxy's login page is a friendly 200. */
function completed(status: number | undefined): Answer {
  if (status === 204 || status === 201) return { kind: 'taken' };
  return { kind: 'status', status: status ?? 0, message: 'not an answer to a write', retryAfterMs: null };
}

function answerOf(error: Error, gaveUp: boolean): Answer {
  if (!(error instanceof HttpError)) {
    const message = gaveUp ? 'no answer in time' : messageOf(error);
    return { kind: 'unanswered', cause: error, message };
  }
  return {
    kind: 'status',
    status: error.statusCode,
    message: serverMessage(error.body ?? ''),
    retryAfterMs: retryAfterOf(error),
  };
}

/** Returns the wait that the server asks for: `HttpError.retryAfter()` of client 1.35.0 gives its seconds as milliseconds. */
function retryAfterOf(error: HttpError): number | null {
  const header: unknown = error.headers?.['retry-after'];
  if (typeof header !== 'string' || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds > 0 ? seconds * 1_000 : null;
  // The other form is a date, measured by the server's own clock.
  const waitMs = Date.parse(header) - Date.parse(String(error.headers?.['date']));
  return waitMs > 0 ? waitMs : null;
}

/** Returns what the server said, without the quoted line: messages end up in headers and logs, payloads must not. */
function serverMessage(body: string): string {
  const text = jsonMessage(body) ?? body;
  return text
    .replace(/unable to parse '[\s\S]*?': /g, 'unable to parse: ')
    .trim()
    .slice(0, MESSAGE_LENGTH);
}

function jsonMessage(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    for (const key of ['error', 'message']) {
      const value: unknown = Reflect.get(parsed, key);
      if (typeof value === 'string') return value;
    }
    return undefined;
  } catch {
    return undefined;
  }
}
