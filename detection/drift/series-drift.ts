import { addSample, type BinnedSample, binnedDistance, emptySample } from './binned-sample.js';
import { BlockWindow } from './block-window.js';
import { type DriftReference, SMALLEST_LIMIT } from './reference.js';
import type { DriftSettings } from './settings.js';

/** A known state of a metric. Regime 0 is the training reference and never changes. */
export interface Regime {
  readonly sample: BinnedSample;
  /** Block at whose end it was adopted; -1 for training. */
  readonly adoptedBlock: number;
}

/** A verdict on one metric's newest window. */
export interface SeriesVerdict {
  readonly window: BinnedSample;
  readonly distance: number;
  /** Index of the nearest regime, and a copy of it as it was before anything was adopted. */
  readonly nearest: number;
  readonly nearestSample: BinnedSample;
  /** True at the one check that confirms a change. */
  readonly newlyConfirmed: boolean;
}

/** An adopted state keeps learning for this many windows. */
const GROWTH_WINDOWS = 7;

/** The drift state of one series: its window, its known states, and how long it has been beyond its limit. */
export class SeriesDrift {
  readonly window: BlockWindow;
  readonly regimes: Regime[];
  run = 0;
  confirmed = false;

  constructor(
    readonly reference: DriftReference,
    private readonly settings: DriftSettings,
  ) {
    this.window = new BlockWindow(reference.edges, reference.center, settings.windowBlocks);
    this.regimes = [{ sample: reference.sample, adoptedBlock: -1 }];
  }

  /**
   * Judges the window after `block` was closed, and adopts the state that it confirms. Returns null when the window cannot be judged: that
   * also ends a run, because the hours in between are not known.
   */
  check(block: number): SeriesVerdict | null {
    const window = this.window.latest(this.settings.windowBlocks, this.settings.minRows);
    if (window === null) {
      this.run = 0;
      this.confirmed = false;
      return null;
    }
    const { index, distance } = this.nearest(window);
    const nearestSample = copyOf(this.regimes[index] as Regime);
    this.run = distance > this.reference.limit ? this.run + 1 : 0;
    if (this.run === 0) this.confirmed = false;
    const newlyConfirmed = !this.confirmed && this.run >= this.settings.persistence && this.isStillThere();
    if (newlyConfirmed) {
      this.confirmed = true;
      if (this.settings.regimes > 1) this.adopt(window, block);
    } else if (this.run === 0) this.grow(index, block);
    return { window, distance, nearest: index, nearestSample, newlyConfirmed };
  }

  /** The last quarter of the window alone is beyond the floor: an incident that is over is not a change. */
  private isStillThere(): boolean {
    const quarter = this.window.latest(Math.ceil(this.settings.windowBlocks / 4), 1);
    return quarter !== null && this.nearest(quarter).distance > SMALLEST_LIMIT;
  }

  private nearest(sample: BinnedSample): { index: number; distance: number } {
    let best = { index: 0, distance: Number.POSITIVE_INFINITY };
    for (const [index, regime] of this.regimes.entries()) {
      const distance = binnedDistance(sample, regime.sample);
      if (distance < best.distance) best = { index, distance };
    }
    return best;
  }

  private adopt(window: BinnedSample, block: number): void {
    if (this.regimes.length === this.settings.regimes) this.regimes.splice(1, 1);
    this.regimes.push({ sample: window, adoptedBlock: block });
    this.run = 0;
    this.confirmed = false;
  }

  /** What follows an adoption is the same state only while the window is within the limit of it: else the state would learn its successor. */
  private grow(index: number, block: number): void {
    const regime = this.regimes[index] as Regime;
    if (regime.adoptedBlock < 0 || block > regime.adoptedBlock + GROWTH_WINDOWS * this.settings.windowBlocks)
      return;
    const newest = this.window.newestBlock();
    if (newest !== null) addSample(regime.sample, newest);
  }
}

function copyOf(regime: Regime): BinnedSample {
  const copy = emptySample(regime.sample.counts.length);
  addSample(copy, regime.sample);
  return copy;
}
