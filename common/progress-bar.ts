/** Where progress is shown: standard error of a process, or a test's double. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** A bar that is redrawn in place. */
export interface ProgressBar {
  /** Shows that so many are done; draws only when a percent has passed. */
  show(done: number): void;
  /** Ends the line. */
  end(): void;
}

const WIDTH = 24;

/** Returns a bar over `total` steps on a terminal; nothing at all is written elsewhere. */
export function createProgressBar(output: ProgressOutput, label: string, total: number): ProgressBar {
  if (output.isTTY !== true) return { show: () => undefined, end: () => undefined };
  let drawn = -1;
  return {
    show: (done) => {
      const percent = Math.floor((100 * Math.min(done, total)) / Math.max(1, total));
      if (percent === drawn) return;
      drawn = percent;
      const full = Math.round((WIDTH * percent) / 100);
      const bar = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`;
      output.write(`\r\u001b[K${label} ${bar} ${percent}% ${done}/${total}`);
    },
    end: () => {
      if (drawn >= 0) output.write('\n');
    },
  };
}
