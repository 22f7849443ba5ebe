import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishModel } from '../../../jobs/train/publish-model.js';
import { runReplay } from '../../../producers/replay/main.js';
import { planReplay } from '../../../producers/replay/plan.js';
import { modelFromJson, modelToJson } from '../../../schemas/model-json.js';
import { type Prediction, predictionCodec } from '../../../schemas/prediction.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { startWindowAndScore } from '../../support/live-pipeline.js';
import { metricPublisher } from '../../support/metric-stream.js';
import { waitFor } from '../../support/services.js';
import { makeTopics } from '../../support/topics.js';
import { wholeTopic } from '../../support/whole-topic.js';
import { csvRows, ROW_MS } from './csv-files.js';
import { backtest, TIMES, trainOnFile, type VerdictRow } from './harness.js';

const ROWS = 900;
const START = Date.UTC(2024, 0, 1);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-replay-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function predictions(prefix: string): Promise<Map<number, Prediction>> {
  const byRow = new Map<number, Prediction>();
  for (const { value } of await wholeTopic(kafkaClient(), prefix, 'predictions')) {
    const decoded = value === null ? null : predictionCodec.decode(value);
    if (decoded?.ok === true) byRow.set(Number(decoded.value.id.split(':')[1]), decoded.value);
  }
  return byRow;
}

function liveCells({ score, isAnomaly, methods }: Prediction): VerdictRow {
  const method = (name: string) => String(methods.find((one) => one.name === name)?.score ?? '');
  return {
    score: String(score),
    is_anomaly: String(Number(isAnomaly)),
    zscore: method('zscore'),
    baseline: method('baseline'),
    iforest: method('iforest'),
  };
}

/** Leaves the timestamp and the first metric: a host of one metric is told of news, too. */
function firstMetricOf(csv: string): string {
  return csv.replace(/^([^,\n]*,[^,\n]*).*$/gm, '$1');
}

describe('a file that is replayed through Kafka', () => {
  it.each([
    ['of three metrics', (csv: string) => csv],
    ['of one metric', firstMetricOf],
  ])('%s gets the very doubles that a backtest writes', async (_name, narrow) => {
    const input = narrow(csvRows({ seed: 11, rows: ROWS, start: START, incident: [700, 720], gapEvery: 50 }));
    const train = join(folder, 'train.csv');
    await writeFile(train, narrow(csvRows({ seed: 12, rows: 500, start: START - 500 * ROW_MS })));
    const decoded = modelFromJson(modelToJson(await trainOnFile(train, 'web')));
    if (!decoded.ok) throw new Error(decoded.reason);
    const { verdicts } = await backtest(folder, { input }, { model: decoded.value, group: 'web' });
    expect(verdicts).toHaveLength(ROWS);

    const prefix = await makeTopics(4);
    const publisher = await metricPublisher(kafkaClient(), prefix);
    await publishModel(publisher, decoded.value);
    await publisher.close();
    const live = await startWindowAndScore(prefix);
    try {
      const file = {
        path: join(folder, 'input.csv'),
        host: 'web-1',
        group: 'web',
        labelColumn: null,
        times: TIMES,
      };
      const replay = await runReplay({
        kafka: kafkaClient(),
        topicPrefix: prefix,
        log: testLog(),
        file,
        plan: await planReplay(file, Date.now()),
        rate: null,
        progress: { write: () => undefined },
        monotonicNow: () => performance.now(),
      });
      expect(await replay.report).toMatchObject({ host: 'web-1', group: 'web', rows: ROWS, events: ROWS });
      let scored = new Map<number, Prediction>();
      await waitFor(
        async () => {
          scored = await predictions(prefix);
          return scored.size >= ROWS;
        },
        { timeoutMs: 60_000, everyMs: 500, what: `${ROWS} predictions` },
      );
      const different = verdicts.filter(({ row, timestamp, alarm: _, ...cells }) => {
        const prediction = scored.get(Number(row));
        if (prediction === undefined || String(prediction.timestamp) !== timestamp) return true;
        const other = liveCells(prediction);
        return Object.entries(cells).some(([name, cell]) => other[name] !== cell);
      });
      expect(different.slice(0, 3)).toEqual([]);
    } finally {
      await live.stop();
    }
    // What is compared is worth comparing: all methods spoke, the incident was seen, and rare rows lack a cell.
    expect(verdicts.filter(({ is_anomaly: verdict }) => verdict === '1').length).toBeGreaterThan(5);
    expect(new Set(verdicts.map(({ score }) => score)).size).toBeGreaterThan(200);
    expect(verdicts.filter(({ baseline }) => baseline === '').length).toBeLessThan(60);
  });
});
