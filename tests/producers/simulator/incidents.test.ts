import { describe, expect, test } from 'vitest';
import { Simulation } from '../../../producers/simulator/core.js';
import type { IncidentName } from '../../../producers/simulator/incident-kinds.js';
import type { MetricEvent } from '../../../schemas/metric-event.js';
import type { Truth } from '../../../schemas/truth.js';

const START = Date.UTC(2025, 10, 19, 9);
const CALM_SECONDS = 600;
const SECONDS = 30;

/** The same world twice: an incident changes no noise, so what differs is the incident. */
function twins(kind: IncidentName, seed: number, secondsAfter: number) {
  const [calm, struck] = [world(seed), world(seed)];
  const at = START + CALM_SECONDS * 1000;
  run(calm, START, CALM_SECONDS);
  run(struck, START, CALM_SECONDS);
  struck.stress({ kind, hosts: 'all', seconds: SECONDS, magnitude: 1 }, at);
  const expected = run(calm, at, SECONDS + secondsAfter).events;
  const { events, truths } = run(struck, at, SECONDS + secondsAfter);
  return { expected, events, truths };
}

function world(seed: number): Simulation {
  return new Simulation({
    hosts: 3,
    seed,
    startAt: START,
    dayMs: 86_400_000,
    group: 'simulator',
    producerId: 'p',
    incidents: { enabled: false, everyMs: 600_000, quietMs: 180_000 },
  });
}

function run(simulation: Simulation, from: number, seconds: number) {
  const events: MetricEvent[] = [];
  const truths: Truth[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const tick = simulation.step(from + second * 1000);
    events.push(...tick.events);
    truths.push(...tick.truths);
  }
  return { events, truths };
}

/** The readings of the calm twin at the place and time of an event. */
function calmReadings(expected: readonly MetricEvent[], { host, timestamp }: MetricEvent): readonly number[] {
  return expected.find((event) => event.host === host && event.timestamp === timestamp)?.values ?? [];
}

function truthOf(truths: readonly Truth[], host: string): Truth {
  const truth = truths.find((candidate) => candidate.host === host);
  if (truth === undefined) throw new Error(`no truth about ${host}`);
  return truth;
}

describe('the truth says which events an incident touched', () => {
  const lasting = ['spike', 'leak', 'saturation', 'cpu', 'memory', 'network', 'disk'] as const;
  test.each(lasting)('%s: every event from its beginning, none from its end on', (kind) => {
    const { expected, events, truths } = twins(kind, 7, 120);
    const touched = events.filter((event) => event.values.join() !== calmReadings(expected, event).join());
    const inTruth = events.filter(({ host, timestamp }) => {
      const { from, to } = truthOf(truths, host);
      return timestamp >= from && timestamp < to;
    });
    // A leak begins with nothing leaked yet.
    const unmoved = kind === 'leak' ? 3 : 0;
    expect(touched.length).toBe(inTruth.length - unmoved);
    expect(inTruth).toEqual(expect.arrayContaining(touched));
  });

  test.each([1, 2, 3])(
    'restart: at its end every reading is within a quarter of the calm one, seed %i',
    (seed) => {
      const { expected, events, truths } = twins('restart', seed, 300);
      const worst = { during: 0, after: 0 };
      for (const event of events) {
        const part = event.timestamp < truthOf(truths, event.host).to ? 'during' : 'after';
        const calm = calmReadings(expected, event);
        event.values.forEach((value, i) => {
          worst[part] = Math.max(worst[part], Math.abs(value / (calm[i] ?? 0) - 1));
        });
      }
      expect(worst.during).toBeGreaterThan(1);
      expect(worst.after).toBeLessThan(0.25);
    },
  );
});
