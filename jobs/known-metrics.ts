import { TidewatchError } from '../common/errors.js';
import type { ModelVersion } from '../schemas/model-version.js';

/**
 * Refuses a file that has none of the metrics that a model knows: its forest would say the same of every row. Throws BAD_INPUT.
 * @param doing what is being done, for the message: `evaluating a model`
 * @param columns metric columns of the file
 */
export function requireKnownMetrics(
  doing: string,
  columns: readonly string[],
  { features }: ModelVersion,
): void {
  const known = [...new Set(features.map(({ metric }) => metric))];
  if (known.some((metric) => columns.includes(metric))) return;
  const names = known.slice(0, 5).join(', ');
  throw new TidewatchError({
    code: 'BAD_INPUT',
    retriable: false,
    message: `${doing}: the file has none of the model's metrics (${names}${known.length > 5 ? ' ...' : ''})`,
  });
}
