import type { Command } from 'commander';
import { identifyInflux } from '../../../infra/local/influxdb-probe.js';
import { historySettings } from '../../../jobs/collect-history/config.js';
import {
  collectFromInflux,
  collectFromTopic,
  type HistoryReport,
  historyRange,
} from '../../../jobs/collect-history/main.js';
import { influxdbSettings } from '../../../sinks/influxdb/config.js';
import { addContextSettings, createContext } from '../../context.js';
import { checkFileArguments } from '../../file-arguments.js';
import { findInflux } from '../../influx-connection.js';
import { type Io, print } from '../../io.js';
import { processSettings } from '../../settings.js';
import { addSettings, settingsOf } from '../../settings-options.js';
import { untilInterrupted } from '../../until-interrupted.js';

interface CollectHistoryFlags {
  readonly out: string;
  readonly host?: string;
  readonly json?: boolean;
}

/** Adds `job collect-history` to the group of jobs. */
export function addCollectHistoryCommand(group: Command, io: Io): void {
  const command = addSettings(
    addContextSettings(
      group
        .command('collect-history')
        .description(
          'Write what was measured lately as CSV, averaged in buckets of time, one file per host.',
        ),
    ),
    historySettings,
    influxdbSettings,
  )
    .requiredOption(
      '--out <file>',
      'CSV or .csv.gz to write; with several hosts, their names go before the ending',
    )
    .option('--host <name>', 'only this host')
    .option('--json', 'print one JSON object');
  command.addHelpText(
    'after',
    '\nExamples:\n  tidewatch job collect-history --out history.csv.gz --host web-1 --history-hours 6\n  tidewatch job collect-history --history-source influxdb --history-hours 168 --out week.csv.gz',
  );
  command.action(async (flags: CollectHistoryFlags) => {
    await checkFileArguments({ writes: { out: flags.out } });
    const report = await untilInterrupted(io, (signal) => collect({ command, io, signal }, flags));
    if (flags.json === true) print(io, JSON.stringify(report));
    else for (const line of lines(report)) print(io, line);
  });
}

async function collect(
  { command, io, signal }: { readonly command: Command; readonly io: Io; readonly signal: AbortSignal },
  flags: CollectHistoryFlags,
): Promise<HistoryReport> {
  const settings = settingsOf(historySettings, command, io);
  const options = { settings, now: io.now(), host: flags.host ?? null, out: flags.out, signal };
  historyRange(options);
  if (settings.HISTORY_SOURCE === 'topic')
    return collectFromTopic(options, {
      ...(await createContext(command, io, 'collect-history')),
      progress: io.stderr,
    });
  const home = settingsOf(processSettings, command, io).TIDEWATCH_HOME;
  const influx = await findInflux(settingsOf(influxdbSettings, command, io), home, io);
  const { api } = await identifyInflux(influx.INFLUX_URL);
  return collectFromInflux(options, {
    url: influx.INFLUX_URL,
    bucket: influx.INFLUX_BUCKET,
    token: influx.INFLUX_TOKEN,
    isVersion1: api === 1,
    timeoutMs: influx.INFLUX_TIMEOUT_MS,
    progress: io.stderr,
  });
}

function lines({ source, range, hosts }: HistoryReport): string[] {
  return [
    `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} from ${source}, averages of ${range.bucketMs} ms`,
    ...hosts.map(
      ({ host, file, rows, emptyRows, metrics, from, to }) =>
        `${host}: ${rows} rows (${emptyRows} empty) of ${metrics.length} metrics, ${new Date(from).toISOString()} to ${new Date(to).toISOString()}, in ${file}`,
    ),
  ];
}
