import { type DriftWindow, seriesBytes } from './thinned-series.js';

/** Room for series that wait for their drift references, shared by all groups. */
export interface SeriesRoom {
  /** Takes a place for one series; false when none is free. */
  enter(): boolean;
  /** Gives places back. */
  leave(places: number): void;
  /** Whether somebody was turned away, and there has been no free place since that nobody wanted. */
  readonly isWanted: boolean;
}

/** Returns a room of so many bytes, counted as if every series became as long as it may; at least one fits. */
export function createSeriesRoom(bytes: number, window: DriftWindow): SeriesRoom {
  let free = Math.max(1, Math.floor(bytes / seriesBytes(window)));
  let isWanted = false;
  return {
    enter: () => {
      isWanted = free === 0 || (isWanted && free === 1);
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    get isWanted() {
      return isWanted;
    },
    leave: (places) => {
      free += places;
    },
  };
}
