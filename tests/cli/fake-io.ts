import type { Io } from '../../cli/io.js';

/** What a fake process is given. */
export interface FakeIoOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Texts of the files that there are, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly interrupted?: Promise<string>;
}

/** A process that exists only for a command under test, and what the command wrote to it. */
export interface FakeIo {
  readonly io: Io;
  stdout(): string;
  stderr(): string;
}

/** Returns a process with an empty environment, no files, output that is kept, and no signal. */
export function fakeIo(options: FakeIoOptions = {}): FakeIo {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    environment: options.environment ?? {},
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    readFile: (path) => {
      const text = options.files?.[path];
      if (text === undefined) throw new Error(`reading ${path}: no such file`);
      return text;
    },
    interrupted: options.interrupted ?? new Promise(() => undefined),
    now: () => Date.now(),
    pid: process.pid,
    hostname: 'test-host',
  };
  return { io, stdout: () => out.join(''), stderr: () => err.join('') };
}
