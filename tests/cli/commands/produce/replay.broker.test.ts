import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import { csvRows } from '../../../jobs/backtest/csv-files.js';
import { kafkaClient } from '../../../support/kafka.js';
import { testKafka } from '../../../support/services.js';
import { makeTopics } from '../../../support/topics.js';
import { idOf, wholeTopic } from '../../../support/whole-topic.js';
import { fakeIo } from '../../fake-io.js';

it('replays a file under the name of the file, ends by itself, and says what it published', async () => {
  const prefix = await makeTopics(2);
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-replay-'));
  const replay = async (...flags: string[]) => {
    const fake = fakeIo({
      environment: {
        KAFKA_BROKERS: testKafka().brokers.join(','),
        TOPIC_PREFIX: prefix,
        LOG_LEVEL: 'silent',
      },
    });
    const line = [
      'produce',
      'replay',
      '--input',
      join(folder, 'db-1.csv'),
      '--label-column',
      'label',
      ...flags,
    ];
    await createProgram(fake.io).parseAsync(['node', 'tidewatch', ...line]);
    return fake.stdout();
  };
  try {
    await writeFile(
      join(folder, 'db-1.csv'),
      csvRows({ seed: 1, rows: 3_000, start: Date.UTC(2024, 0, 1), labelled: true }),
    );
    const first = JSON.parse(await replay('--as-fast-as-possible', '--json')) as { replayId: string };
    expect(first).toMatchObject({ host: 'replay-db-1', events: 3_000, planned: 3_000, rows: 3_000 });
    const records = await wholeTopic(kafkaClient(), prefix, 'metrics');
    expect(records.map(idOf)).toEqual(Array.from({ length: 3_000 }, (_, row) => `${first.replayId}:${row}`));
    expect(records.every(({ key }) => key?.toString() === 'replay-db-1')).toBe(true);
    expect(await replay('--rate', '100000')).toMatch(
      new RegExp(`^3000 events of replay-db-1 \\(group g-[0-9a-f]{8}, ids ${first.replayId}:0`),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
