import type { Admin } from 'kafkajs';
import { TidewatchError } from '../../errors.js';
import type { DeliveryInput } from './options.js';

/** Throws TOPIC_MISSING, naming them, when inputs or their dead-letter topics are not there. */
export async function assertTopics(admin: Admin, inputs: readonly DeliveryInput[]): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const needed = inputs.flatMap(({ topic, deadLetter }) =>
    deadLetter === null ? [topic] : [topic, deadLetter],
  );
  const missing = needed.filter((topic) => !existing.has(topic));
  if (missing.length === 0) return;
  throw new TidewatchError({
    code: 'TOPIC_MISSING',
    retriable: false,
    message: `starting delivery: no such topic: ${missing.join(', ')}; create them with \`tidewatch topics apply\``,
  });
}
