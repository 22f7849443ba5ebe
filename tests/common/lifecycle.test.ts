import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { completion, Deadline, Lifecycle, pause, within } from '../../common/lifecycle.js';
import { silentLogger } from '../../common/log.js';

const never = new Promise<void>(() => undefined);

async function startAll(lifecycle: Lifecycle, stopped: string[], names: readonly string[]): Promise<void> {
  for (const name of names)
    await lifecycle.start(
      name,
      async () => name,
      async (started) => void stopped.push(started),
    );
}

describe('Lifecycle', () => {
  it('stops in reverse order, once', async () => {
    const lifecycle = new Lifecycle(silentLogger());
    const stopped: string[] = [];
    await startAll(lifecycle, stopped, ['a', 'b', 'c']);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(stopped).toEqual(['c', 'b', 'a']);
  });

  it('stops what has been started when a start fails, and throws that error', async () => {
    const lifecycle = new Lifecycle(silentLogger());
    const stopped: string[] = [];
    await startAll(lifecycle, stopped, ['a']);
    const failing = lifecycle.start(
      'b',
      () => Promise.reject(new Error('no')),
      async () => undefined,
    );
    await expect(failing).rejects.toThrow('no');
    expect(stopped).toEqual(['a']);
  });

  it('goes on to the next part when one hangs or throws while stopping', async () => {
    const lifecycle = new Lifecycle(silentLogger(), 20);
    const stopped: string[] = [];
    await startAll(lifecycle, stopped, ['first']);
    await lifecycle.start(
      'hangs',
      async () => 0,
      () => never,
    );
    await lifecycle.start(
      'throws',
      async () => 0,
      () => Promise.reject(new Error('no')),
    );
    await lifecycle.stop();
    expect(stopped).toEqual(['first']);
  });

  it('has one deadline for all parts, tells each of them to stop, and names the late ones in one line', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const deadlineMs = 200;
    const lifecycle = new Lifecycle(log, deadlineMs);
    const told: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      await lifecycle.start(
        name,
        async () => name,
        (started) => {
          told.push(started);
          return never;
        },
      );
    const begun = performance.now();
    await lifecycle.stop();
    expect(performance.now() - begun).toBeLessThan(3 * deadlineMs);
    expect(told).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ cutOff: told, deadlineMs }),
    ]);
  });

  it('leaves time for the parts behind one that hangs', async () => {
    const lifecycle = new Lifecycle(silentLogger(), 800);
    let committed = false;
    const commit = async () => {
      await pause(10);
      committed = true;
    };
    await lifecycle.start('commits', async () => null, commit);
    await lifecycle.start(
      'hangs',
      async () => null,
      () => never,
    );
    await lifecycle.stop();
    expect(committed).toBe(true);
  });

  it('stops a part whose start ends after the stop', async () => {
    const lifecycle = new Lifecycle(silentLogger());
    const stopped: string[] = [];
    const start = completion();
    const starting = lifecycle.start(
      'late',
      () => start.done,
      async () => void stopped.push('late'),
    );
    await lifecycle.stop();
    start.finish();
    await starting;
    expect(stopped).toEqual(['late']);
  });
});

describe('Deadline', () => {
  it('counts down to 0, less what is kept', () => {
    const deadline = new Deadline(1_000);
    expect(deadline.left()).toBeGreaterThan(900);
    expect(deadline.left(950)).toBeLessThanOrEqual(50);
    expect(deadline.left(2_000)).toBe(0);
  });
});

describe('within', () => {
  it('gives the outcome, or DEADLINE when it takes too long', async () => {
    expect(await within(Promise.resolve(1), 1_000, 'one')).toBe(1);
    await expect(within(never, 5, 'never')).rejects.toMatchObject({ code: 'DEADLINE' });
  });
});

describe('pause', () => {
  it('ends at once when its signal fires, or has fired', async () => {
    const abort = new AbortController();
    const paused = pause(3_600_000, abort.signal);
    abort.abort();
    await paused;
    await pause(3_600_000, abort.signal);
  });
});

describe('completion', () => {
  it('keeps the first end', async () => {
    const failed = completion();
    failed.fail(new Error('first'));
    failed.finish();
    await expect(failed.done).rejects.toThrow('first');
  });
});
