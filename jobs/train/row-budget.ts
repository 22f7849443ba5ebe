import type { RowKeeper, TrainingRow } from '../training-row.js';

/** What the budget asks of a keeper. */
type HeldRows = Pick<RowKeeper, 'held' | 'giveUpOldest'>;

/** One bound of the rows of all groups. */
export interface RowBudget {
  /** Adds a row to one of the keepers; when all of them then hold too much, the largest gives up its oldest rows. */
  add<Row extends TrainingRow>(row: Row, keeper: RowKeeper<Row>): void;
}

/**
 * Returns a budget of `most` readings (as `held` counts them) for the keepers that `all` lists. The same rows in the same order leave the
 * same rows. Within the budget a row costs O(1); past it O(keepers) and one sort of the largest, for every tenth of it that goes.
 */
export function createRowBudget(most: number, all: () => readonly HeldRows[]): RowBudget {
  // Never less than what is held: keepers that prune themselves between two rows are only counted anew once it is too much.
  let held = 0;
  const makeRoom = (): void => {
    const keepers = all();
    const count = (): number => keepers.reduce((sum, keeper) => sum + keeper.held, 0);
    for (held = count(); held > most; held = count()) largest(keepers)?.giveUpOldest();
  };
  return {
    add(row, keeper) {
      const before = keeper.held;
      keeper.add(row);
      held += keeper.held - before;
      if (held > most) makeRoom();
    },
  };
}

/** Of several the first. */
function largest(keepers: readonly HeldRows[]): HeldRows | undefined {
  return keepers.reduce<HeldRows | undefined>(
    (most, keeper) => (most === undefined || keeper.held > most.held ? keeper : most),
    undefined,
  );
}
