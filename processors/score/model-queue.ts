import { completion, type Running } from '../../common/lifecycle.js';
import { byAge } from '../../common/registry/models-topic.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import type { ModelTable, Offer } from './model-table.js';
import { inSlices, type Pace } from './slices.js';

export interface ModelQueueOptions {
  readonly models: ModelTable;
  readonly pace: Pace;
  /** Told what became of each version, in the order in which they were compiled. */
  readonly onOffer: (record: ModelVersion, offer: Offer) => void;
}

/**
 * Versions that wait to be compiled, one after the other, while the models in use go on scoring. A stop drops what waits and ends what is
 * being compiled.
 */
export interface ModelQueue extends Running {
  /** Takes a version; it is compiled in later turns of the event loop. Does nothing after a stop. */
  add(record: ModelVersion): void;
  /** Resolves once nothing waits and nothing is being compiled. Rejects when compiling threw. */
  idle(): Promise<void>;
}

/**
 * Versions of a group that wait at most: the newest, and two to fall back on. Compaction keeps every version that ever was, and with drift
 * references one may have 16 MiB: a year of them would not fit into a process that starts.
 */
const MOST_WAITING = 3;

/**
 * Returns an empty queue. The newest version goes first, and what is older than the model in use by then is passed over: a topic with a
 * hundred versions costs the compiling of one or two. Of a group the newest three wait, the older of them in case the newer is refused.
 */
export function createModelQueue({ models, pace, onOffer }: ModelQueueOptions): ModelQueue {
  let waiting: ModelVersion[] = [];
  let work: Promise<void> | null = null;
  let isStopped = false;
  const ends = completion();

  const compileAll = async (): Promise<void> => {
    // Versions that arrive together are all here before the first is chosen.
    await pace.nextTurn();
    for (let record = waiting.pop(); record !== undefined; record = waiting.pop()) {
      const offer = await inSlices(models.offerSteps(record), pace, () => isStopped);
      if (offer !== undefined) onOffer(record, offer);
    }
    work = null;
  };
  const start = (): Promise<void> => {
    const started = compileAll();
    started.catch((error: unknown) => {
      isStopped = true;
      ends.fail(error);
    });
    return started;
  };

  return {
    done: ends.done,
    add(record) {
      if (isStopped) return;
      waiting = withoutSurplus([...waiting, record].sort(byAge), record.group);
      work ??= start();
    },
    idle: () => work ?? Promise.resolve(),
    async stop() {
      isStopped = true;
      waiting = [];
      await work?.catch(() => undefined);
      ends.finish();
    },
  };
}

/** Leaves out the oldest version of a group that has too many; the versions come oldest first. */
function withoutSurplus(versions: ModelVersion[], group: string): ModelVersion[] {
  const [oldest, ...newer] = versions.filter((version) => version.group === group);
  return newer.length < MOST_WAITING ? versions : versions.filter((version) => version !== oldest);
}
