import { describe, expect, it } from 'vitest';
import { ServiceKeeper } from '../../../cli/up/service-keeper.js';
import type { StopOutcome } from '../../../infra/local/server-process.js';

interface Fake {
  readonly pid: number | null;
  stop(graceMs: number): Promise<StopOutcome>;
}

const EVERY_MS = 5;

function keeperOf(options: {
  readonly alive: Set<number>;
  readonly restarts: (() => Promise<Fake>)[];
  readonly stopped: number[];
  readonly said: string[];
  readonly first?: number | null;
}) {
  const fake = (pid: number | null): Fake => ({
    pid,
    stop: async () => {
      options.stopped.push(pid ?? -1);
      return 'terminated';
    },
  });
  const keeper = new ServiceKeeper<Fake>({
    name: 'Kafka',
    service: fake(options.first === undefined ? 1 : options.first),
    restart: async () => (await options.restarts.shift()?.()) ?? fake(99),
    isAlive: (pid) => options.alive.has(pid),
    say: (line) => void options.said.push(line),
    everyMs: EVERY_MS,
  });
  return { keeper, fake };
}

const until = async (holds: () => boolean) => {
  for (let look = 0; look < 400 && !holds(); look += 1)
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  expect(holds()).toBe(true);
};

describe('ServiceKeeper', () => {
  it('starts a service again that has ended, and stops the one that runs now', async () => {
    const state = {
      alive: new Set([1]),
      restarts: [] as (() => Promise<Fake>)[],
      stopped: [] as number[],
      said: [] as string[],
    };
    const { keeper, fake } = keeperOf(state);
    state.restarts.push(async () => fake(2));
    state.alive.delete(1);
    state.alive.add(2);
    await until(() => keeper.service.pid === 2);
    await keeper.stop(1_000);
    expect(state.stopped).toEqual([2]);
    expect(state.said).toEqual(['Kafka has ended; starting it again']);
  });

  it('tries again when the start fails', async () => {
    const state = {
      alive: new Set([2]),
      restarts: [] as (() => Promise<Fake>)[],
      stopped: [] as number[],
      said: [] as string[],
    };
    const { keeper, fake } = keeperOf(state);
    state.restarts.push(
      () => Promise.reject(new Error('port taken')),
      async () => fake(2),
    );
    await until(() => keeper.service.pid === 2);
    expect(state.said[1]).toContain('port taken');
    await keeper.stop(1_000);
  });

  it('leaves a service alone that is no process of ours, and one that it stops itself', async () => {
    const state = {
      alive: new Set<number>(),
      restarts: [] as (() => Promise<Fake>)[],
      stopped: [] as number[],
      said: [] as string[],
      first: null,
    };
    const { keeper } = keeperOf(state);
    await keeper.stop(1_000);
    expect(state.said).toEqual([]);
    expect(state.stopped).toEqual([-1]);
  });
});
