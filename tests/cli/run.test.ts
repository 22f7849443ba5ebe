import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../cli/io.js';
import { runUntilStopped } from '../../cli/run.js';
import { completion, type Running } from '../../common/lifecycle.js';
import { silentLogger } from '../../common/log.js';

function ioInterruptedBy(interrupted: Promise<string>): Io {
  const sink = { write: () => true };
  return {
    environment: {},
    stdout: sink,
    stderr: sink,
    readFile: () => '',
    interrupted,
    now: () => 0,
    pid: 1,
    hostname: 'h',
  };
}

function component(): { running: Running; stops: number[]; fail: (error: unknown) => void } {
  const ending = completion();
  const stops: number[] = [];
  const stop = async () => {
    stops.push(1);
    ending.finish();
  };
  return { running: { done: ending.done, stop }, stops, fail: ending.fail };
}

const never = new Promise<string>(() => undefined);

describe('runUntilStopped', () => {
  it('stops the component at a signal', async () => {
    const { running, stops } = component();
    await runUntilStopped(ioInterruptedBy(Promise.resolve('SIGTERM')), silentLogger(), async () => running);
    expect(stops).toHaveLength(1);
  });

  it('throws the fatal error of the component, after having stopped it', async () => {
    const { running, stops, fail } = component();
    const end = runUntilStopped(ioInterruptedBy(never), silentLogger(), async () => running);
    fail(new Error('fenced'));
    await expect(end).rejects.toThrow('fenced');
    expect(stops).toHaveLength(1);
  });

  it('obeys a signal that comes while the component is still starting, and stops what has started after all', async () => {
    const { running, stops } = component();
    let finishStart: (started: Running) => void = () => undefined;
    const starting = new Promise<Running>((resolve) => {
      finishStart = resolve;
    });
    const end = runUntilStopped(ioInterruptedBy(Promise.resolve('SIGTERM')), silentLogger(), () => starting);
    setImmediate(() => finishStart(running));
    await end;
    expect(stops).toHaveLength(1);
  });

  it('cuts a stop off that hangs, and one whose end never comes, at one deadline and with one line', async () => {
    const hanging: Running = { done: completion().done, stop: () => new Promise(() => undefined) };
    const endless: Running = { done: completion().done, stop: async () => undefined };
    for (const running of [hanging, endless]) {
      const lines: string[] = [];
      const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
      const begun = performance.now();
      await runUntilStopped(ioInterruptedBy(Promise.resolve('SIGTERM')), log, async () => running, 100);
      expect(performance.now() - begun).toBeLessThan(1_000);
      expect(lines).toHaveLength(1);
    }
  });

  it('keeps time for the stop when the signal comes during a start that hangs', async () => {
    const begun = performance.now();
    const io = ioInterruptedBy(Promise.resolve('SIGTERM'));
    await runUntilStopped(io, silentLogger(), () => new Promise(() => undefined), 1_000);
    expect(performance.now() - begun).toBeLessThan(900);
  });

  it('returns when a start fails after the signal', async () => {
    const starting = new Promise<Running>((_, reject) => setImmediate(() => reject(new Error('no broker'))));
    await runUntilStopped(ioInterruptedBy(Promise.resolve('SIGTERM')), silentLogger(), () => starting);
  });
});
