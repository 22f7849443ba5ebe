/** Settings of drift detection; block and window as in the references. */
export interface DriftSettings {
  /** Length of a block of append time, ms. */
  readonly blockMs: number;
  /** Blocks in a window: the window is one day in production, minutes in a demo. */
  readonly windowBlocks: number;
  /** Checks running (one per closed block) that a metric must stay beyond its limit. */
  readonly persistence: number;
  /** Rows that a window needs. */
  readonly minRows: number;
  /** States that are remembered, the training reference among them: 1 = never adopt one. */
  readonly regimes: number;
}

/** Returns the recipe's settings for a block and window length: persistence of one window, 100 rows, 3 regimes. @throws RangeError when one is out of range */
export function driftSettings(
  given: Pick<DriftSettings, 'blockMs' | 'windowBlocks'> & Partial<DriftSettings>,
): DriftSettings {
  const settings = { persistence: given.windowBlocks, minRows: 100, regimes: 3, ...given };
  for (const name of ['windowBlocks', 'persistence', 'minRows', 'regimes'] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1 || settings[name] > 65_535) {
      throw new RangeError(
        `reading drift settings: ${name} must be an integer 1..65535, got ${settings[name]}`,
      );
    }
  }
  if (!(settings.blockMs > 0)) throw new RangeError('reading drift settings: blockMs must be positive');
  return settings;
}
