/** What a command may touch of the process around it. `main.ts` alone fills it from the real one. */
export interface Io {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  /** Returns the text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
  /** Resolves with the name of the first signal that asks the process to end. One more than a second later ends it at once. */
  readonly interrupted: Promise<string>;
  /** Returns the time, milliseconds since the epoch. */
  readonly now: () => number;
  readonly pid: number;
  readonly hostname: string;
}

/** Prints one line of result. */
export function print(io: Io, line: string): void {
  io.stdout.write(`${line}\n`);
}
