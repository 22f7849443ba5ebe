import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { checkSettings } from '../../../common/checks/settings.js';
import { readSettings } from '../../../common/config.js';
import { createRegistry } from '../../../common/metrics.js';
import { createLiveChecks } from '../../../processors/window/live-checks.js';
import { createWindowProcessor } from '../../../processors/window/task.js';
import type { MetricEvent } from '../../../schemas/metric-event.js';
import { eventWith, MemoryEmitter, recordOf, settingsWith } from './memory-emitter.js';

const start = 1_700_000_000_000;

/** A task with live checks, its log lines, and its counts above 0. */
function checkedTask() {
  const lines: Record<string, unknown>[] = [];
  const registry = createRegistry();
  const log = pino(
    { base: {} },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const checks = createLiveChecks({
    settings: readSettings(checkSettings, { values: {}, readFile: () => '' }),
    registry,
    log,
  });
  const task = createWindowProcessor({ settings: settingsWith(), checks }).createTask(3);
  const emitter = new MemoryEmitter();
  let offset = 0;
  const send = (part: Partial<MetricEvent>) => {
    const event = eventWith({ id: `p:${offset}`, ...part });
    const outcome = task.process(recordOf(event, offset), emitter);
    offset += 1;
    return outcome.kind;
  };
  const counts = async () => {
    const metric = await registry.getSingleMetric('tidewatch_window_check_warnings_total')?.get();
    const above = (metric?.values ?? []).filter(({ value }) => value > 0);
    return Object.fromEntries(above.map(({ labels, value }) => [labels['check'], value]));
  };
  return { lines, task, send, counts, emitter };
}

/** A steady minute, ten a second. */
const steady = (i: number): Partial<MetricEvent> => ({
  timestamp: start + i * 1000,
  metrics: ['cpu_percent', 'load_1m'],
  values: [40 + (i % 7), 1 + (i % 5) / 10],
});

describe('the live checks of the window', () => {
  it('count and name what is odd, and score it all the same', async () => {
    const { send, counts, lines, emitter } = checkedTask();
    for (let i = 0; i < 100; i += 1) send(steady(i));
    expect(await counts()).toEqual({});
    const odd: Partial<MetricEvent>[] = [
      { ...steady(100), values: [140, 1] },
      { ...steady(101), metrics: ['cpu_percent'], values: [40] },
      steady(102),
      { ...steady(102) },
      { ...steady(103), id: 'p:102' },
      steady(50),
      steady(110),
    ];
    expect(odd.map(send)).toEqual([...Array(4).fill('emitted'), 'filtered', 'emitted', 'emitted']);
    expect(emitter.of('features')).toHaveLength(106);
    expect(await counts()).toEqual({ range: 1, outlier: 1, missing: 1, duplicate: 2, order: 1, gap: 1 });
    expect(lines.map(({ check, host, metric }) => [check, host, metric])).toEqual([
      ['range', 'web-1', 'cpu_percent'],
      ['outlier', 'web-1', 'cpu_percent'],
      ['missing', 'web-1', 'load_1m'],
      ['duplicate', 'web-1', undefined],
      ['order', 'web-1', undefined],
      ['gap', 'web-1', undefined],
    ]);
    expect(JSON.stringify(lines)).not.toContain('140');
  });

  it('log one line a minute of each check, however much is odd, and say how much was left out', async () => {
    const { send, counts, lines } = checkedTask();
    for (let i = 0; i < 150; i += 1) send({ ...steady(i), values: [-1, 1] });
    expect(await counts()).toEqual({ range: 150 });
    expect(lines.map(({ check, suppressed }) => [check, suppressed])).toEqual([
      ['range', 0],
      ['range', 59],
      ['range', 59],
    ]);
  });

  it('keep hosts apart and look at nothing while replaying', async () => {
    const { send, counts, task } = checkedTask();
    for (let i = 0; i < 50; i += 1) {
      send({ ...steady(i), host: 'a' });
      send({ ...steady(1000 - i), host: `b${i}` });
    }
    task.replay?.(recordOf(eventWith({ ...steady(60), values: [-1, -1] }), 1000));
    expect(await counts()).toEqual({});
  });
});
