import type { InputRecord, PartitionTask } from '../../../common/kafka/lanes/processor.js';
import { driftReportCodec } from '../../../schemas/drift-report.js';
import type { FeatureEvent } from '../../../schemas/feature-event.js';
import { MemoryEmitter } from '../window/memory-emitter.js';
import { featureOf, GROUP, recordOf, START } from './drift-world.js';

/** Blocks and window of the small series here: 1 s blocks with ten rows, 12 in a window. */
export const SMALL = { blockMs: 1_000, windowBlocks: 12 } as const;
const ROW_MS = 100;

/** One series by its host, its number of the row, and its level. */
export function row(host: string, index: number, level = 0, part: Partial<FeatureEvent> = {}): FeatureEvent {
  // 37 and 101 are coprime: every window holds nearly the same values in another order.
  const value = level + ((index * 37) % 101);
  const event = featureOf(
    {
      id: `p:${host}:${index}`,
      host,
      timestamp: START + index * ROW_MS,
      source: 'simulator',
      metrics: ['cpu', 'mem'],
      values: [value, 1000 - value],
      labels: { group: GROUP },
    },
    index,
  );
  return { ...event, ...part };
}

/** Rows `from` to `to` of one host. */
export function rows(host: string, from: number, to: number, level = 0): FeatureEvent[] {
  return Array.from({ length: to - from }, (_, i) => row(host, from + i, level));
}

/** Kafka records of events, the offset of each its place. */
export function records(events: readonly FeatureEvent[], firstOffset = 0): InputRecord[] {
  return events.map((event, i) => recordOf(event, firstOffset + i));
}

/** Feeds the records and returns all that came out. */
export function feed(task: PartitionTask, input: readonly InputRecord[]): MemoryEmitter {
  const emitter = new MemoryEmitter();
  for (const record of input) task.process(record, emitter);
  return emitter;
}

/** Returns the decoded reports among what was emitted. */
export function reportsOf(emitter: MemoryEmitter) {
  return emitter.of('drift').map(({ value }) => {
    const decoded = driftReportCodec.decode(value ?? Buffer.alloc(0));
    if (!decoded.ok) throw new Error(decoded.reason);
    return decoded.value;
  });
}
