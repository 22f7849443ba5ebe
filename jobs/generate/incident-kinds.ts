import { type MetricForm, usualSpread } from './metrics.js';

/** The kinds of incidents that can be injected. */
export const INCIDENT_KINDS = ['spike', 'trend', 'shift', 'leak'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** What one incident does to one metric. */
export interface Effect {
  readonly form: MetricForm;
  /** Usual spreads at full strength; negative = downwards. A leak fills up and has no use for it. */
  readonly spreads: number;
}

/** One kind of incident. */
export interface IncidentForm {
  /** Its length against those of the other kinds, and its shortest, rows. */
  readonly weight: number;
  readonly shortest: number;
  /** Usual spreads at full strength, from and to. */
  readonly spreads: readonly [number, number];
  /** Whether it may also go downwards. */
  readonly bothWays: boolean;
  /** Most metrics that it moves. */
  readonly metrics: number;
  /** Returns a value as the incident leaves it; `progress` rises from above 0 to 1 at its last row. */
  readonly apply: (value: number, effect: Effect, progress: number) => number;
}

/** A bounded resource leaks to this share of its bound, another to so many times its level. */
const FULL = 0.98;
const LEAKED_LEVELS = 3;

const moved = (value: number, { form, spreads }: Effect, share: number): number =>
  value + spreads * share * usualSpread(form);

/** The kinds; another kind is another line here and a setting for its number. */
export const INCIDENT_FORMS: Readonly<Record<IncidentKind, IncidentForm>> = {
  spike: {
    weight: 1,
    shortest: 1,
    spreads: [5, 9],
    bothWays: false,
    metrics: 3,
    apply: (value, effect) => moved(value, effect, 1),
  },
  trend: {
    weight: 10,
    shortest: 10,
    spreads: [4, 7],
    bothWays: true,
    metrics: 2,
    apply: moved,
  },
  shift: {
    weight: 6,
    shortest: 6,
    spreads: [3, 6],
    bothWays: true,
    metrics: 4,
    apply: (value, effect) => moved(value, effect, 1),
  },
  leak: {
    weight: 10,
    shortest: 10,
    spreads: [1, 1],
    bothWays: false,
    metrics: 1,
    apply: (value, { form }, progress) => {
      const full = Number.isFinite(form.most) ? FULL * form.most : LEAKED_LEVELS * form.level;
      return value + Math.max(0, full - value) * progress;
    },
  },
};
