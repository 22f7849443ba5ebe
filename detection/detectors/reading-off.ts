/** Long-run deviations that a reading has to be off by for its event to be an anomaly. */
export const ANOMALY_DEVIATIONS = 4;
/** And for its row to be left out of a training: what a model never sees must be surer than a verdict. */
export const INCIDENT_DEVIATIONS = 5;

/**
 * Returns whether any reading of an event is itself more than `least` long-run deviations off. The score remembers: windows of 60 and 100 points stay strange for as long
 * after an incident, which tells hosts in trouble from quiet ones better than any single row. An anomaly says more: that this very event is one.
 * @param zscores signed z of each reading; NaN is not off
 */
export function isReadingOff(zscores: readonly number[], least: number): boolean {
  for (let i = 0; i < zscores.length; i += 1) {
    if (Math.abs(zscores[i] as number) > least) return true;
  }
  return false;
}
