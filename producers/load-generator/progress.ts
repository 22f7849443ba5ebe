/** Where progress is shown: standard error of a process, or a test's double. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** State of a run, for people. */
export interface ProgressState {
  readonly elapsedSeconds: number;
  readonly totalSeconds: number;
  readonly acknowledged: number;
  /** Acknowledged events per second since the last line. */
  readonly recentRate: number;
  readonly failed: number;
  readonly p99Ms: number;
}

const BAR_WIDTH = 24;

/** Returns one line: a bar on a terminal, words and numbers alone elsewhere; cut to `columns`. */
export function progressLine(state: ProgressState, terminal: boolean, columns = 120): string {
  const share = Math.min(1, state.elapsedSeconds / state.totalSeconds);
  const full = Math.round(share * BAR_WIDTH);
  const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] `;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const words = `${percent} ${state.acknowledged} acknowledged, ${Math.round(state.recentRate)}/s, p99 ${state.p99Ms.toFixed(1)} ms, ${state.failed} failed`;
  return `${terminal ? bar : ''}${words}`.slice(0, Math.max(1, columns - 1));
}

/** Shows progress: one line redrawn on a terminal, a new plain line elsewhere (call it seldom there). */
export class ProgressDisplay {
  readonly #stream: ProgressStream;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  /** Time between two updates that suits the stream, ms. */
  get everyMs(): number {
    return this.#stream.isTTY === true ? 250 : 5_000;
  }

  show(state: ProgressState): void {
    const terminal = this.#stream.isTTY === true;
    const line = progressLine(state, terminal, this.#stream.columns);
    this.#stream.write(terminal ? `\r\u001b[K${line}` : `${line.trim()}\n`);
  }

  /** Ends the line on a terminal. */
  end(): void {
    if (this.#stream.isTTY === true) this.#stream.write('\n');
  }
}
