/**
 * `npm run bench:detection`: speed and memory of detection, beside scikit-learn, shap and ml-isolation-forest on the same forest and
 * rows. Prints one JSON object on standard output and a table on standard error. `--help` tells the options.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findProjectRoot } from '../../infra/local/project-root.js';
import { badUsage, exitCodeOf } from '../bad-usage.js';
import { prepareReferences } from '../references/environment.js';
import { REFERENCE_ROWS, runReference } from '../references/reference-run.js';
import { measureInProcess } from './measured-process.js';
import type { Task } from './measurement.js';
import { planOf, REFERENCE_FEATURES, TRAINING_ROWS } from './plan.js';
import { type DetectionReport, describeMachine, type Figure, figureOf, tablesOf } from './report.js';

const HELP = `npm run bench:detection -- [--quick] [--only SUBJECT]... [--no-references] [--out FILE]

  --quick           fewer events and repeats, for a first look
  --only SUBJECT    only this one; may be repeated: forest, recipe, own grower, package grower, ml-isolation-forest,
                    series, allocation, switch, references
  --no-references   without scikit-learn and shap: needs no Python
  --out FILE        also write the JSON there
Example: npm run bench:detection -- --quick --only forest --only references
`;

const root = findProjectRoot();
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function measure(task: Task): Promise<Figure[]> {
  progress(`${task.subject}, ${task.shape}`);
  const measurements = await measureInProcess(task, process.env);
  return measurements.map((measurement) => figureOf(task.subject, task.shape, measurement));
}

/** The reference program on a forest of its own, then ours and ml-isolation-forest on that forest. */
async function measureReferences(repeats: number): Promise<Pick<DetectionReport, 'references' | 'figures'>> {
  const home = resolve(root, process.env['TIDEWATCH_HOME'] ?? '.tidewatch');
  const environment = process.env;
  const python = await prepareReferences({ home, root, environment, onProgress: progress });
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-references-'));
  const figures: Figure[] = [];
  let references: DetectionReport['references'] = null;
  try {
    for (const features of REFERENCE_FEATURES) {
      progress(`scikit-learn and shap, ${features}`);
      const run = { python, root, folder, features, trainingRows: TRAINING_ROWS, repeats, environment };
      const { versions, measurements } = await runReference(run);
      references = versions;
      figures.push(...measurements.map((found) => figureOf('scikit-learn and shap', features, found)));
      const subject = 'reference forest';
      figures.push(...(await measure({ subject, shape: features, events: REFERENCE_ROWS, repeats, folder })));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { references, figures };
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      'no-references': { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const started = performance.now();
  const machine = describeMachine();
  const plan = planOf(values.quick);
  const known = new Set([...plan.tasks.map(({ subject }) => subject), 'references']);
  const unknown = values.only.find((subject) => !known.has(subject));
  if (unknown !== undefined) throw badUsage(`no subject ${unknown}; one of ${[...known].join(', ')}`);
  const isWanted = (subject: string): boolean => values.only.length === 0 || values.only.includes(subject);
  const figures: Figure[] = [];
  for (const task of plan.tasks) if (isWanted(task.subject)) figures.push(...(await measure(task)));
  const withReferences = isWanted('references') && !values['no-references'];
  const beside = withReferences
    ? await measureReferences(plan.referenceRepeats)
    : { references: null, figures: [] };
  const report: DetectionReport = {
    command: `npm run bench:detection${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
    date: new Date().toISOString().slice(0, 10),
    machine,
    references: beside.references,
    figures: [...figures, ...beside.figures],
    seconds: Math.round((performance.now() - started) / 1000),
  };
  const json = `${JSON.stringify(report, null, 2)}\n`;
  process.stdout.write(json);
  process.stderr.write(`\n${tablesOf(report)}\n`);
  if (values.out !== undefined) await writeFile(values.out, json);
}

try {
  await run();
} catch (error) {
  process.stderr.write(`bench:detection: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCodeOf(error));
}
