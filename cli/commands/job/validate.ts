import type { Command } from 'commander';
import { checkSettings } from '../../../common/checks/settings.js';
import { csvSettings, rowTimes } from '../../../common/csv/settings.js';
import { TidewatchError } from '../../../common/errors.js';
import { validateSettings } from '../../../jobs/validate/config.js';
import { validateFile, validateMetrics } from '../../../jobs/validate/main.js';
import { reportLines, type ValidationReport } from '../../../jobs/validate/report.js';
import { addContextSettings, createContext } from '../../context.js';
import { checkFileArguments, checkLabelColumn } from '../../file-arguments.js';
import { type Io, print } from '../../io.js';
import { addSettings, settingsOf } from '../../settings-options.js';
import { untilInterrupted } from '../../until-interrupted.js';

interface ValidateFlags {
  readonly input?: string;
  readonly host?: string;
  readonly labelColumn?: string;
  readonly report?: string;
  readonly json?: boolean;
}

const HOUR_MS = 3_600_000;

/** Adds `job validate` to the group of jobs. */
export function addValidateCommand(group: Command, io: Io): void {
  const command = addSettings(
    addContextSettings(
      group
        .command('validate')
        .description(
          'Check metrics before anything learns from them: a CSV file, or the metrics topic; exit 1 when too much is wrong.',
        ),
    ),
    csvSettings,
    validateSettings,
    checkSettings,
  )
    .option('--input <file>', 'CSV or .csv.gz with a header row, instead of the topic')
    .option('--host <name>', 'only this host of the topic')
    .option('--label-column <name>', 'column of the file that is a label, not a metric')
    .option('--report <file>', 'write the report as JSON')
    .option('--json', 'print the report as one JSON object');
  command.addHelpText(
    'after',
    "\nExamples:\n  tidewatch job validate --input metrics.csv.gz --report report.json\n  tidewatch job validate --validate-hours 6 --metric-ranges 'queue_*=0..500'",
  );
  command.action(async (flags: ValidateFlags) => {
    const { input, report: reportFile } = flags;
    await checkFileArguments({ reads: { input }, writes: { report: reportFile } });
    if (input !== undefined) await checkLabelColumn(input, flags.labelColumn);
    const report = await untilInterrupted(io, () => validate(command, io, flags));
    if (flags.json === true) print(io, JSON.stringify(report));
    else for (const line of reportLines(report)) print(io, line);
    if (!report.passed) throw failed(report);
  });
}

async function validate(command: Command, io: Io, flags: ValidateFlags): Promise<ValidationReport> {
  const settings = {
    ...settingsOf(validateSettings, command, io),
    ...settingsOf(checkSettings, command, io),
  };
  const options = { settings, report: flags.report ?? null };
  if (flags.input !== undefined)
    return validateFile(options, {
      path: flags.input,
      labelColumn: flags.labelColumn ?? null,
      host: flags.host ?? 'csv',
      times: rowTimes(settingsOf(csvSettings, command, io)),
      progress: io.stderr,
    });
  const context = await createContext(command, io, 'validate');
  const since = io.now() - settings.VALIDATE_HOURS * HOUR_MS;
  return validateMetrics(options, { ...context, since, host: flags.host ?? null, progress: io.stderr });
}

function failed({ violatingRows, rows }: ValidationReport): TidewatchError {
  return new TidewatchError({
    code: 'VALIDATION_FAILED',
    retriable: false,
    message: `validating metrics: ${violatingRows} of ${rows} rows violate a check`,
  });
}
