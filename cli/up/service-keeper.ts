import { messageOf } from '../../common/errors.js';
import { pause } from '../../common/lifecycle.js';
import type { StopOutcome } from '../../infra/local/server-process.js';

/** A service as its keeper sees it. */
export interface KeptService {
  /** Null when it is not a process of ours: then it is somebody else's to keep. */
  readonly pid: number | null;
  /** TERM, KILL after the grace. */
  stop(graceMs: number): Promise<StopOutcome>;
}

export interface ServiceKeeperOptions<T extends KeptService> {
  readonly name: string;
  /** The service as it was started first. */
  readonly service: T;
  /** Starts it again with its data and its port. */
  readonly restart: () => Promise<T>;
  readonly isAlive: (pid: number) => boolean;
  readonly say: (line: string) => void;
  readonly everyMs: number;
}

/**
 * Starts a local service again when its process has ended. The clients wait for it and go on where they were, so a broker
 * that dies costs seconds, not the stream.
 */
export class ServiceKeeper<T extends KeptService> {
  readonly #options: ServiceKeeperOptions<T>;
  readonly #stopping = new AbortController();
  readonly #turning: Promise<void>;
  #service: T;

  constructor(options: ServiceKeeperOptions<T>) {
    this.#options = options;
    this.#service = options.service;
    this.#turning = this.#keep();
  }

  /** The service as it runs now. */
  get service(): T {
    return this.#service;
  }

  /** Ends the watch first, so that the service is not started again, then the service. Returns how that ended. */
  async stop(graceMs: number): Promise<StopOutcome> {
    this.#stopping.abort();
    await this.#turning;
    return this.#service.stop(graceMs);
  }

  async #keep(): Promise<void> {
    const { isAlive, everyMs, say, name, restart } = this.#options;
    while (!this.#stopping.signal.aborted) {
      await pause(everyMs, this.#stopping.signal);
      const { pid } = this.#service;
      if (this.#stopping.signal.aborted || pid === null || isAlive(pid)) continue;
      say(`${name} has ended; starting it again`);
      try {
        this.#service = await restart();
      } catch (error) {
        say(`starting ${name} again failed, trying once more: ${messageOf(error)}`);
      }
    }
  }
}
