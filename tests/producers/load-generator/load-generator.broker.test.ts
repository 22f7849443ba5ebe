import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSettings } from '../../../common/config.js';
import { loadSettings } from '../../../producers/load-generator/config.js';
import { runLoadGenerator } from '../../../producers/load-generator/main.js';
import type { LoadReport } from '../../../producers/load-generator/report.js';
import { metricEventCodec } from '../../../schemas/metric-event.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { makeTopics } from '../../support/topics.js';
import { consumeUntil } from '../consumed-records.js';

async function generate(
  prefix: string,
  values: Record<string, string>,
  onStart?: (stop: () => Promise<void>) => void,
) {
  const output: string[] = [];
  const running = await runLoadGenerator({
    settings: readSettings(loadSettings, { values, readFile: () => '' }),
    kafka: kafkaClient(),
    topicPrefix: prefix,
    log: testLog(),
    producerId: randomUUID(),
    now: () => Date.now(),
    progress: null,
    standardOutput: { write: (text) => output.push(text) },
  });
  onStart?.(running.stop);
  const report = await running.report;
  await running.done;
  return { report, output };
}

test('what the report claims is in the topic: every acknowledged event once, with key, partition and identity', async () => {
  const prefix = await makeTopics(4);
  const folder = await mkdtemp(join(tmpdir(), 'load-'));
  try {
    const file = join(folder, 'report.json');
    const { report } = await generate(prefix, {
      LOAD_RATE: '300',
      LOAD_DURATION_SECONDS: '3',
      LOAD_RAMP_SECONDS: '1',
      LOAD_HOSTS: '7',
      LOAD_METRICS: '5',
      LOAD_REPORT: file,
    });
    expect(report).toMatchObject({ planned: 750, failed: 0, unanswered: 0, interrupted: false });
    expect(report.sent + report.unsent).toBe(750);
    expect(report.acknowledgementMs.p50).toBeGreaterThan(0);
    expect(report.fromScheduleMs.max).toBeGreaterThanOrEqual(report.acknowledgementMs.p50);
    expect(JSON.parse(await readFile(file, 'utf8')) as LoadReport).toEqual(report);
    const records = await consumeUntil(prefix, 'metrics', ({ length }) => length >= report.acknowledged);
    expect(records).toHaveLength(report.acknowledged);
    expect(new Set(records.map(({ id }) => id)).size).toBe(report.acknowledged);
    expect(new Set(records.map(({ key }) => key)).size).toBe(7);
    for (const { key, partition, value, id } of records) {
      expect(partition).toBe(kafkaClient().partitionOf(key, 4));
      expect(metricEventCodec.decode(value)).toMatchObject({
        ok: true,
        value: { id, host: key, source: 'load', labels: { group: 'load' } },
      });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a rate that cannot be reached is not claimed', async () => {
  const { report, output } = await generate(await makeTopics(4), {
    LOAD_RATE: '1000000',
    LOAD_DURATION_SECONDS: '1',
    LOAD_METRICS: '50',
    LOAD_REPORT: '-',
  });
  expect(report.reached).toBe(false);
  expect(report.achievedRate).toBeLessThan(500_000);
  expect(report.unsent).toBeGreaterThan(0);
  expect(JSON.parse(output.join(''))).toEqual(report);
});

test('a stop ends the run early, with a report that says so', async () => {
  const { report } = await generate(
    await makeTopics(4),
    { LOAD_RATE: '100', LOAD_DURATION_SECONDS: '600' },
    (stop) => void stop(),
  );
  expect(report).toMatchObject({ interrupted: true, reached: false, unanswered: 0 });
});
