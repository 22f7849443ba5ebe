import { basename } from 'node:path';
import type { Command } from 'commander';
import { csvSettings, rowTimes } from '../../../common/csv/settings.js';
import { TidewatchError } from '../../../common/errors.js';
import { type ReplayReport, runReplay } from '../../../producers/replay/main.js';
import { planReplay } from '../../../producers/replay/plan.js';
import { addContextSettings, createContext } from '../../context.js';
import { checkLabelColumn } from '../../file-arguments.js';
import { type Io, print } from '../../io.js';
import { runUntilStopped } from '../../run.js';
import { addSettings, settingsOf } from '../../settings-options.js';

interface ReplayFlags {
  readonly input: string;
  readonly host?: string;
  readonly group?: string;
  readonly rate?: string;
  readonly asFastAsPossible?: boolean;
  readonly labelColumn?: string;
  readonly json?: boolean;
}

/** Events per second unless told. */
const USUAL_RATE = 100;

/** Adds `produce replay` to the group of producers. */
export function addReplayCommand(group: Command, io: Io): void {
  const command = addSettings(
    addContextSettings(
      group.command('replay').description('The rows of a CSV file as the events of one host.'),
    ),
    csvSettings,
  )
    .requiredOption('--input <file>', 'CSV or .csv.gz with a header row; "timestamp" first when there is one')
    .option('--host <name>', 'host of the events; replay- and the name of the file unless told')
    .option('--group <name>', 'model group; the fingerprint of the columns unless told')
    .option('--rate <events/s>', `events per second, ${USUAL_RATE} unless told`)
    .option('--as-fast-as-possible', 'publish as fast as Kafka takes them')
    .option('--label-column <name>', 'column of the CSV that is a label, not a metric')
    .option('--json', 'print one JSON object at the end');
  command.addHelpText(
    'after',
    '\nExample:\n  KAFKA_BROKERS=localhost:9092 tidewatch produce replay --input test.csv.gz --host web-1 --rate 500',
  );
  command.action(async (flags: ReplayFlags) => {
    const rate = rateOf(flags);
    const file = {
      path: flags.input,
      host: flags.host ?? `replay-${basename(flags.input).replace(/\.csv(\.gz)?$/, '')}`,
      group: flags.group ?? null,
      labelColumn: flags.labelColumn ?? null,
      times: rowTimes(settingsOf(csvSettings, command, io)),
    };
    await checkLabelColumn(flags.input, flags.labelColumn);
    const plan = await planReplay(file, io.now());
    const context = await createContext(command, io, 'replay');
    await runUntilStopped(io, context.log, async () => {
      const running = await runReplay({
        ...context,
        file,
        plan,
        rate,
        progress: io.stderr,
        monotonicNow: () => performance.now(),
      });
      // A failed replay is told by `done`.
      running.report.then(
        (report) => print(io, flags.json === true ? JSON.stringify(report) : line(report)),
        () => undefined,
      );
      return running;
    });
  });
}

/** Returns events per second; null for as fast as possible. */
function rateOf({ rate, asFastAsPossible }: ReplayFlags): number | null {
  if (asFastAsPossible === true && rate !== undefined)
    throw badUsage('--rate and --as-fast-as-possible exclude each other');
  if (asFastAsPossible === true) return null;
  const number = Number(rate ?? USUAL_RATE);
  if (number >= 0.01 && number <= 1_000_000) return number;
  throw badUsage(`--rate "${rate}" is not 0.01 to 1000000 events per second`);
}

function badUsage(reason: string): TidewatchError {
  return new TidewatchError({ code: 'BAD_SETTINGS', retriable: false, message: `replaying: ${reason}` });
}

function line({ host, group, replayId, events, planned, seconds }: ReplayReport): string {
  const part = events < planned ? ` of ${planned}, stopped early` : '';
  return `${events} events${part} of ${host} (group ${group}, ids ${replayId}:0...) in ${seconds.toFixed(1)} s`;
}
