/** What a {@link TidewatchError} is made of. `facts` holds plain values only: no payloads, no secrets. */
export interface ErrorDetails {
  readonly code: string;
  readonly message: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retriable: boolean;
  readonly cause?: unknown;
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
}

/**
 * The one error type of Tidewatch: broken infrastructure or a broken invariant. Expected bad data is never thrown, it is
 * a value (see `Outcome` of the lane loop). `code` is UPPER_SNAKE and stable; `message` starts with a gerund.
 */
export class TidewatchError extends Error {
  readonly code: string;
  readonly retriable: boolean;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'TidewatchError';
    this.code = details.code;
    this.retriable = details.retriable;
    this.facts = details.facts ?? {};
  }
}

/** Returns the message of anything thrown: its `message` when it is an Error, else its text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Returns the first `code` (or kafkajs `type`) found along the chain of causes, or 'UNKNOWN'. */
export function codeOf(thrown: unknown): string {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth += 1) {
    for (const key of ['code', 'type'] as const) {
      const value: unknown = Reflect.get(error, key);
      if (typeof value === 'string') return value;
    }
  }
  return 'UNKNOWN';
}
