/** What the signals of a process are heard by. */
export interface SignalSource {
  on(event: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'disconnect', listener: () => void): unknown;
}

export interface InterruptionOptions {
  readonly source: SignalSource;
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicNow: () => number;
  /** Ends the process at once. */
  readonly endAtOnce: () => void;
}

/**
 * Signals within this time are one request, milliseconds: Ctrl-C reaches npm and us, and npm hands it on; a service manager sends its SIGTERM to
 * every process, and so does `up` to its own. Whoever really means it twice looks what happens first.
 */
export const ONE_REQUEST_MS = 1_000;

/**
 * Resolves with the name of the first signal, or with `disconnect` at the end of the supervisor, when there is one. A signal more than
 * {@link ONE_REQUEST_MS} later ends the process at once.
 */
export function interruption({ source, monotonicNow, endAtOnce }: InterruptionOptions): Promise<string> {
  return new Promise((resolve) => {
    let first: number | null = null;
    const onSignal = (name: string): void => {
      first ??= monotonicNow();
      resolve(name);
      if (name !== 'disconnect' && monotonicNow() - first > ONE_REQUEST_MS) endAtOnce();
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const)
      source.on(name, () => onSignal(name));
  });
}
