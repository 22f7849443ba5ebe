import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { SettingsTable } from '../../common/config.js';
import { TidewatchError } from '../../common/errors.js';
import type { Running } from '../../common/lifecycle.js';
import { collectorSettings } from '../../producers/host-collector/config.js';
import { runHostCollector } from '../../producers/host-collector/main.js';
import { loadSettings } from '../../producers/load-generator/config.js';
import { runLoadGenerator } from '../../producers/load-generator/main.js';
import { simulatorSettings } from '../../producers/simulator/config.js';
import { runSimulator } from '../../producers/simulator/main.js';
import { addContextSettings, type Context, createContext } from '../context.js';
import type { Io } from '../io.js';
import { runUntilStopped } from '../run.js';
import { addSettings, settingsOf } from '../settings-options.js';
import { addReplayCommand } from './produce/replay.js';

/** Adds `produce simulate|collect|load|replay`. */
export function addProduceCommands(program: Command, io: Io): void {
  const group = program.command('produce').description('Publish metric events.');
  add(
    group,
    io,
    {
      name: 'simulate',
      description: 'Simulated hosts with rhythm, noise and incidents; HTTP control with POST /stress.',
      table: simulatorSettings,
      example: '--sim-hosts 5 --sim-http-port 8085',
    },
    (command, context) =>
      runSimulator({
        ...context,
        producerId: randomUUID(),
        settings: settingsOf(simulatorSettings, command, io),
      }),
  );
  add(
    group,
    io,
    {
      name: 'collect',
      description: "This machine's own metrics.",
      table: collectorSettings,
      example: '--collector-interval-ms 5000',
    },
    (command, context) =>
      runHostCollector({
        ...context,
        producerId: randomUUID(),
        settings: settingsOf(collectorSettings, command, io),
      }),
  );
  add(
    group,
    io,
    {
      name: 'load',
      description: 'Load at a rate; reports what was reached, never more.',
      table: loadSettings,
      example: '--load-rate 1000 --load-duration-seconds 30',
    },
    (command, context) => runLoad(command, context, io),
  );
  addReplayCommand(group, io);
}

interface ProducerCommand {
  readonly name: string;
  readonly description: string;
  readonly table: SettingsTable;
  readonly example: string;
}

function add(
  group: Command,
  io: Io,
  { name, description, table, example }: ProducerCommand,
  start: (command: Command, context: Context) => Promise<Running>,
): void {
  const command = addSettings(addContextSettings(group.command(name).description(description)), table);
  command.addHelpText(
    'after',
    `\nExample:\n  KAFKA_BROKERS=localhost:9092 tidewatch produce ${name} ${example}`,
  );
  command.action(async () => {
    const context = await createContext(command, io, name);
    await runUntilStopped(io, context.log, () => start(command, context));
  });
}

async function runLoad(command: Command, context: Context, io: Io): Promise<Running> {
  const settings = settingsOf(loadSettings, command, io);
  const running = await runLoadGenerator({
    ...context,
    producerId: randomUUID(),
    settings,
    progress: io.stderr,
    standardOutput: io.stdout,
  });
  const done = running.report.then((report) => {
    if (!settings.LOAD_REQUIRE_RATE || report.reached) return;
    throw new TidewatchError({
      code: 'RATE_NOT_REACHED',
      retriable: true,
      message: `loading: ${report.achievedRate.toFixed(1)} events/s reached of ${settings.LOAD_RATE} asked`,
    });
  });
  done.catch(() => undefined);
  return { done, stop: () => running.stop() };
}
