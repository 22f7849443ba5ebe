import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { loadPatchedKafkajs } from '../../../../common/kafka/client.js';
import { withoutAbortedRecords } from '../../../../common/kafka/patches/aborted-records.js';
import { replaceKafkajsModule } from '../../../../common/kafka/patches/kafkajs-module.js';

const require = createRequire(import.meta.url);

// Every module of the command is loaded below: whoever imports kafkajs by value makes this fail.
it('finds kafkajs not loaded yet by anything that the command imports, so that the patch reaches the consumer', async () => {
  await import('../../../../infra/local/services.js');
  loadPatchedKafkajs();
  expect(require('kafkajs/src/consumer/filterAbortedMessages')).toBe(withoutAbortedRecords);
  loadPatchedKafkajs();
});

it('refuses to replace a part of kafkajs that is in use already', () => {
  loadPatchedKafkajs();
  const late = () => replaceKafkajsModule('consumer/subscriptionState', {});
  expect(late).toThrow(expect.objectContaining({ code: 'KAFKAJS_LOADED_EARLY' }));
});
