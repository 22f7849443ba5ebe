import { FNV_START, fnv1a } from './text-hash.js';

/**
 * Returns the model group of an event: its label `group`, or `g-` and 8 hex digits of a fingerprint of its metric names.
 * O(characters of the names).
 * @param metrics names, sorted
 * @example
 * groupOf({ group: 'web' }, ['cpu']); // 'web'
 */
export function groupOf(labels: Readonly<Record<string, string>>, metrics: readonly string[]): string {
  const label = labels['group'];
  if (label !== undefined && label !== '') return label;
  let hash = FNV_START;
  // The separator keeps ['ab', 'c'] apart from ['a', 'bc']; it cannot be part of a name.
  for (const metric of metrics) hash = fnv1a('\n', fnv1a(metric, hash));
  return `g-${hash.toString(16).padStart(8, '0')}`;
}
