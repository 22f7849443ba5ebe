import type { Command } from 'commander';
import { kafkaSettings } from '../../common/kafka/settings.js';
import { createLogger } from '../../common/log.js';
import {
  findOrStartServices,
  type ServicesOptions,
  type ServicesStatus,
  servicesStatus,
  stopServices,
} from '../../infra/local/services.js';
import { influxdbSettings } from '../../sinks/influxdb/config.js';
import { type Io, print } from '../io.js';
import { serviceSettings } from '../service-settings.js';
import { localServiceSettings, processSettings } from '../settings.js';
import { addSettings, settingsOf } from '../settings-options.js';

/** Adds `services start|stop|status`. */
export function addServicesCommands(program: Command, io: Io): void {
  const group = program
    .command('services')
    .description('Kafka and InfluxDB on this machine: find, start, stop.');
  add(
    group,
    'start',
    'Find or start both; they stay until "services stop".',
    'tidewatch services start',
  ).action(async (_options, command: Command) => {
    const { kafka, influx } = await findOrStartServices(optionsOf(command, io));
    print(io, `Kafka ${kafka.brokers.join(',')} (${kafka.kind}), InfluxDB ${influx.url} (${influx.kind})`);
  });
  add(group, 'stop', 'Stop what was started for this folder.', 'tidewatch services stop').action(
    async (_options, command: Command) => {
      const stopped = await stopServices(optionsOf(command, io));
      print(
        io,
        `Kafka ${stopped.kafka ? 'stopped' : 'was not running'}, InfluxDB ${stopped.influx ? 'stopped' : 'was not running'}`,
      );
    },
  );
  add(group, 'status', 'Say what runs, asking each server.', 'tidewatch services status --json')
    .option('--json', 'one JSON object')
    .action(async (options: { json?: boolean }, command: Command) => {
      const status = await servicesStatus(optionsOf(command, io));
      if (options.json === true) print(io, JSON.stringify(status));
      else for (const line of statusLines(status)) print(io, line);
    });
}

function add(group: Command, name: string, description: string, example: string): Command {
  return addSettings(
    group.command(name).description(description),
    processSettings,
    kafkaSettings,
    influxdbSettings,
    localServiceSettings,
  ).addHelpText('after', `\nExample:\n  ${example}`);
}

function optionsOf(command: Command, io: Io): ServicesOptions {
  const { TIDEWATCH_HOME: home, LOG_LEVEL: level } = settingsOf(processSettings, command, io);
  const settings = serviceSettings(
    {
      kafka: settingsOf(kafkaSettings, command, io),
      influx: settingsOf(influxdbSettings, command, io),
      ports: settingsOf(localServiceSettings, command, io),
    },
    io,
  );
  return {
    home,
    settings,
    log: createLogger({ level, name: 'services' }),
    onProgress: (line) => io.stderr.write(`${line}\n`),
  };
}

function statusLines({ kafka, influx }: ServicesStatus): string[] {
  return [
    kafka === null
      ? 'Kafka     down'
      : `Kafka     ${kafka.brokers.join(',')} (${kafka.kind}${kafka.pid === null ? '' : `, pid ${kafka.pid}`})`,
    influx === null
      ? 'InfluxDB  down'
      : `InfluxDB  ${influx.url} version ${influx.version} (${influx.kind}${influx.pid === null ? '' : `, pid ${influx.pid}`})`,
  ];
}
