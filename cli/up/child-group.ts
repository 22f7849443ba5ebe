import { TidewatchError } from '../../common/errors.js';
import { pause, within } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import { type ChildSpec, type ChildState, SupervisedChild } from './child-process.js';

export interface ChildGroupOptions {
  /** Script of the `tidewatch` command. */
  readonly entry: string;
  readonly logFolder: string;
  readonly log: Logger;
  /** Fires when the start is to be given up. */
  readonly signal: AbortSignal;
}

const READY_DEADLINE_MS = 90_000;

/** Children that are started together and stopped together; known from the moment that they are started. */
export class ChildGroup {
  readonly #options: ChildGroupOptions;
  #children: readonly SupervisedChild[] = [];

  constructor(options: ChildGroupOptions) {
    this.#options = options;
  }

  get states(): ChildState[] {
    return this.#children.map((child) => child.state);
  }

  /** Resolves when all are ready, or when the signal fires. Throws NOT_READY. */
  async start(specs: readonly ChildSpec[]): Promise<void> {
    this.#children = specs.map((spec) => new SupervisedChild(spec, this.#options));
    for (const child of this.#children) child.start();
    await Promise.all(this.#children.map((child) => this.#untilReady(child)));
  }

  /** Stops all side by side. Returns the names of those that had to be killed after the grace. */
  async stop(graceMs: number): Promise<string[]> {
    const killed = await Promise.all(this.#children.map((child) => child.stop(graceMs)));
    return this.states.filter((_, index) => killed[index] === true).map(({ name }) => name);
  }

  async #untilReady(child: SupervisedChild): Promise<void> {
    const { signal, logFolder } = this.#options;
    const ready = async () => {
      while (!signal.aborted && !(await child.isReady())) await pause(100, signal);
    };
    try {
      await within(ready(), READY_DEADLINE_MS, `${child.state.name} to be ready`);
    } catch (error) {
      const message = `starting ${child.state.name}: not ready after ${READY_DEADLINE_MS / 1000} s; its log is in ${logFolder}`;
      throw new TidewatchError({ code: 'NOT_READY', retriable: true, cause: error, message });
    }
  }
}
