import { TidewatchError } from '../../common/errors.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Returns milliseconds of a text like 90s, 3m or 500ms. Throws BAD_SETTINGS. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined) {
    throw new TidewatchError({
      code: 'BAD_SETTINGS',
      retriable: false,
      message: `reading a duration: "${text}" is none; write 90s, 3m or 1h`,
    });
  }
  return Number(match[1]) * unit;
}
