import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafka } from '../../common/kafka/client.js';
import { readTopic, type TopicReader } from '../../common/kafka/topic-reader.js';
import { topicName } from '../../common/kafka/topics.js';
import { type Prediction, predictionCodec } from '../../schemas/prediction.js';
import { testLog } from '../support/kafka.js';
import { waitFor } from '../support/services.js';
import { endOfLogs, makeUpHome, processesOf, type UpHome, UpProcess } from './up-process.js';

const PREFIX = 'tidewatch.';
const SIMULATED = ['sim-1', 'sim-2', 'sim-3'];
/** What stress of kind cpu moves. */
const STRESSED = ['cpu_percent', 'load_1m'];

let home: UpHome;
let up: UpProcess | undefined;
beforeAll(async () => {
  home = await makeUpHome();
});
afterAll(async () => {
  up?.signal('SIGTERM');
  await up?.ended();
  await home.remove();
});

interface Seen {
  readonly prediction: Prediction;
  /** When it could be read, milliseconds since the epoch. */
  readonly at: number;
}

/** Collects the verdicts of the running stream, as anybody who reads the topic sees them. */
async function readVerdicts(from: 'beginning' | 'end'): Promise<{ seen: Seen[]; reader: TopicReader }> {
  const services = JSON.parse(await readFile(join(home.folder, 'services.json'), 'utf8')) as {
    kafka: { brokers: string[] };
  };
  const seen: Seen[] = [];
  const reader = await readTopic({
    kafka: createKafka({ brokers: services.kafka.brokers, clientId: 'up-test' }, testLog()),
    topic: topicName(PREFIX, 'predictions'),
    groupPrefix: 'up-test.',
    from,
    log: testLog(),
    onRecords: (records) => {
      for (const { value } of records) {
        const decoded = value === null ? null : predictionCodec.decode(value);
        if (decoded?.ok === true) seen.push({ prediction: decoded.value, at: Date.now() });
      }
    },
  });
  return { seen, reader };
}

function mostOf({ metrics, contributions }: Prediction): string {
  const most = Math.max(...contributions);
  return metrics[contributions.indexOf(most)] ?? '';
}

async function stress(): Promise<number> {
  const response = await fetch(`${home.simulator}/stress`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'cpu', hosts: 'all', seconds: 10 }),
  });
  expect(response.status).toBe(202);
  const { firstEventTime } = (await response.json()) as { firstEventTime: number };
  return firstEventTime;
}

async function endedWell(ended: UpProcess): Promise<void> {
  const code = await ended.ended();
  expect(code, `${ended.output}\n${await endOfLogs(home)}`).toBe(0);
}

describe('tidewatch up', () => {
  it('shows verdicts, trains a model, lands every event in InfluxDB and ends by itself, leaving no process', {
    timeout: 240_000,
  }, async () => {
    up = new UpProcess(home, '--for', '60s');
    await up.running();
    const overview = (await (await fetch(home.overview)).json()) as { processes: { pid: number | null }[] };
    expect(overview.processes).toHaveLength(6);
    for (const { pid } of overview.processes) expect(pid).toBeGreaterThan(0);
    await endedWell(up);
    expect(up.output).toMatch(/^sim-1 score=\S+ verdict=\S+ confidence=\S+ top="/m);
    expect(up.output).toMatch(
      /^[1-9]\d+ events, [1-9]\d+ verdicts \(0 missing, 0 repeated\), [1-9]\d+ points in ai_predictions, difference 0, 0 dead letters$/m,
    );
    expect(await readFile(join(home.folder, 'logs/trainer.log'), 'utf8')).toContain('"model trained"');
    expect(await readFile(join(home.folder, 'logs/collector.log'), 'utf8')).toMatch(/"cpuSecondsPerHour":\d/);
    expect(await processesOf(home)).toEqual([]);
  });

  it('finds data and models again, flags stress within 5 s, and stops on SIGTERM within 10 s without a loss', {
    timeout: 180_000,
  }, async () => {
    up = new UpProcess(home);
    await up.running();
    const { seen, reader } = await readVerdicts('end');
    const newest = (host: string) =>
      seen.filter(({ prediction }) => prediction.host === host).at(-1)?.prediction;
    await waitFor(() => SIMULATED.every((host) => newest(host) !== undefined), {
      timeoutMs: 20_000,
      what: 'a verdict on every simulated host',
    });
    for (const host of SIMULATED) {
      const first = seen.find(({ prediction }) => prediction.host === host)?.prediction;
      expect(first).toMatchObject({ warmingUp: false, modelVersion: expect.stringMatching(/^v\d/) });
    }

    const from = await stress();
    const flagged = (host: string) =>
      seen.find(
        ({ prediction: { host: name, isAnomaly, timestamp } }) =>
          name === host && isAnomaly && timestamp >= from,
      );
    await waitFor(() => SIMULATED.every((host) => flagged(host) !== undefined), {
      timeoutMs: 15_000,
      what: 'every stressed host to be flagged',
    });
    for (const host of SIMULATED) {
      const verdict = flagged(host);
      expect((verdict?.at ?? Number.POSITIVE_INFINITY) - from).toBeLessThanOrEqual(5_000);
      expect(STRESSED).toContain(verdict === undefined ? '' : mostOf(verdict.prediction));
    }
    await reader.stop();

    const children = await processesOf(home);
    expect(children.length).toBeGreaterThanOrEqual(9);
    const asked = performance.now();
    up.signal('SIGTERM');
    await endedWell(up);
    expect(performance.now() - asked).toBeLessThanOrEqual(10_000);
    expect(up.output).not.toContain('not everything is scored yet');
    expect(await processesOf(home)).toEqual([]);
  });

  it('has kept every event over the stops: the counts of a third start still agree', {
    timeout: 120_000,
  }, async () => {
    up = new UpProcess(home, '--only-host', '--for', '2s');
    await endedWell(up);
    expect(up.output).toMatch(
      /^\d{3,} events, .* \(0 missing, 0 repeated\), .* difference 0, 0 dead letters$/m,
    );
    expect(await processesOf(home)).toEqual([]);
  });

  it.each(['starting Kafka on', 'starting InfluxDB on'])(
    'leaves no process when it is told to stop at "%s"',
    { timeout: 120_000 },
    async (moment) => {
      const process = new UpProcess(home);
      up = process;
      await waitFor(() => process.output.includes(moment), { timeoutMs: 90_000, what: moment });
      const asked = performance.now();
      process.signal('SIGTERM');
      await endedWell(process);
      expect(performance.now() - asked).toBeLessThanOrEqual(10_000);
      expect(await processesOf(home)).toEqual([]);
    },
  );
});
