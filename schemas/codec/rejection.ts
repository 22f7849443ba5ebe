/**
 * Why a record cannot be used. The codes are stable: they travel in the dead letter's `x-error-code` header and label
 * metrics, so that a code is added but never renamed.
 *
 * Frame: EMPTY (no bytes), TOO_LARGE, NOT_SINGLE_OBJECT (other magic), UNKNOWN_SCHEMA (other fingerprint).
 * Bytes: TRUNCATED (ends inside a value), TRAILING_BYTES, BLOCK_BOMB (a block announces more items than its bytes can
 * hold), TOO_DEEP, MALFORMED (a number, branch or length that the encoding does not allow), BAD_TEXT (not UTF-8).
 * Meaning: NOT_FINITE, OUT_OF_RANGE, TIMESTAMP_OUT_OF_RANGE, DISORDERED_METRICS (unsorted or repeated),
 * LENGTH_MISMATCH (parallel arrays differ), BAD_NAME (empty, too long, other characters, or a name that JavaScript objects
 * give a meaning to).
 */
export type RejectionCode =
  | 'EMPTY'
  | 'TOO_LARGE'
  | 'NOT_SINGLE_OBJECT'
  | 'UNKNOWN_SCHEMA'
  | 'TRUNCATED'
  | 'TRAILING_BYTES'
  | 'BLOCK_BOMB'
  | 'TOO_DEEP'
  | 'MALFORMED'
  | 'BAD_TEXT'
  | 'NOT_FINITE'
  | 'OUT_OF_RANGE'
  | 'TIMESTAMP_OUT_OF_RANGE'
  | 'DISORDERED_METRICS'
  | 'LENGTH_MISMATCH'
  | 'BAD_NAME';

/** A stable code and one sentence without payload: a reason names fields, positions and limits, never the record's content. */
export interface Problem {
  readonly code: RejectionCode;
  readonly reason: string;
}

/** The other outcome of reading bytes: they cannot be used. A value, because bad bytes from outside are expected. */
export interface Rejection extends Problem {
  readonly ok: false;
}

/** Returns the rejection with this code and reason. */
export function reject(code: RejectionCode, reason: string): Rejection {
  return { ok: false, code, reason };
}
