import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';

/** One process of the stream, as `up` starts it. */
export interface ChildSpec {
  /** Shown in the summary; also the name of its log file. */
  readonly name: string;
  /** Arguments of the `tidewatch` command. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Address of its health server. */
  readonly url: string;
}

/** What is known about a child. */
export interface ChildState {
  readonly name: string;
  readonly url: string;
  readonly pid: number | null;
  /** Times that it was started again after having ended by itself. */
  readonly restarts: number;
}

const LONGEST_WAIT_MS = 30_000;

/**
 * Keeps one child process running: starts it again, with growing pauses, whenever it ends by itself. A process that finds
 * its loop dead ends on purpose, so this is what brings the stream back.
 */
export class SupervisedChild {
  readonly #spec: ChildSpec;
  readonly #entry: string;
  readonly #logFile: string;
  readonly #log: Logger;
  readonly #stopped = new AbortController();
  #child: ChildProcess | undefined;
  #restarts = 0;
  #turning: Promise<void> | undefined;

  constructor(
    spec: ChildSpec,
    options: { readonly entry: string; readonly logFolder: string; readonly log: Logger },
  ) {
    this.#spec = spec;
    this.#entry = options.entry;
    this.#log = options.log;
    mkdirSync(options.logFolder, { recursive: true });
    this.#logFile = join(options.logFolder, `${spec.name.replaceAll(/[^a-z0-9]+/g, '-')}.log`);
  }

  get state(): ChildState {
    return {
      name: this.#spec.name,
      url: this.#spec.url,
      pid: this.#child?.pid ?? null,
      restarts: this.#restarts,
    };
  }

  start(): void {
    this.#turning ??= this.#keepRunning();
  }

  /** Returns whether its health server says that it is ready. */
  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.#spec.url}/readyz`, { signal: AbortSignal.timeout(1_000) })).ok;
    } catch {
      return false;
    }
  }

  /**
   * Ends it with SIGTERM, with SIGKILL after the grace. Resolves when it is gone, with whether this call had to
   * kill it; a second call gives it a grace of its own.
   */
  async stop(graceMs: number): Promise<boolean> {
    const child = this.#child;
    let killed = false;
    // Once: a second signal would tell it to end at once, whatever it has not sent yet.
    if (!this.#stopped.signal.aborted) child?.kill('SIGTERM');
    this.#stopped.abort();
    const killing = setTimeout(() => {
      killed = child?.kill('SIGKILL') ?? false;
    }, graceMs);
    await this.#turning;
    clearTimeout(killing);
    return killed;
  }

  async #keepRunning(): Promise<void> {
    let waitMs = 500;
    while (!this.#stopped.signal.aborted) {
      const startedAt = performance.now();
      const ending = await this.#runOnce();
      if (this.#stopped.signal.aborted) return;
      this.#restarts += 1;
      waitMs = performance.now() - startedAt > 60_000 ? 500 : Math.min(waitMs * 2, LONGEST_WAIT_MS);
      this.#log.error(
        { child: this.#spec.name, ending, restarts: this.#restarts, logFile: this.#logFile, waitMs },
        'a process ended by itself and is started again',
      );
      await pause(waitMs, this.#stopped.signal);
    }
  }

  /** A session of its own keeps Ctrl-C in the terminal away from it; the channel tells it when this process is gone. */
  #runOnce(): Promise<string> {
    const output = openSync(this.#logFile, 'a');
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [this.#entry, ...this.#spec.args], {
        env: { ...this.#spec.environment },
        stdio: ['ignore', output, output, 'ipc'],
        detached: true,
      });
      this.#child = child;
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => {
        this.#child = undefined;
        closeSync(output);
        resolve(signal ?? `exit code ${code}`);
      });
    });
  }
}
