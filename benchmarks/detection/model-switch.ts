import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { createModelTable } from '../../processors/score/model-table.js';
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
    const taken = await table.offer(version);
    if (!taken.ok) throw new Error(taken.reason);
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
  const longest = (watched: readonly Watched[]) =>
    spreadOf(watched.slice(WARM_UP_VERSIONS).map(({ longestMs }) => longestMs));
  const total = spreadOf(
    switches.map(({ totalMs }) => totalMs),
    1,
  );
  return [
    {
      name: 'pause of a model switch',
      unit: 'ms',
      spread: longest(switches),
      facts: { eventsPerBatch: events, switchMs: total.median },
    },
    { name: 'pause without a switch', unit: 'ms', spread: longest(controls), facts: {} },
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
  /** From the start of the work to its end. */
  readonly totalMs: number;
}

/** Takes turns while `work` goes on, and a few after it. The first gap begins before the work does. */
async function watchPauses(turn: () => void, work: () => Promise<void>): Promise<Watched> {
  const begun = performance.now();
  let ended = Number.NaN;
  const takeTurns = async (): Promise<number> => {
    let longestMs = 0;
    let last = begun;
    for (let left = TURNS_AFTER; left > 0; left -= Number.isNaN(ended) ? 0 : 1) {
      await nextTurn();
      turn();
      const now = performance.now();
      longestMs = Math.max(longestMs, now - last);
      last = now;
    }
    return longestMs;
  };
  const working = work().then(() => {
    ended = performance.now();
  });
  const [longestMs] = await Promise.all([takeTurns(), working]);
  return { longestMs, totalMs: ended - begun };
}
