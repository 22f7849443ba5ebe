import { spreadOf } from '../stream/spread.js';
import type { Measurement, Task } from './measurement.js';
import { createWindow } from './recipe-stage.js';
import { simulateHosts } from './simulated-hosts.js';

/** Series that are held at once, at least. */
const SERIES = 1_000;

/**
 * Kilobytes of memory that a series holds with its baseline, after `events` events of a host with `shape` metrics: the growth of heap and
 * buffers over a thousand series, garbage collected before and after. Needs --expose-gc.
 */
export function measureSeriesMemory({ shape, events, repeats }: Task): Measurement[] {
  const hosts = Math.ceil(SERIES / shape);
  // Kept to the end: what a repeat leaves behind must not be freed while the next one is measured.
  const kept: ReturnType<typeof createWindow>[] = [];
  const kilobytes = Array.from({ length: repeats }, (_, repeat) => {
    const next = simulateHosts(shape, repeat);
    const before = heldBytes();
    const observe = createWindow();
    kept.push(observe);
    for (let i = 0; i < events; i += 1) {
      const event = next();
      for (let host = 0; host < hosts; host += 1) observe({ ...event, host: `host-${host}` });
    }
    return (heldBytes() - before) / (hosts * shape) / 1_024;
  });
  const facts = { series: kept.length * hosts * shape, eventsPerSeries: events };
  return [{ name: 'series with baseline', unit: 'KB', spread: spreadOf(kilobytes), facts }];
}

function heldBytes(): number {
  if (globalThis.gc === undefined) throw new Error('measuring memory: run Node with --expose-gc');
  // Twice: the first collection frees what the second one can then see as free.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
