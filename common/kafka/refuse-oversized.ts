import { TidewatchError } from '../errors.js';
import type { OutgoingRecord } from './publisher.js';
import { TOPICS } from './topics.js';

/** What a record batch costs beyond its records' keys, values and headers, bytes, generously. */
const BATCH_OVERHEAD = 512;

/**
 * Throws RECORD_TOO_LARGE for a record that its topic cannot take. The broker would refuse its whole batch: refused here, it costs
 * none of its neighbours.
 */
export function refuseOversized({ topic, key, value, headers }: OutgoingRecord): void {
  let bytes = BATCH_OVERHEAD + Buffer.byteLength(key) + (value?.length ?? 0);
  for (const [name, text] of Object.entries(headers)) bytes += name.length + text.length + 16;
  const limit = TOPICS[topic].maxMessageBytes;
  if (bytes <= limit) return;
  throw new TidewatchError({
    code: 'RECORD_TOO_LARGE',
    retriable: false,
    message: `publishing a record: ${bytes} bytes, but ${TOPICS[topic].name} takes ${limit}`,
    facts: { topic: TOPICS[topic].name, bytes, limit },
  });
}
