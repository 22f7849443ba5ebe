import type { Command } from 'commander';
import { TidewatchError } from '../../common/errors.js';
import { identifyInflux } from '../../infra/local/influxdb-probe.js';
import { influxdbSettings } from '../../sinks/influxdb/config.js';
import { type Counts, countStream } from '../check/counts.js';
import { addContextSettings, createContext } from '../context.js';
import { findInflux } from '../influx-connection.js';
import { type Io, print } from '../io.js';
import { addSettings, settingsOf } from '../settings-options.js';
import { untilInterrupted } from '../until-interrupted.js';

/** Adds `check counts`. */
export function addCheckCommands(program: Command, io: Io): void {
  const group = program.command('check').description('Prove that the stream is whole.');
  const command = addSettings(
    addContextSettings(
      group
        .command('counts')
        .description(
          'Compare the events in Kafka with the verdicts and the points in InfluxDB; exit 1 on a difference.',
        ),
    ),
    influxdbSettings,
  ).option('--json', 'one JSON object');
  command.addHelpText('after', '\nExample:\n  tidewatch services start && tidewatch check counts --json');
  command.action(async (options: { json?: boolean }) => {
    const counts = await untilInterrupted(io, () => count(command, io));
    print(io, options.json === true ? JSON.stringify(counts) : countsLine(counts));
    if (counts.difference !== 0 || counts.missing !== 0 || counts.repeated !== 0) {
      throw new TidewatchError({
        code: 'COUNTS_DIFFER',
        retriable: true,
        message: 'checking counts: events, verdicts and points differ',
      });
    }
  });
}

async function count(command: Command, io: Io): Promise<Counts> {
  const context = await createContext(command, io, 'check');
  const settings = settingsOf(influxdbSettings, command, io);
  const { INFLUX_URL, INFLUX_BUCKET, INFLUX_TOKEN } = await findInflux(
    settings,
    context.process.TIDEWATCH_HOME,
    io,
  );
  const { api } = await identifyInflux(INFLUX_URL);
  const influx = { url: INFLUX_URL, bucket: INFLUX_BUCKET, token: INFLUX_TOKEN, isVersion1: api === 1 };
  return countStream({ ...context, influx });
}

/** Returns the counts as one sentence. */
export function countsLine({
  events,
  verdicts,
  repeated,
  missing,
  points,
  difference,
  deadLetters,
}: Counts): string {
  return `${events} events, ${verdicts} verdicts (${missing} missing, ${repeated} repeated), ${points} points in ai_predictions, difference ${difference}, ${deadLetters} dead letters`;
}
