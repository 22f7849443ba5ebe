import { REFUSED_CODES } from '../refused-codes.js';

/** Failures that no retry of a lane mends: rights, sizes, and settings that the broker refuses. */
export const FATAL_CODES: ReadonlySet<string> = new Set([
  ...REFUSED_CODES,
  'INVALID_TRANSACTION_TIMEOUT',
  'UNSUPPORTED_VERSION',
  'TOO_MANY_REJECTED',
]);
