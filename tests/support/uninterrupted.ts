import { readSettings } from '../../common/config.js';
import type { InputRecord } from '../../common/kafka/lanes/processor.js';
import { scoreSettings } from '../../processors/score/config.js';
import { createModelTable } from '../../processors/score/model-table.js';
import { createBatchScoring } from '../../processors/score/task.js';
import { windowSettings } from '../../processors/window/config.js';
import { createWindowProcessor } from '../../processors/window/task.js';
import type { ModelVersion } from '../../schemas/model-version.js';

const DEFAULTS = {
  values: {},
  readFile: () => {
    throw new Error('no files');
  },
};

/** Values by topic and id, as hexadecimal digits. */
export type OutputsById = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Returns what one `window+score` that is never interrupted makes of these records of `metrics`, without Kafka: features
 * and predictions by id. The records of each partition are taken in the order of their offsets.
 */
export function uninterruptedRun(metrics: readonly InputRecord[], model: ModelVersion): OutputsById {
  const models = createModelTable();
  models.offer(model);
  const scoring = createBatchScoring({
    models,
    clock: { now: () => 0, microseconds: () => 0 },
    settings: readSettings(scoreSettings, DEFAULTS),
  });
  const processor = createWindowProcessor({
    settings: readSettings(windowSettings, DEFAULTS),
    follow: () => {
      const batch = scoring.newBatch();
      return {
        onFeature: (feature) => batch.collect(feature),
        onFlush: (emitter) => batch.flush(emitter),
      };
    },
  });
  const outputs = new Map<string, Map<string, string>>([
    ['features', new Map()],
    ['predictions', new Map()],
  ]);
  const emitter = {
    emit: (topic: string, _key: string, value: Buffer | null, headers: Readonly<Record<string, string>>) =>
      void outputs.get(topic)?.set(headers['tidewatch-id'] ?? '', value?.toString('hex') ?? ''),
  };
  for (const partition of new Set(metrics.map((record) => record.partition))) {
    const task = processor.createTask(partition);
    const records = metrics.filter((record) => record.partition === partition);
    for (const record of records.sort((a, b) => a.offset - b.offset)) task.process(record, emitter);
    task.flush?.(emitter);
  }
  return outputs;
}
