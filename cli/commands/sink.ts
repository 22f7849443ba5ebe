import type { Command } from 'commander';
import { startHealthServer } from '../../common/health-server.js';
import { Lifecycle, type Running } from '../../common/lifecycle.js';
import { influxdbSettings } from '../../sinks/influxdb/config.js';
import { runInfluxdbSink } from '../../sinks/influxdb/main.js';
import { addContextSettings, type Context, createContext } from '../context.js';
import { findInflux } from '../influx-connection.js';
import type { Io } from '../io.js';
import { runUntilStopped } from '../run.js';
import { addSettings, settingsOf } from '../settings-options.js';

/** Adds `sink influxdb`. */
export function addSinkCommands(program: Command, io: Io): void {
  const group = program.command('sink').description('Land verdicts in a store.');
  const command = addSettings(
    addContextSettings(
      group
        .command('influxdb')
        .description('Write metrics, verdicts, baselines and drift to InfluxDB 1.x or 2.x.'),
    ),
    influxdbSettings,
  );
  command.addHelpText(
    'after',
    '\nExample:\n  KAFKA_BROKERS=localhost:9092 INFLUX_URL=http://localhost:8086 INFLUX_TOKEN_FILE=token tidewatch sink influxdb',
  );
  command.action(async () => {
    const context = await createContext(command, io, 'sink influxdb');
    await runUntilStopped(io, context.log, () => start(command, context, io));
  });
}

async function start(command: Command, context: Context, io: Io): Promise<Running> {
  const settings = await findInflux(
    settingsOf(influxdbSettings, command, io),
    context.process.TIDEWATCH_HOME,
    io,
  );
  const lifecycle = new Lifecycle(context.log);
  const sink = await lifecycle.start(
    'influxdb sink',
    () => runInfluxdbSink({ ...context, settings, random: Math.random }),
    (started) => started.stop(),
  );
  const http = await lifecycle.start(
    'health server',
    () => startHealthServer({ ...context.http, registry: context.registry, health: () => sink.health() }),
    (started) => started.close(),
  );
  context.log.info({ url: http.url, influx: settings.INFLUX_URL }, 'writing to InfluxDB');
  return { done: sink.done, stop: () => lifecycle.stop() };
}
