/** Load of a weekday against a plain working day, Monday first. */
const WEEKDAY_FACTORS = [1, 1.03, 1.05, 1.03, 0.98, 0.66, 0.6] as const;

/** Weekday of 1970-01-01, Monday = 0. */
const EPOCH_WEEKDAY = 3;

/**
 * Returns the factor of the daily rhythm, about 0.6 at night to 1.35 in the afternoon, mean 1.
 * `day` is the time in days since the epoch (UTC), any finite number.
 */
export function dailyFactor(day: number): number {
  const angle = 2 * Math.PI * day;
  return 1 - 0.33 * Math.cos(angle - 0.55) - 0.07 * Math.cos(2 * angle + 0.4);
}

/** Returns the factor of the weekly rhythm, 0.6 (Sunday) to 1.05; it runs from noon to noon without a step at midnight. */
export function weeklyFactor(day: number): number {
  const sinceNoon = day - 0.5;
  const index = Math.floor(sinceNoon);
  const share = sinceNoon - index;
  return weekdayFactor(index) * (1 - share) + weekdayFactor(index + 1) * share;
}

function weekdayFactor(dayIndex: number): number {
  const weekday = (((dayIndex + EPOCH_WEEKDAY) % 7) + 7) % 7;
  return WEEKDAY_FACTORS[weekday] ?? 1;
}

/** Returns the load factor of daily and weekly rhythm, 0.35 to 1.45, at `at` (ms) for days of `dayMs` milliseconds. */
export function rhythm(at: number, dayMs: number): number {
  const day = at / dayMs;
  return dailyFactor(day) * weeklyFactor(day);
}
