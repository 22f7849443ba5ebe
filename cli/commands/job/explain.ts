import type { Command } from 'commander';
import { type ExplainSummary, explainFile } from '../../../jobs/explain/main.js';
import { checkFileArguments, checkLabelColumn } from '../../file-arguments.js';
import { type Io, print } from '../../io.js';
import { untilInterrupted } from '../../until-interrupted.js';

interface ExplainFlags {
  readonly model: string;
  readonly input: string;
  readonly out: string;
  readonly labelColumn?: string;
  readonly json?: boolean;
}

/** Adds `job explain` to the group of jobs. */
export function addExplainCommand(group: Command, io: Io): void {
  const command = group
    .command('explain')
    .description("Explain the forest's score of every row of a CSV file: exact SHAP values.")
    .requiredOption('--model <file>', 'model as JSON, of "job train" or "models import"')
    .requiredOption('--input <file>', 'CSV or .csv.gz with a header row')
    .requiredOption('--out <file>', 'CSV to write: score, expected_value, one column per feature')
    .option('--label-column <name>', 'column of the CSV that is a label, not a feature')
    .option('--json', 'print one JSON object');
  command.addHelpText(
    'after',
    "\nThe score is 2^(-E/c(psi)), higher is stranger (scikit-learn's score_samples, negated).\n\nExample:\n  tidewatch job explain --model model.json --input rows.csv --out shap.csv",
  );
  command.action(async ({ labelColumn, json, ...paths }: ExplainFlags) => {
    const { model, input, out } = paths;
    await checkFileArguments({ reads: { model, input }, writes: { out } });
    await checkLabelColumn(input, labelColumn);
    const summary = await untilInterrupted(io, (signal) =>
      explainFile({ ...paths, labelColumn: labelColumn ?? null, signal }),
    );
    print(io, json === true ? JSON.stringify(summary) : line(summary, paths.out));
  });
}

function line({ model, version, rows, features, additivityGap }: ExplainSummary, out: string): string {
  return `${rows} rows explained by ${model} ${version} (${features.length} features) in ${out}; largest additivity gap ${additivityGap.toExponential(1)} edges`;
}
