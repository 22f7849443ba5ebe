import type { Command } from 'commander';
import { checkSettings } from '../../common/checks/settings.js';
import { driftRowsSettings } from '../../common/drift-window.js';
import { runProcessor } from '../../common/kafka/lanes/run-processor.js';
import { laneSettings } from '../../common/kafka/lanes/settings.js';
import type { Running } from '../../common/lifecycle.js';
import { driftProcessorSettings } from '../../processors/drift/config.js';
import { runDrift } from '../../processors/drift/main.js';
import { scoreSettings } from '../../processors/score/config.js';
import { registerFigures } from '../../processors/score/figures.js';
import { runScore, withModels } from '../../processors/score/main.js';
import { createBatchScoring, type ScoreClock } from '../../processors/score/task.js';
import { watchModels } from '../../processors/score/watch-models.js';
import { windowSettings } from '../../processors/window/config.js';
import { createLiveChecks, type LiveChecks } from '../../processors/window/live-checks.js';
import { runWindow } from '../../processors/window/main.js';
import { createWindowProcessor } from '../../processors/window/task.js';
import { addContextSettings, type Context, createContext } from '../context.js';
import type { Io } from '../io.js';
import { runUntilStopped } from '../run.js';
import { addSettings, settingsOf } from '../settings-options.js';

/** Adds `process window|score|window+score|drift`. */
export function addProcessCommands(program: Command, io: Io): void {
  const group = program.command('process').description('Run one processor until it is stopped.');
  addProcessor(
    group,
    io,
    'window',
    'Turn metrics into features, one Kafka hop before score.',
    (command, context) =>
      runWindow({
        ...context,
        lanes: settingsOf(laneSettings, command, io),
        settings: settingsOf(windowSettings, command, io),
        checks: liveChecks(command, context, io),
      }),
  );
  addProcessor(group, io, 'score', 'Turn features into verdicts with explanations.', (command, context) =>
    runScore({
      ...context,
      clock: scoreClock(context),
      lanes: settingsOf(laneSettings, command, io),
      settings: settingsOf(scoreSettings, command, io),
    }),
  );
  addProcessor(
    group,
    io,
    'window+score',
    'Both in one process and one transaction: half the latency.',
    (command, context) => runWindowAndScore(command, context, io),
  );
  addProcessor(
    group,
    io,
    'drift',
    'Compare windows of features with what the models learnt.',
    (command, context) =>
      runDrift({
        ...context,
        lanes: settingsOf(laneSettings, command, io),
        settings: {
          ...settingsOf(driftProcessorSettings, command, io),
          ...settingsOf(driftRowsSettings, command, io),
        },
      }),
  );
}

const TABLES = {
  window: [windowSettings, checkSettings],
  score: [scoreSettings],
  'window+score': [windowSettings, checkSettings, scoreSettings],
  drift: [driftProcessorSettings, driftRowsSettings],
} as const;

function addProcessor(
  group: Command,
  io: Io,
  name: keyof typeof TABLES,
  description: string,
  start: (command: Command, context: Context) => Promise<Running>,
): void {
  const command = addSettings(
    addContextSettings(group.command(name).description(description)),
    laneSettings,
    ...TABLES[name],
  );
  command.addHelpText(
    'after',
    `\nExample:\n  KAFKA_BROKERS=localhost:9092 tidewatch process ${name} --http-port 9100`,
  );
  command.action(async () => {
    const context = await createContext(command, io, name);
    await runUntilStopped(io, context.log, () => start(command, context));
  });
}

function liveChecks(command: Command, { registry, log }: Context, io: Io): LiveChecks {
  return createLiveChecks({ settings: settingsOf(checkSettings, command, io), registry, log });
}

function scoreClock({ now }: Context): ScoreClock {
  return { now, microseconds: () => performance.now() * 1_000 };
}

/** Features are scored where they arise, and both records travel in the transaction that commits the metric event. */
async function runWindowAndScore(command: Command, context: Context, io: Io) {
  const lanes = settingsOf(laneSettings, command, io);
  const window = settingsOf(windowSettings, command, io);
  const score = settingsOf(scoreSettings, command, io);
  const checks = liveChecks(command, context, io);
  const watch = await watchModels(context);
  try {
    const scoring = createBatchScoring({ models: watch.models, clock: scoreClock(context), settings: score });
    registerFigures(context.registry, watch.models, () => scoring.figures());
    const follow = () => {
      const batch = scoring.newBatch();
      return {
        onFeature: (feature: Parameters<typeof batch.collect>[0]) => batch.collect(feature),
        onFlush: (emitter: Parameters<typeof batch.flush>[0]) => batch.flush(emitter),
      };
    };
    const processor = createWindowProcessor({ settings: window, follow, checks });
    return withModels(await runProcessor('window-score', processor, { ...context, lanes }), watch);
  } catch (error) {
    await watch.stop();
    throw error;
  }
}
