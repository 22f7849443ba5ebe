import { readSettings } from '../../common/config.js';
import { runProcessor } from '../../common/kafka/lanes/run-processor.js';
import { laneSettings } from '../../common/kafka/lanes/settings.js';
import type { Running } from '../../common/lifecycle.js';
import { createRegistry } from '../../common/metrics.js';
import { scoreSettings } from '../../processors/score/config.js';
import { withModels } from '../../processors/score/main.js';
import { createBatchScoring } from '../../processors/score/task.js';
import { watchModels } from '../../processors/score/watch-models.js';
import { windowSettings } from '../../processors/window/config.js';
import { createWindowProcessor } from '../../processors/window/task.js';
import { kafkaClient, testLog } from './kafka.js';
import { uniqueName } from './services.js';

const DEFAULTS = { values: {}, readFile: () => '' };

/** Starts `window+score` in this process, with the models that are in the topic now, and default settings. */
export async function startWindowAndScore(topicPrefix: string): Promise<Running> {
  const shared = { kafka: kafkaClient(), log: testLog(), topicPrefix, groupPrefix: `${uniqueName('live')}.` };
  const watch = await watchModels(shared);
  const scoring = createBatchScoring({
    models: watch.models,
    clock: { now: () => Date.now(), microseconds: () => performance.now() * 1000 },
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
  const running = await runProcessor('window-score', processor, {
    ...shared,
    registry: createRegistry(),
    lanes: readSettings(laneSettings, DEFAULTS),
    http: { address: '127.0.0.1', port: 0 },
    instance: 'test',
    now: () => Date.now(),
  });
  return withModels(running, watch);
}
