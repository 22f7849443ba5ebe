import { metricRanges } from '../../common/checks/ranges.js';
import type { checkSettings } from '../../common/checks/settings.js';
import type { Settings } from '../../common/config.js';
import { TidewatchError } from '../../common/errors.js';
import { writeReportFile } from '../model-file.js';
import type { validateSettings } from './config.js';
import { createValidation, type Validation, type ValidationResult } from './core.js';
import { type CsvValidationSource, validateCsv } from './csv-source.js';
import { NO_TIMES } from './host-times.js';
import { reportOf, type ValidationReport } from './report.js';
import { type TopicValidationSource, validateTopic } from './topic-source.js';

export interface ValidateOptions {
  readonly settings: Settings<typeof validateSettings> & Settings<typeof checkSettings>;
  /** Path of the report, JSON; null for none. */
  readonly report: string | null;
}

/** Checks the rows of a file. Throws BAD_CSV, FILE_UNREADABLE, FILE_UNWRITABLE, BAD_SETTINGS, TOO_FEW_ROWS. */
export async function validateFile(
  options: ValidateOptions,
  source: CsvValidationSource,
): Promise<ValidationReport> {
  const validation = validationOf(options);
  const hasTimes = await validateCsv(source, validation);
  const result = validation.result();
  const { hosts } = result;
  // Times that the rows were given by us say nothing about the file.
  return conclude(options, source.path, {
    ...result,
    hosts: hasTimes ? hosts : hosts.map((host) => ({ ...host, ...NO_TIMES })),
  });
}

/** Checks the events of the metrics topic. Throws TOPIC_MISSING, FILE_UNWRITABLE, BAD_SETTINGS, TOO_FEW_ROWS. */
export async function validateMetrics(
  options: ValidateOptions,
  source: TopicValidationSource,
): Promise<ValidationReport> {
  const validation = validationOf(options);
  await validateTopic(source, validation);
  return conclude(options, 'the metrics topic', validation.result());
}

function validationOf({ settings }: ValidateOptions): Validation {
  return createValidation({
    rangeOf: metricRanges(settings.METRIC_RANGES),
    iqrWidth: settings.CHECK_IQR_WIDTH,
    gapFactor: settings.CHECK_GAP_FACTOR,
  });
}

async function conclude(
  { settings, report: path }: ValidateOptions,
  input: string,
  result: ValidationResult,
): Promise<ValidationReport> {
  const missing = settings.VALIDATE_MIN_ROWS - result.rows;
  if (missing > 0)
    throw new TidewatchError({
      code: 'TOO_FEW_ROWS',
      retriable: false,
      message: `validating ${input}: ${result.rows} rows, ${missing} more are needed (VALIDATE_MIN_ROWS)`,
      facts: { rows: result.rows, missing },
    });
  const report = reportOf(input, result, settings.VALIDATE_MAX_VIOLATIONS);
  if (path !== null) await writeReportFile(path, report);
  return report;
}
