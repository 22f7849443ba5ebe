import type { Admin } from 'kafkajs';
import { codeOf, TidewatchError } from '../errors.js';

/** Returns the number of partitions of each topic. Throws TOPIC_MISSING, naming all that are not there. */
export async function partitionCounts(
  admin: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length > 0) {
    throw new TidewatchError({
      code: 'TOPIC_MISSING',
      retriable: false,
      message: `looking up topics: ${missing.join(', ')} not found; make them with "tidewatch topics apply"`,
      facts: { missing: missing.join(',') },
    });
  }
  try {
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
    return new Map(found.map(({ name, partitions }) => [name, partitions.length]));
  } catch (error) {
    throw new TidewatchError({
      code: codeOf(error),
      retriable: true,
      cause: error,
      message: `looking up partitions of ${topics.join(', ')}`,
    });
  }
}
