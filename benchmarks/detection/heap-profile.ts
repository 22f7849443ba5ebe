import { type HeapProfiler, Session } from 'node:inspector';

/** What a run allocated, as V8's sampling heap profiler saw it. */
export interface HeapProfile {
  /** Estimate of all bytes that were allocated, whether they were collected meanwhile or not; without contents of array buffers. */
  readonly bytes: number;
  /** Bytes by function and file, largest first. */
  readonly byFunction: readonly { readonly name: string; readonly bytes: number }[];
}

/** Mean bytes between two samples: what is smaller than this in all is seen by luck only. */
const SAMPLING_BYTES = 512;

/** Runs once under the heap profiler. Throws what the inspector refuses. */
export async function profileHeap(run: () => void): Promise<HeapProfile> {
  const session = new Session();
  session.connect();
  try {
    const options = {
      samplingInterval: SAMPLING_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    };
    await post((done) => session.post('HeapProfiler.startSampling', options, done));
    run();
    const profile = await stopSampling(session);
    return summarise(profile.head);
  } finally {
    session.disconnect();
  }
}

function post(send: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    send((error) => (error === null ? resolve() : reject(error)));
  });
}

function stopSampling(session: Session): Promise<HeapProfiler.SamplingHeapProfile> {
  return new Promise((resolve, reject) => {
    session.post('HeapProfiler.stopSampling', (error, { profile }) =>
      error === null ? resolve(profile) : reject(error),
    );
  });
}

/** Returns the sums of a profile's tree; nodes of the same function count together. */
export function summarise(head: HeapProfiler.SamplingHeapProfileNode): HeapProfile {
  const sizes = new Map<string, number>();
  const pending = [head];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const { functionName, url } = node.callFrame;
    const file = url.slice(url.lastIndexOf('/') + 1);
    const name = `${functionName === '' ? '(anonymous)' : functionName}${file === '' ? '' : ` in ${file}`}`;
    if (node.selfSize > 0) sizes.set(name, (sizes.get(name) ?? 0) + node.selfSize);
    pending.push(...node.children);
  }
  const byFunction = [...sizes].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
  return { bytes: byFunction.reduce((sum, { bytes }) => sum + bytes, 0), byFunction };
}
