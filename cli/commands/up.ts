import type { Command } from 'commander';
import { kafkaSettings, topicSettings } from '../../common/kafka/settings.js';
import { simulatorSettings } from '../../producers/simulator/config.js';
import { influxdbSettings } from '../../sinks/influxdb/config.js';
import type { Io } from '../io.js';
import { localServiceSettings, processSettings } from '../settings.js';
import { addSettings, settingsOf, settingValues } from '../settings-options.js';
import { parseDuration } from '../up/duration.js';
import { upSettings } from '../up/settings.js';
import { runUp } from '../up/up.js';

/** Adds `up`. */
export function addUpCommand(program: Command, io: Io): void {
  const command = addSettings(
    program
      .command('up')
      .description('Run the whole stream on this machine: services, topics, all processes, live summary.'),
    upSettings,
    processSettings,
    kafkaSettings,
    topicSettings,
    influxdbSettings,
    simulatorSettings,
    localServiceSettings,
  )
    .option('--only-host', 'leave the simulator out: this machine alone')
    .option('--for <duration>', 'stop by itself, for example after 60s');
  command.addHelpText('after', '\nExamples:\n  npm start\n  npm start -- --for 60s --only-host');
  command.action(async (flags: { onlyHost?: boolean; for?: string }) => {
    await runUp(io, {
      process: settingsOf(processSettings, command, io),
      kafka: settingsOf(kafkaSettings, command, io),
      topics: settingsOf(topicSettings, command, io),
      influx: settingsOf(influxdbSettings, command, io),
      simulator: settingsOf(simulatorSettings, command, io),
      up: settingsOf(upSettings, command, io),
      ports: settingsOf(localServiceSettings, command, io),
      onlyHost: flags.onlyHost === true,
      forMs: flags.for === undefined ? null : parseDuration(flags.for),
      environment: settingValues(command, io),
    });
  });
}
