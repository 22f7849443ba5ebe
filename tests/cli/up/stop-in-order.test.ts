import { describe, expect, it } from 'vitest';
import { type StopSteps, stopInOrder } from '../../../cli/up/stop-in-order.js';
import { pause } from '../../../common/lifecycle.js';

const never = new Promise<never>(() => undefined);

/** Steps that end at once, and the order in which they were asked to. */
function recorded(changes: Partial<StopSteps> = {}): { steps: StopSteps; order: string[] } {
  const order: string[] = [];
  const ending = (name: string) => async (): Promise<readonly string[]> => {
    order.push(name);
    return [];
  };
  const steps = {
    starting: Promise.resolve(),
    stopProducers: ending('producers'),
    drain: async () => void order.push('drain'),
    stopConsumers: ending('consumers'),
    closeViews: async () => void order.push('views'),
    stopServices: ending('services'),
    ...changes,
  };
  return { steps, order };
}

/** A step that ends only by being killed at its grace, as a child process that hangs does. */
const hanging = (name: string, graces: number[]) => async (graceMs: number) => {
  graces.push(graceMs);
  await pause(graceMs);
  return [name];
};

describe('stopInOrder', () => {
  it('stops producers before what reads from them, and services last', async () => {
    const { steps, order } = recorded();
    expect(await stopInOrder(steps)).toEqual([]);
    expect(order).toEqual(['producers', 'drain', 'consumers', 'views', 'services']);
  });

  it('ends in its deadline when everything hangs, having told every part to stop, and names what was cut off', async () => {
    const deadlineMs = 400;
    const graces: number[] = [];
    const { steps } = recorded({
      starting: never,
      stopProducers: hanging('collector', graces),
      drain: () => never,
      stopConsumers: hanging('window+score', graces),
      closeViews: () => never,
      stopServices: hanging('Kafka', graces),
    });
    const begun = performance.now();
    const cutOff = await stopInOrder(steps, deadlineMs);
    expect(performance.now() - begun).toBeLessThan(2 * deadlineMs);
    expect(graces).toHaveLength(3);
    expect(cutOff).toHaveLength(6);
    expect(cutOff).toEqual(
      expect.arrayContaining(['the start', 'collector', 'the last events', 'window+score', 'Kafka']),
    );
  });

  it('gives later steps what earlier ones have left, and keeps time for the services whatever hangs', async () => {
    const graces: number[] = [];
    const quick = recorded({ stopServices: hanging('Kafka', graces) });
    await stopInOrder(quick.steps, 400);
    const slow = recorded({
      stopProducers: hanging('collector', []),
      stopConsumers: hanging('score', []),
      stopServices: hanging('Kafka', graces),
    });
    await stopInOrder(slow.steps, 400);
    const [left = 0, kept = 0] = graces;
    expect(left).toBeGreaterThan(200);
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(left);
  });

  it('goes on after a step that fails, and throws its error at the end', async () => {
    const { steps, order } = recorded({ stopConsumers: () => Promise.reject(new Error('no such process')) });
    await expect(stopInOrder(steps)).rejects.toThrow('no such process');
    expect(order.at(-1)).toBe('services');
  });
});
