import type { Command } from 'commander';
import { generateSettings } from '../../../jobs/generate/config.js';
import { type GenerateReport, generateFiles } from '../../../jobs/generate/main.js';
import { checkFileArguments } from '../../file-arguments.js';
import { type Io, print } from '../../io.js';
import { addSettings, settingsOf } from '../../settings-options.js';
import { untilInterrupted } from '../../until-interrupted.js';

interface GenerateFlags {
  readonly out: string;
  readonly labels?: string;
  readonly incidents?: string;
  readonly json?: boolean;
  readonly rows?: string;
  readonly metrics?: string;
  readonly seed?: string;
  readonly contamination?: string;
}

/** Adds `job generate` to the group of jobs. */
export function addGenerateCommand(group: Command, io: Io): void {
  const command = addSettings(
    group
      .command('generate')
      .description('Write metrics of a host with injected incidents, and the labels of these.'),
    generateSettings,
  )
    .requiredOption('--out <file>', 'CSV or .csv.gz to write: timestamp, one column per metric')
    .option('--labels <file>', 'CSV or .csv.gz to write: timestamp,label with 1 in an incident')
    .option('--incidents <file>', 'JSON to write: kind, metrics, rows and times of every incident')
    .option('--rows <number>', 'same as GENERATE_ROWS')
    .option('--metrics <number>', 'same as GENERATE_METRICS')
    .option('--seed <number>', 'same as GENERATE_SEED')
    .option('--contamination <share>', 'same as GENERATE_CONTAMINATION')
    .option('--json', 'print one JSON object');
  command.addHelpText(
    'after',
    '\nExamples:\n  tidewatch job generate --out data.csv.gz --labels labels.csv.gz --seed 7\n  tidewatch job generate --out leaks.csv --rows 5000 --metrics 3 --generate-leaks 4 --generate-spikes 0',
  );
  command.action(async (flags: GenerateFlags) => {
    const { out, labels, incidents } = flags;
    await checkFileArguments({ writes: { out, labels, incidents } });
    const options = {
      settings: settingsOf(generateSettings, command, withAliases(io, flags)),
      out,
      labels: labels ?? null,
      incidents: incidents ?? null,
      progress: io.stderr,
    };
    const report = await untilInterrupted(io, (signal) => generateFiles({ ...options, signal }));
    if (flags.json === true) print(io, JSON.stringify(report));
    else for (const line of lines(report)) print(io, line);
  });
}

function lines({ out, rows, metrics, labelled, incidents, seed }: GenerateReport): string[] {
  return [
    `${rows} rows of ${metrics.length} metrics in ${out} (seed ${seed}), ${labelled} of them in ${incidents.length} incidents`,
    ...incidents.map(
      ({ kind, fromRow, toRow, metrics: moved }) =>
        `${kind.padEnd(6)} rows ${`${fromRow} to ${toRow}`.padEnd(16)} ${moved.join(', ')}`,
    ),
  ];
}

function withAliases(io: Io, { rows, metrics, seed, contamination }: GenerateFlags): Io {
  const aliases = {
    ...(rows === undefined ? {} : { GENERATE_ROWS: rows }),
    ...(metrics === undefined ? {} : { GENERATE_METRICS: metrics }),
    ...(seed === undefined ? {} : { GENERATE_SEED: seed }),
    ...(contamination === undefined ? {} : { GENERATE_CONTAMINATION: contamination }),
  };
  return { ...io, environment: { ...io.environment, ...aliases } };
}
