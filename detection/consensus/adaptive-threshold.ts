/** How an adaptive threshold moves. */
export interface AdaptiveThresholdSettings {
  /** Level that it never falls under: the alarm boundary of quiet times. Above 0. */
  readonly floor: number;
  /** Share of quiet rows that may alarm, 0 to 1; 0.015. */
  readonly quietShare: number;
  /** Share of the floor that one alarm raises it by; 0.005. */
  readonly step: number;
}

/** Returns whether a score alarms, and moves the threshold: what comes next depends on what came before. */
export interface AdaptiveThreshold {
  /** Level that a score has to exceed now. */
  readonly level: number;
  /** @param score higher = stranger, in the unit of the floor; NaN never alarms */
  judge(score: number): boolean;
  /** Puts another floor in the place of the present one (a new model); how far it has climbed above it stays. */
  rebase(floor: number): void;
}

/**
 * Returns a threshold at its floor h: alarm when score > level, then level = max(h, level + step h (alarm - quietShare)). It
 * climbs while alarms persist, so that a host that has changed for good does not alarm for ever, and falls back by step x
 * quietShare a quiet row. O(1) a score. The state is the level alone.
 * @example
 * const threshold = createAdaptiveThreshold({ floor: 1, quietShare: 0.015, step: 0.005 });
 * threshold.judge(2); // true, the level is now 1.004925
 */
export function createAdaptiveThreshold(settings: AdaptiveThresholdSettings): AdaptiveThreshold {
  const { quietShare, step } = settings;
  let { floor } = settings;
  let climb = 1;
  return {
    get level() {
      return floor * climb;
    },
    judge: (score) => {
      const isAlarm = score > floor * climb;
      climb = Math.max(1, climb + step * ((isAlarm ? 1 : 0) - quietShare));
      return isAlarm;
    },
    rebase: (next) => {
      floor = next;
    },
  };
}
