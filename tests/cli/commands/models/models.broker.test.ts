import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import { modelToJson } from '../../../../schemas/model-json.js';
import { testKafka } from '../../../support/services.js';
import { simulateFeatures } from '../../../support/simulated-features.js';
import { makeTopics } from '../../../support/topics.js';
import { trainedModel } from '../../../support/trained-model.js';
import { fakeIo } from '../../fake-io.js';

async function run(prefix: string, ...line: string[]): Promise<string> {
  const fake = fakeIo({
    environment: { KAFKA_BROKERS: testKafka().brokers.join(','), TOPIC_PREFIX: prefix, LOG_LEVEL: 'silent' },
  });
  await createProgram(fake.io).parseAsync(['node', 'tidewatch', ...line]);
  return fake.stdout();
}

it('publishes model files, lists what is there, and writes back the very file', async () => {
  const prefix = await makeTopics(2);
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-models-'));
  try {
    expect(await run(prefix, 'models', 'list')).toBe('no models yet\n');
    const rows = simulateFeatures({ seed: 3, events: 150, group: 'web' });
    const texts = [1_000, 2_000].map((created) => modelToJson(trainedModel(rows, { created, trees: 3 })));
    for (const text of texts) {
      await writeFile(join(folder, 'model.json'), text);
      await run(prefix, 'models', 'import', '--format', 'tidewatch-json', join(folder, 'model.json'));
    }
    expect(JSON.parse(await run(prefix, 'models', 'list', '--json'))).toMatchObject([
      { model: 'iforest.web', created: 1_000, current: false },
      { model: 'iforest.web', created: 2_000, current: true },
    ]);
    expect(await run(prefix, 'models', 'list')).toMatch(/^MODEL +VERSION +CREATED/);
    const out = join(folder, 'out.json');
    const shown = await run(prefix, 'models', 'show', 'web', '--model-out', out);
    expect(shown).toMatch(/trained on +120 rows of 1 hosts, provisional/);
    expect(await readFile(out, 'utf8')).toBe(texts[1]);
    await expect(run(prefix, 'models', 'show', 'mail')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
