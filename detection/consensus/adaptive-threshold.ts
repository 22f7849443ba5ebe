/** How an adaptive threshold moves. */
export interface AdaptiveThresholdSettings {
  /** Share of quiet rows that may exceed the alarm boundary, 0 to 1; 0.015. */
  readonly quietShare: number;
  /** Share of the boundary that one row of an alarm raises it by; 0.005. */
  readonly step: number;
  /** An alarm that is on lasts while the score is above this share of the threshold, 0 to 1; 0.6. 1 = no hysteresis. */
  readonly hold: number;
}

/** Returns whether a score alarms, and moves the threshold: what comes next depends on what came before. */
export interface AdaptiveThreshold {
  /** Excess that it takes to begin an alarm now, 1 or more. */
  readonly level: number;
  /** @param excess calibrated score in units of its alarm boundary, higher = stranger; NaN never alarms */
  judge(excess: number): boolean;
}

/**
 * Returns a threshold that begins at the alarm boundary, 1. An alarm begins above the level and lasts until the score is under `hold` x level: real
 * incidents flicker, and their weaker rows are part of them. After each row level = max(1, level + step (alarm - quietShare)): it
 * climbs while the alarm lasts, so that a host that has changed for good does not alarm for ever, and falls back by step x
 * quietShare a quiet row. O(1) a score. The state is the level and whether an alarm is on.
 * @example
 * const threshold = createAdaptiveThreshold({ quietShare: 0.015, step: 0.005, hold: 0.6 });
 * threshold.judge(2); // true, the level is now 1.004925
 */
export function createAdaptiveThreshold({
  quietShare,
  step,
  hold,
}: AdaptiveThresholdSettings): AdaptiveThreshold {
  let level = 1;
  let isOn = false;
  return {
    get level() {
      return level;
    },
    judge: (excess) => {
      isOn = excess > (isOn ? hold * level : level);
      level = Math.max(1, level + step * ((isOn ? 1 : 0) - quietShare));
      return isOn;
    },
  };
}
