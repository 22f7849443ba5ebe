import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsv } from '../../../common/csv/read-csv.js';
import type { OutgoingRecord } from '../../../common/kafka/publisher.js';
import { emptyHost } from '../../../detection/series/host-state.js';
import { windowLimits } from '../../../processors/window/config.js';
import { step } from '../../../processors/window/core.js';
import { planReplay, type ReplayFile } from '../../../producers/replay/plan.js';
import { publishRows } from '../../../producers/replay/publish-rows.js';
import { type MetricEvent, metricEventCodec } from '../../../schemas/metric-event.js';
import { settingsWith } from '../../processors/window/memory-emitter.js';

const NOW = Date.UTC(2026, 0, 1);
const TIMES = { startMs: Date.UTC(2024, 0, 1), intervalMs: 60_000 };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-replay-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(text: string, options: Partial<ReplayFile> = {}): Promise<ReplayFile> {
  const path = join(folder, 'rows.csv');
  await writeFile(path, text);
  return { path, host: 'web-1', group: null, labelColumn: null, times: TIMES, ...options };
}

interface Replayed {
  readonly events: readonly MetricEvent[];
  readonly count: number;
  readonly waits: number;
}

/** Publishes a file into memory; `refuseAt` fails the publishing of that event. */
async function replay(
  file: ReplayFile,
  options: { rate?: number; refuseAt?: number } = {},
): Promise<Replayed> {
  const { identity } = await planReplay(file, NOW);
  const events: MetricEvent[] = [];
  const started = performance.now();
  const count = await publishRows(readCsv(file.path, file.labelColumn, file.times), {
    identity,
    rate: options.rate ?? null,
    onRow: () => undefined,
    monotonicNow: () => performance.now(),
    signal: new AbortController().signal,
    publisher: {
      publish: async ({ value, key }: OutgoingRecord) => {
        if (events.length === options.refuseAt) throw new Error('the broker is gone');
        const decoded = metricEventCodec.decode(value ?? Buffer.alloc(0));
        if (!decoded.ok) throw new Error(decoded.reason);
        expect(key).toBe(decoded.value.host);
        events.push(decoded.value);
        return { latencyMs: 1 };
      },
    },
  });
  return { events, count, waits: performance.now() - started };
}

describe('replaying a file', () => {
  it('publishes each row with a number as an event of its time, in one group', async () => {
    const file = await fileOf(
      'timestamp,b,a,label\n2024-03-01 00:00:00,2,1,0\n2024-03-01 00:01:00,,3,0\n2024-03-01 00:02:00,,,1\n',
      {
        labelColumn: 'label',
      },
    );
    const { events, count } = await replay(file);
    const group = events[0]?.labels['group'];
    expect(count).toBe(2);
    expect(await planReplay(file, NOW)).toMatchObject({ rows: 3, events: 2, identity: { group } });
    expect(events).toMatchObject([
      {
        host: 'web-1',
        source: 'replay',
        timestamp: Date.UTC(2024, 2, 1),
        metrics: ['a', 'b'],
        values: [1, 2],
      },
      { timestamp: Date.UTC(2024, 2, 1, 0, 1), metrics: ['a'], values: [3], labels: { group } },
    ]);
    expect(group).toMatch(/^g-[0-9a-f]{8}$/);
  });

  it('gives rows without a time the time of the settings', async () => {
    const { events } = await replay(await fileOf('a\n1\n2\n', { times: { startMs: 5_000, intervalMs: 10 } }));
    expect(events.map(({ timestamp }) => timestamp)).toEqual([5_000, 5_010]);
  });

  it('names the events by file, host and row: the same replay again is dropped, another host is not', async () => {
    const text = `a\n${Array.from({ length: 60 }, (_, i) => i).join('\n')}\n`;
    const first = await replay(await fileOf(text));
    const again = await replay(await fileOf(text));
    expect(again.events).toEqual(first.events);
    expect(first.events[7]?.id).toMatch(/^[0-9a-f]{16}:7$/);
    const host = emptyHost();
    const limits = windowLimits(settingsWith());
    const outcomes = [...first.events, ...again.events].map(
      (event, offset) => step(host, event, { partition: 0, offset, appendTime: NOW }, limits).outcome,
    );
    expect(outcomes.slice(60)).toEqual(Array(60).fill({ kind: 'filtered', reason: 'duplicate' }));
    const other = await replay(await fileOf(text, { host: 'web-2' }));
    expect(other.events[0]?.id).not.toBe(first.events[0]?.id);
  });

  it('keeps its rate', async () => {
    const text = `a\n${Array.from({ length: 21 }, (_, i) => i).join('\n')}\n`;
    expect((await replay(await fileOf(text), { rate: 200 })).waits).toBeGreaterThan(90);
  });

  it('ends with what Kafka said instead of leaving a hole', async () => {
    const file = await fileOf(`a\n${Array.from({ length: 50 }, (_, i) => i).join('\n')}\n`);
    await expect(replay(file, { refuseAt: 20 })).rejects.toThrow('the broker is gone');
  });

  it.each([
    ['a name that no metric may have', 'cpu usage %\n1\n', 'BAD_INPUT'],
    ['a time in the future', `timestamp,a\n${NOW},1\n${NOW + 600_001},2\n`, 'BAD_INPUT'],
    ['a bad line after good ones', 'a\n1\n2\nx\n', 'BAD_CSV'],
    ['a file without rows', 'a\n', 'BAD_INPUT'],
  ])('refuses %s before anything is published', async (_, text, code) => {
    await expect(planReplay(await fileOf(text), NOW)).rejects.toMatchObject({ code });
  });

  it('refuses a file that is not there', async () => {
    const file = { ...(await fileOf('a\n1\n')), path: join(folder, 'absent.csv') };
    await expect(planReplay(file, NOW)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});
