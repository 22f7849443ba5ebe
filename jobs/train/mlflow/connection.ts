import { setTimeout as pause } from 'node:timers/promises';
import { messageOf, TidewatchError } from '../../../common/errors.js';
import type { MlflowSettings } from './config.js';

/** What a server answered: its JSON, or its refusal. */
export type MlflowAnswer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly message: string };

/** One request. `repeatable`: a second one changes nothing more, so that it is repeated when the first had no answer. */
export interface MlflowRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** Path below the server's address, with its query. */
  readonly path: string;
  readonly body?: string | Buffer;
  readonly contentType?: string;
  readonly repeatable: boolean;
}

/** A server, asked with its login, timeouts and a bounded number of repetitions. */
export interface MlflowConnection {
  /** Returns the answer, a refusal (4xx) included. Throws MLFLOW_UNREACHABLE when there is none. */
  ask(request: MlflowRequest): Promise<MlflowAnswer>;
}

/** The part of `fetch` that is used. */
export type MlflowFetch = (url: string, init: RequestInit) => Promise<Response>;

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 200;
/** All requests of a run together get so many times the wait for one answer. */
const RUN_TIMEOUTS = 6;
const MESSAGE_LENGTH = 300;

/**
 * Returns a connection to the server of `MLFLOW_TRACKING_URI`; nothing is opened. Written on fetch: ten calls of a documented API are
 * needed, and the clients on npm are small projects of single people. Throws MLFLOW_UNREACHABLE for an address that is not http or
 * https: `file:` and `sqlite:` are for Python alone.
 */
export function connectMlflow(
  uri: string,
  settings: MlflowSettings,
  request: MlflowFetch = fetch,
): MlflowConnection {
  const { base, login } = addressOf(uri);
  const authorization = authorizationOf(settings) ?? login;
  const giveUp = AbortSignal.timeout(RUN_TIMEOUTS * settings.MLFLOW_TIMEOUT_MS);

  const once = async ({ method, path, body, contentType }: MlflowRequest): Promise<Response> =>
    request(`${base}${path}`, {
      method,
      // A login page of a proxy is no answer.
      redirect: 'error',
      headers: {
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([giveUp, AbortSignal.timeout(settings.MLFLOW_TIMEOUT_MS)]),
    });

  return {
    async ask(asked) {
      let last: unknown;
      for (let attempt = 0; attempt < ATTEMPTS && !giveUp.aborted; attempt += 1) {
        if (attempt > 0) await pause(FIRST_WAIT_MS * 2 ** (attempt - 1));
        try {
          const response = await once(asked);
          if (response.status < 500 && response.status !== 429) return await answerOf(response);
          last = new Error(`status ${response.status}`);
          await response.body?.cancel();
          // 429 and 503 say that nothing was done; after any other failure that is not known.
          if (!asked.repeatable && response.status !== 429 && response.status !== 503) break;
        } catch (error) {
          last = error;
          if (!asked.repeatable && !wasRefused(error)) break;
        }
      }
      throw unreachable(base, last);
    },
  };
}

interface Address {
  readonly base: string;
  readonly login: string | null;
}

/** A login inside the address is taken out of it: fetch refuses it, and messages name the address. */
function addressOf(uri: string): Address {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new TidewatchError({
      code: 'MLFLOW_UNREACHABLE',
      retriable: false,
      message:
        'logging to MLflow: MLFLOW_TRACKING_URI is no http or https address: start "mlflow server" and name it',
    });
  const { username, password } = url;
  const login = username === '' ? null : basic(decodeURIComponent(username), decodeURIComponent(password));
  return { base: `${url.origin}${url.pathname}`.replace(/\/+$/, ''), login };
}

function authorizationOf(settings: MlflowSettings): string | null {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user } = settings;
  if (token !== null) return `Bearer ${token}`;
  return user === null ? null : basic(user, settings.MLFLOW_TRACKING_PASSWORD ?? '');
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function answerOf(response: Response): Promise<MlflowAnswer> {
  const body = parsed(await response.text());
  if (response.ok) return { ok: true, body };
  const code = textAt(body, 'error_code') ?? `status ${response.status}`;
  const message = (textAt(body, 'message') ?? response.statusText).slice(0, MESSAGE_LENGTH);
  return { ok: false, status: response.status, code, message };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function textAt(body: unknown, key: string): string | null {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, key) : undefined;
  return typeof value === 'string' ? value : null;
}

/** Whether nobody took the connection, so that nothing can have been done. */
function wasRefused(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && Reflect.get(cause, 'code') === 'ECONNREFUSED';
}

function unreachable(base: string, cause: unknown): TidewatchError {
  const deeper: unknown = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return new TidewatchError({
    code: 'MLFLOW_UNREACHABLE',
    retriable: true,
    message: `logging to MLflow: ${base} gave no answer (${messageOf(deeper)})`,
    cause,
  });
}
