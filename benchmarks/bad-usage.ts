import { codeOf, TidewatchError } from '../common/errors.js';

/** Returns the error of a command line that cannot be meant. */
export function badUsage(message: string): TidewatchError {
  return new TidewatchError({ code: 'BAD_SETTINGS', retriable: false, message });
}

/** Returns the exit code of a benchmark that ends with an error: 2 for bad usage, ours or what `parseArgs` refuses, otherwise 1. */
export function exitCodeOf(error: unknown): 1 | 2 {
  const code = codeOf(error);
  return code === 'BAD_SETTINGS' || code.startsWith('ERR_PARSE_ARGS_') ? 2 : 1;
}
