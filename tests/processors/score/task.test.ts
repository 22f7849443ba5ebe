import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../common/config.js';
import type { Emitter, InputRecord } from '../../../common/kafka/lanes/processor.js';
import type { TopicName } from '../../../common/kafka/topics.js';
import { scoreSettings } from '../../../processors/score/config.js';
import { createBatchScoring, createScoreProcessor } from '../../../processors/score/task.js';
import { featureEventCodec } from '../../../schemas/feature-event.js';
import { predictionCodec } from '../../../schemas/prediction.js';
import { simulateFeatures } from '../../support/simulated-features.js';

interface Emitted {
  readonly topic: TopicName;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

function recorder(): Emitter & { readonly records: Emitted[] } {
  const records: Emitted[] = [];
  return { records, emit: (topic, key, value, headers) => records.push({ topic, key, value, headers }) };
}

function input(value: Buffer | null, offset: number): InputRecord {
  return { partition: 0, offset, timestamp: 0, key: null, value, headers: {} };
}

let ticks = 0;
const options = {
  models: { current: () => null },
  clock: { now: () => 1_900_000_000_000, microseconds: () => (ticks += 100) },
  settings: readSettings(scoreSettings, { values: {}, readFile: () => '' }),
};
const events = simulateFeatures({ seed: 2, events: 40 });

describe('createScoreProcessor', () => {
  it('emits one prediction per record at the flush, in order, with its identity and times as headers', () => {
    const processor = createScoreProcessor(options);
    const task = processor.createTask(0);
    const emitter = recorder();
    const outcomes = events.map((event, i) =>
      task.process(input(Buffer.from(featureEventCodec.encode(event)), i), emitter),
    );
    expect(outcomes.every(({ kind }) => kind === 'emitted')).toBe(true);
    expect(emitter.records).toHaveLength(0);
    task.flush?.(emitter);
    expect(emitter.records).toHaveLength(events.length);
    emitter.records.forEach(({ topic, key, value, headers }, i) => {
      const event = events[i];
      expect([topic, key]).toEqual(['predictions', event?.host]);
      expect(headers).toEqual({
        'tidewatch-id': event?.id,
        'append-time': String(event?.appendTime),
        'scored-at': '1900000000000',
        // A reading of this clock takes 100: a fortieth of the batch's, and one of its own.
        'scoring-us': '102.5',
      });
      const decoded = predictionCodec.decode(value ?? Buffer.alloc(0));
      expect(decoded.ok && decoded.value.id).toBe(event?.id);
    });
    task.flush?.(emitter);
    expect(emitter.records).toHaveLength(events.length);
    expect(processor.figures().scored).toBe(events.length);
  });

  it('rejects what cannot be decoded and scores its neighbours', () => {
    const task = createScoreProcessor(options).createTask(0);
    const emitter = recorder();
    const good = Buffer.from(featureEventCodec.encode(events[0] ?? expect.fail('no event')));
    const outcomes = [null, Buffer.from('poison'), good, good.subarray(0, 30)].map((value, i) =>
      task.process(input(value, i), emitter),
    );
    expect(outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.stage : outcome.kind))).toEqual([
      'VALUE_CONVERTER',
      'VALUE_CONVERTER',
      'emitted',
      'VALUE_CONVERTER',
    ]);
    task.flush?.(emitter);
    expect(emitter.records).toHaveLength(1);
  });

  it('keeps what one task collected apart from the others', () => {
    const processor = createScoreProcessor(options);
    const [first, second] = [processor.createTask(0), processor.createTask(1)];
    const emitter = recorder();
    first.process(
      input(Buffer.from(featureEventCodec.encode(events[0] ?? expect.fail('no event'))), 0),
      emitter,
    );
    second.flush?.(emitter);
    expect(emitter.records).toHaveLength(0);
  });
});

describe('createBatchScoring', () => {
  it('scores what `window` computed in the same process to the same bytes as the processor does', () => {
    const fused = recorder();
    const scorer = createBatchScoring(options).newBatch();
    for (const event of events) scorer.collect(event);
    scorer.flush(fused);
    const apart = recorder();
    const task = createScoreProcessor(options).createTask(0);
    for (const event of events) task.process(input(Buffer.from(featureEventCodec.encode(event)), 0), apart);
    task.flush?.(apart);
    expect(fused.records.map(({ value }) => value?.toString('hex'))).toEqual(
      apart.records.map(({ value }) => value?.toString('hex')),
    );
  });
});
