import type { Io } from '../io.js';
import { print } from '../io.js';
import { plainSummary, type SummaryContent, terminalSummary } from './summary.js';

/** Shows summaries: redrawn in place on a terminal, as plain lines otherwise. */
export class SummaryDisplay {
  readonly #io: Io;
  #drawn = 0;

  constructor(io: Io) {
    this.#io = io;
  }

  get isLive(): boolean {
    return this.#io.stdout.isTTY === true;
  }

  show(content: SummaryContent): void {
    if (!this.isLive) {
      for (const line of plainSummary(content)) print(this.#io, line);
      return;
    }
    const lines = terminalSummary(content);
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A`;
    this.#io.stdout.write(`${up}\u001b[J${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  /** Says one thing above the summary. */
  say(line: string): void {
    if (this.#drawn > 0) this.#io.stdout.write(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
    print(this.#io, line);
  }
}
