import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { createModelTable } from '../../processors/score/model-table.js';
import { EVENT_LOOP, inSlices } from '../../processors/score/slices.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { spreadOf } from '../stream/spread.js';
import type { Measurement, Task } from './measurement.js';
import { openScorer, prepareRecipe } from './recipe-stage.js';

const WARM_UP_TURNS = 400;
/** Batches that the new model scores before the watch ends: what it puts off to its first events counts too. */
const TURNS_AFTER = 20;
/** A version is counted after this many others took over: the scorer that matters has compiled a model before. */
const WARM_UP_VERSIONS = 2;

/**
 * Longest pause of scoring, ms, while a model of `shape` metrics is compiled and takes over: one batch of `events` events after the other,
 * each in its own turn of the event loop, and the longest time from the end of one batch to the end of the next. As a control, the same
 * for as long without a new model: what a batch and the collector take anyway.
 */
export async function measureSwitch({ shape, events, repeats }: Task): Promise<Measurement[]> {
  const { record, nextEvents, observe } = prepareRecipe(shape);
  const batch = nextEvents(events).map(observe);
  const table = createModelTable();
  const offer = async (version: ModelVersion): Promise<void> => {
    const taken = await inSlices(table.offerSteps(version), EVENT_LOOP, () => false);
    if (taken?.ok !== true) throw new Error(taken?.reason);
  };
  await offer(record);
  const scorer = openScorer(() => table.current(record.group), 'all');
  const turn = (): void => void scorer.scoreBatch(batch);
  for (let i = 0; i < WARM_UP_TURNS; i += 1) turn();
  const switches: Watched[] = [];
  const controls: Watched[] = [];
  for (const version of laterVersions(record, WARM_UP_VERSIONS + repeats)) {
    const watched = await watchPauses(turn, () => offer(version));
    switches.push(watched);
    controls.push(await watchPauses(turn, () => pause(watched.totalMs)));
  }
  return figuresOf(switches.slice(WARM_UP_VERSIONS), controls.slice(WARM_UP_VERSIONS), events);
}

function figuresOf(
  switches: readonly Watched[],
  controls: readonly Watched[],
  eventsPerBatch: number,
): Measurement[] {
  const switchMs = spreadOf(
    switches.map(({ totalMs }) => totalMs),
    1,
  ).median;
  const figure = (name: string, measured: readonly number[]): Measurement => ({
    name,
    unit: 'ms',
    spread: spreadOf(measured),
    facts: { eventsPerBatch, switchMs },
  });
  const pauses = (watched: readonly Watched[]) => watched.map(({ longestMs }) => longestMs);
  const busy = (watched: readonly Watched[]) => watched.map(({ longestCpuMs }) => longestCpuMs);
  return [
    figure('pause of a model switch', pauses(switches)),
    figure('pause without a switch', pauses(controls)),
    figure('CPU time in a turn of a switch', busy(switches)),
    figure('CPU time in a turn without a switch', busy(controls)),
  ];
}

function laterVersions(record: ModelVersion, count: number): ModelVersion[] {
  return Array.from({ length: count }, (_, i) => ({
    ...record,
    created: record.created + i + 1,
    version: `${record.version}.${i + 1}`,
  }));
}

interface Watched {
  readonly longestMs: number;
  /** Most CPU time of the process between the ends of two batches: what other processes took is not in it. */
  readonly longestCpuMs: number;
  /** From the start of the work to its end. */
  readonly totalMs: number;
}

/** Takes turns while `work` goes on, and a few after it. The first gap begins before the work does. */
async function watchPauses(turn: () => void, work: () => Promise<void>): Promise<Watched> {
  const begun = performance.now();
  const cpuBegun = cpuMs();
  let ended = Number.NaN;
  const takeTurns = async (): Promise<Pick<Watched, 'longestMs' | 'longestCpuMs'>> => {
    let longestMs = 0;
    let longestCpuMs = 0;
    let last = begun;
    let lastCpu = cpuBegun;
    for (let left = TURNS_AFTER; left > 0; left -= Number.isNaN(ended) ? 0 : 1) {
      await nextTurn();
      turn();
      const now = performance.now();
      const cpu = cpuMs();
      longestMs = Math.max(longestMs, now - last);
      longestCpuMs = Math.max(longestCpuMs, cpu - lastCpu);
      last = now;
      lastCpu = cpu;
    }
    return { longestMs, longestCpuMs };
  };
  const working = work().then(() => {
    ended = performance.now();
  });
  const [longest] = await Promise.all([takeTurns(), working]);
  return { ...longest, totalMs: ended - begun };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
