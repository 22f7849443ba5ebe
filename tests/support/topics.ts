import { readSettings } from '../../common/config.js';
import { applyTopics } from '../../common/kafka/apply-topics.js';
import { topicSettings } from '../../common/kafka/settings.js';
import { kafkaClient } from './kafka.js';
import { uniqueName } from './services.js';

/** Makes a full set of topics under a prefix of its own and returns the prefix. */
export async function makeTopics(partitions = 4): Promise<string> {
  const prefix = `${uniqueName('t')}.`;
  const admin = kafkaClient().admin();
  await admin.connect();
  try {
    await applyTopics(
      admin,
      prefix,
      readSettings(topicSettings, { values: { TOPIC_PARTITIONS: String(partitions) }, readFile: () => '' }),
    );
  } finally {
    await admin.disconnect();
  }
  return prefix;
}
