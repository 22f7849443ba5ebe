import type { DriftOutcome, DriftReported } from '../../../detection/drift/drift-outcome.js';
import type { HostDrift } from '../../../detection/drift/host-drift.js';
import { buildDriftReference, type DriftReference } from '../../../detection/drift/reference.js';
import { type DriftSettings, driftSettings } from '../../../detection/drift/settings.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A row every five minutes. */
export const STEP = 300_000;

/** Seeded uniform numbers 0..1 (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A metric with a day rhythm and noise that remembers; standard deviation about 8.6 around 50. */
export function dayRhythm(rows: number, seed: number): number[] {
  const random = uniform(seed);
  let noise = 0;
  return Array.from({ length: rows }, (_, i) => {
    noise = 0.8 * noise + (random() + random() + random() - 1.5) * 5;
    return 50 + 10 * Math.sin((2 * Math.PI * i * STEP) / DAY) + noise;
  });
}

/** Standard deviation of {@link dayRhythm}, measured. */
export const SPREAD = 8.3;

export const settings: DriftSettings = driftSettings({ blockMs: HOUR, windowBlocks: 24 });

/** Reference of the first `days` days of a series. */
export function referenceOf(values: readonly number[], days: number): DriftReference {
  const rows = (days * DAY) / STEP;
  const built = buildDriftReference({
    values: values.slice(0, rows),
    timestamps: Array.from({ length: rows }, (_, i) => i * STEP),
    blockMs: settings.blockMs,
    windowBlocks: settings.windowBlocks,
  });
  if (built.kind === 'insufficient') throw new Error(built.missing);
  return built;
}

/** Feeds rows from..to of all series and collects what the steps said. */
export function feed(
  host: HostDrift,
  series: readonly (readonly number[])[],
  from: number,
  to: number,
): DriftOutcome[] {
  const outcomes: DriftOutcome[] = [];
  for (let i = from; i < to; i++) {
    outcomes.push(
      ...host.step({ appendTime: i * STEP, values: series.map((values) => values[i] ?? Number.NaN) }),
    );
  }
  return outcomes;
}

export function reports(outcomes: readonly DriftOutcome[]): DriftReported[] {
  return outcomes.filter((outcome) => outcome.kind === 'drift');
}
