import { describe, expect, test } from 'vitest';
import { Simulation, type SimulationOptions } from '../../../producers/simulator/core.js';
import { INCIDENT_NAMES, type IncidentName } from '../../../producers/simulator/incident-kinds.js';
import type { SimulatedMetric } from '../../../producers/simulator/metrics.js';
import type { MetricEvent } from '../../../schemas/metric-event.js';
import type { Truth } from '../../../schemas/truth.js';

const START = Date.UTC(2025, 10, 19, 9);
const DAY_MS = 86_400_000;

function world(changes: Partial<SimulationOptions> = {}): Simulation {
  return new Simulation({
    hosts: 3,
    seed: 7,
    startAt: START,
    dayMs: DAY_MS,
    group: 'simulator',
    producerId: 'p',
    incidents: { enabled: false, everyMs: 600_000, quietMs: 180_000 },
    ...changes,
  });
}

function run(simulation: Simulation, from: number, ticks: number, intervalMs = 1000) {
  const events: MetricEvent[] = [];
  const truths: Truth[] = [];
  for (let tick = 0; tick < ticks; tick += 1) {
    const step = simulation.step(from + tick * intervalMs);
    events.push(...step.events);
    truths.push(...step.truths);
  }
  return { events, truths };
}

function column(events: readonly MetricEvent[], host: string, metric: SimulatedMetric): number[] {
  return events
    .filter((event) => event.host === host)
    .map(({ metrics, values }) => values[metrics.indexOf(metric)] ?? Number.NaN);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const leftMean = mean(left);
  const rightMean = mean(right);
  const sum = (f: (index: number) => number) => left.reduce((total, _, index) => total + f(index), 0);
  const dl = (index: number) => (left[index] ?? 0) - leftMean;
  const dr = (index: number) => (right[index] ?? 0) - rightMean;
  return sum((i) => dl(i) * dr(i)) / Math.sqrt(sum((i) => dl(i) ** 2) * sum((i) => dr(i) ** 2));
}

/** Readings of sim-1 in the 60 s before a stress and during it (its last half), one incident at second 60. */
function stressed(kind: IncidentName, seconds = 30) {
  const simulation = world();
  const before = run(simulation, START, 60);
  const at = START + 60_000;
  const answer = simulation.stress({ kind, hosts: ['sim-1'], seconds, magnitude: 1 }, at);
  const during = run(simulation, at, seconds);
  const after = run(simulation, at + seconds * 1000, 5);
  return { answer, before, during, after, at };
}

describe('determinism', () => {
  test('same seed and ticks give the same events and truths, another seed others', () => {
    const options = { incidents: { enabled: true, everyMs: 60_000, quietMs: 0 } };
    const first = run(world(options), START, 600);
    expect(run(world(options), START, 600)).toEqual(first);
    expect(run(world({ ...options, seed: 8 }), START, 600)).not.toEqual(first);
    expect(first.truths.length).toBeGreaterThan(10);
  });

  test('an incident of one host changes no reading of another', () => {
    const { during } = stressed('cpu');
    const calm = run(world(), START, 90).events.filter(({ timestamp }) => timestamp >= START + 60_000);
    const values = (events: readonly MetricEvent[]) =>
      events.filter(({ host }) => host !== 'sim-1').map((event) => event.values);
    expect(values(during.events)).toEqual(values(calm));
  });
});

describe('normal running', () => {
  test('events name their host, group, source, sorted metrics and distinct identities', () => {
    const { events } = run(world(), START, 5);
    expect(events).toHaveLength(15);
    expect(new Set(events.map(({ id }) => id)).size).toBe(15);
    const first = events[0];
    expect(first).toMatchObject({ id: 'p:0', host: 'sim-1', timestamp: START, source: 'simulator' });
    expect(first?.labels).toEqual({ group: 'simulator' });
    expect(first?.metrics).toEqual([...(first?.metrics ?? [])].sort());
  });

  test('the day shows: afternoons are busier than nights, working days than Sundays', () => {
    const hourly = (day: number, hour: number) => {
      const from = Date.UTC(2025, 10, day, hour);
      return mean(column(run(world(), from, 200, 10_000).events, 'sim-2', 'cpu_percent'));
    };
    const afternoon = hourly(19, 14);
    expect(afternoon).toBeGreaterThan(1.5 * hourly(19, 2));
    expect(afternoon).toBeGreaterThan(1.3 * hourly(23, 14));
  });

  test('cpu, network and disk move together; hosts differ in level', () => {
    const { events } = run(world(), START, 1200);
    const of = (metric: SimulatedMetric) => column(events, 'sim-2', metric);
    expect(correlation(of('cpu_percent'), of('network_in_bytes_per_second'))).toBeGreaterThan(0.4);
    expect(
      correlation(of('network_in_bytes_per_second'), of('network_out_bytes_per_second')),
    ).toBeGreaterThan(0.3);
    expect(correlation(of('cpu_percent'), of('disk_write_bytes_per_second'))).toBeGreaterThan(0.15);
    const memories = ['sim-1', 'sim-2', 'sim-3'].map((host) => mean(column(events, host, 'memory_percent')));
    expect(Math.max(...memories) - Math.min(...memories)).toBeGreaterThan(20);
  });
});

describe('scheduled incidents', () => {
  const options = { hosts: 20, incidents: { enabled: true, everyMs: 600_000, quietMs: 180_000 } };

  test('none begins in the quiet time; afterwards about one per host and ten minutes, of every kind', () => {
    const { truths } = run(world(options), START, 4320, 5000);
    expect(Math.min(...truths.map(({ from }) => from))).toBeGreaterThanOrEqual(START + 180_000);
    const perHost = truths.length / 20;
    expect(perHost).toBeGreaterThan(25);
    expect(perHost).toBeLessThan(45);
    const kinds = new Set(truths.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['leak', 'level_shift', 'restart', 'saturation', 'silence', 'spike']);
    expect(truths.every(({ cause }) => cause === 'schedule')).toBe(true);
  });

  test('a level shift is brought back by the next one', () => {
    const shifts = run(world(options), START, 4320, 5000).truths.filter(({ kind }) => kind === 'level_shift');
    const magnitudes = shifts
      .filter(({ host }) => host === shifts[0]?.host)
      .map(({ magnitude }) => magnitude);
    magnitudes.forEach((magnitude, index) => {
      expect(magnitude === 0).toBe(index % 2 === 1);
    });
  });
});

describe('what an incident does', () => {
  const visible: [IncidentName, SimulatedMetric, (before: number, peak: number) => boolean][] = [
    ['spike', 'cpu_percent', (_, peak) => peak > 95],
    ['cpu', 'cpu_percent', (_, peak) => peak > 95],
    ['memory', 'memory_percent', (_, peak) => peak > 95],
    ['leak', 'memory_percent', (before, peak) => peak > before + 40],
    ['network', 'network_in_bytes_per_second', (before, peak) => peak > 6 * before],
    ['disk', 'disk_write_bytes_per_second', (before, peak) => peak > 6 * before],
    ['saturation', 'disk_write_bytes_per_second', (before, peak) => peak > 4 * before],
    ['level_shift', 'cpu_percent', (before, peak) => peak > 1.4 * before],
  ];
  test.each(visible)('%s shows in %s, which its truth names', (kind, metric, isVisible) => {
    const { before, during } = stressed(kind);
    const normal = mean(column(before.events, 'sim-1', metric));
    expect(isVisible(normal, Math.max(...column(during.events, 'sim-1', metric)))).toBe(true);
    expect(during.truths[0]?.metrics).toContain(metric);
  });

  test('cpu stress is there with its first event, ends with its time, and moves its neighbours mildly', () => {
    const { before, during, after } = stressed('cpu');
    const cpu = (part: { events: readonly MetricEvent[] }) => column(part.events, 'sim-1', 'cpu_percent');
    expect(Math.min(...cpu(during))).toBeGreaterThan(95);
    expect(Math.max(...cpu(after))).toBeLessThan(60);
    const network = (part: { events: readonly MetricEvent[] }) =>
      mean(column(part.events, 'sim-1', 'network_in_bytes_per_second'));
    expect(network(during) / network(before)).toBeGreaterThan(1.02);
    expect(network(during) / network(before)).toBeLessThan(1.4);
  });

  test.each(['silence', 'restart'] as const)('%s means no events of this host, and others go on', (kind) => {
    const { during, after } = stressed(kind);
    expect(during.events.filter(({ host }) => host === 'sim-1')).toEqual([]);
    expect(during.events.filter(({ host }) => host === 'sim-2')).toHaveLength(30);
    expect(after.events.filter(({ host }) => host === 'sim-1')).toHaveLength(5);
  });

  test('after a restart memory starts low and fills again', () => {
    const { before, after, at } = stressed('restart');
    const normal = mean(column(before.events, 'sim-1', 'memory_percent'));
    expect(column(after.events, 'sim-1', 'memory_percent')[0]).toBeLessThan(normal / 2);
    expect(stressed('restart').during.truths[0]).toMatchObject({
      kind: 'restart',
      from: at,
      to: at + 120_000,
    });
  });

  test('truth says what, whom, when and who asked', () => {
    const { answer, during, at } = stressed('cpu');
    expect(answer).toEqual({
      kind: 'accepted',
      incidents: [{ id: 'p:truth-1', host: 'sim-1', from: at }],
    });
    expect(during.truths).toEqual([
      {
        id: 'p:truth-1',
        host: 'sim-1',
        kind: 'stress',
        metrics: ['cpu_percent'],
        from: at,
        to: at + 30_000,
        magnitude: 1,
        cause: 'http',
      },
    ]);
    const shift = stressed('level_shift').during.truths[0];
    expect(shift?.to).toBe(shift?.from);
  });

  test('a silent host shows its stress when it speaks again', () => {
    const simulation = world();
    simulation.stress({ kind: 'silence', hosts: ['sim-1'], seconds: 10, magnitude: 1 }, START);
    const answer = simulation.stress({ kind: 'cpu', hosts: ['sim-1'], seconds: 10, magnitude: 1 }, START);
    const { events, truths } = run(simulation, START, 15);
    expect(answer).toMatchObject({ incidents: [{ from: START + 10_000 }] });
    expect(events.find(({ host }) => host === 'sim-1')?.timestamp).toBe(START + 10_000);
    expect(truths.find(({ kind }) => kind === 'stress')?.from).toBe(START + 10_000);
  });

  test('asking too often is refused', () => {
    const simulation = world();
    const ask = () => simulation.stress({ kind: 'cpu', hosts: 'all', seconds: 10, magnitude: 1 }, START).kind;
    const answers = Array.from({ length: 17 }, ask);
    expect(answers.slice(0, 16).every((kind) => kind === 'accepted')).toBe(true);
    expect(answers[16]).toBe('too-many');
  });
});

test('values stay in their ranges under every incident at once, at the largest magnitude', () => {
  const simulation = world({ incidents: { enabled: true, everyMs: 30_000, quietMs: 0 } });
  for (const kind of INCIDENT_NAMES.filter((name) => name !== 'silence' && name !== 'restart')) {
    simulation.stress({ kind, hosts: 'all', seconds: 600, magnitude: 5 }, START);
  }
  const { events } = run(simulation, START, 2000);
  for (const { metrics, values } of events) {
    values.forEach((value, index) => {
      const most = metrics[index]?.endsWith('_percent') === true ? 100 : Number.MAX_VALUE;
      expect(value >= 0 && value <= most).toBe(true);
    });
  }
});
