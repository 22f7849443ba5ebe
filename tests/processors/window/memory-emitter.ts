import { readSettings } from '../../../common/config.js';
import type { Emitter, InputRecord, OutputHeaders } from '../../../common/kafka/lanes/processor.js';
import type { TopicName } from '../../../common/kafka/topics.js';
import { windowSettings } from '../../../processors/window/config.js';
import { type MetricEvent, metricEventCodec } from '../../../schemas/metric-event.js';

export interface Emitted {
  readonly topic: TopicName;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: OutputHeaders;
}

/** Keeps what is emitted. */
export class MemoryEmitter implements Emitter {
  readonly records: Emitted[] = [];

  emit(topic: TopicName, key: string, value: Buffer | null, headers: OutputHeaders): void {
    this.records.push({ topic, key, value, headers });
  }

  of(topic: TopicName): Emitted[] {
    return this.records.filter((record) => record.topic === topic);
  }
}

/** Returns the default settings, changed by `values`. */
export function settingsWith(values: Record<string, string> = {}) {
  return readSettings(windowSettings, {
    values,
    readFile: () => {
      throw new Error('no files');
    },
  });
}

/** Returns a good event of one host, changed by `part`. */
export function eventWith(part: Partial<MetricEvent> = {}): MetricEvent {
  return {
    id: 'p:1',
    host: 'web-1',
    timestamp: 1_700_000_000_000,
    source: 'simulator',
    metrics: ['cpu', 'mem'],
    values: [0.5, 100],
    labels: {},
    ...part,
  };
}

/** Returns the Kafka record of an event, appended 20 ms after its event time unless told otherwise. */
export function recordOf(event: MetricEvent, offset: number, appendTime = event.timestamp + 20): InputRecord {
  return {
    partition: 3,
    offset,
    timestamp: appendTime,
    key: Buffer.from(event.host),
    value: Buffer.from(metricEventCodec.encode(event)),
    headers: {},
  };
}
