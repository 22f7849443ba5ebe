/**
 * `npm run bench:accuracy`: how good the detection is on labelled data of others, by the job `backtest` at the settings that ship. Prints
 * one JSON object on standard output and tables on standard error. `--help` tells the options.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findProjectRoot } from '../../infra/local/project-root.js';
import { badUsage, exitCodeOf } from '../bad-usage.js';
import { runClassical } from './classical.js';
import { runCollection } from './collection.js';
import { HOST_COLLECTIONS } from './host-files.js';
import { runNab } from './nab.js';
import { readNab } from './nab-files.js';
import { type AccuracyReport, askedFigures, reportJson } from './report.js';
import { accuracyTables } from './tables.js';

const HELP = `npm run bench:accuracy -- [--quick] [--only smd|asd|nab|classical]... [--out FILE.json]

  --quick     one host, three files and two sets of each part, for a first look
  --only PART only this one; may be repeated
  --out FILE  also write the JSON there, and the tables beside it (.md)
Reads labelled data from TIDEWATCH_DATA (default ../shared/data): smd/, asd/, nab/, classical/; whatever hosts and files are there.
`;

const PARTS = ['smd', 'asd', 'nab', 'classical'] as const;
type Part = (typeof PARTS)[number];

interface Plan {
  readonly data: string;
  readonly wanted: ReadonlySet<Part>;
  readonly quick: boolean;
  readonly progress: (line: string) => void;
}

async function measure({ data, wanted, quick, progress }: Plan) {
  const collectionOf = async (name: 'smd' | 'asd') => {
    const collection = HOST_COLLECTIONS.find((one) => one.name === name);
    if (collection === undefined || !wanted.has(name)) return null;
    return runCollection(data, collection, { hosts: quick ? 1 : Number.POSITIVE_INFINITY, progress });
  };
  const files = wanted.has('nab') ? readNab(join(data, 'nab')) : [];
  return {
    smd: await collectionOf('smd'),
    asd: await collectionOf('asd'),
    nab: wanted.has('nab') ? await runNab(quick ? files.slice(0, 3) : files, progress) : null,
    classical: wanted.has('classical') ? await runClassical(data, { sets: quick ? 2 : 4, progress }) : null,
  };
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [...PARTS] },
      out: { type: 'string' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const unknown = values.only.filter((part) => !PARTS.some((known) => known === part));
  if (unknown.length > 0) throw badUsage(`--only ${unknown.join(', ')}: not one of ${PARTS.join(', ')}`);
  const wanted = new Set(PARTS.filter((part) => values.only.includes(part)));
  const data = resolve(findProjectRoot(), process.env['TIDEWATCH_DATA'] ?? '../shared/data');
  for (const part of wanted)
    if (!existsSync(join(data, part)))
      throw new Error(`looking for labelled data: ${part} is not in TIDEWATCH_DATA`);
  const started = performance.now();
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const measured = await measure({ data, wanted, quick: values.quick, progress });
  const found = {
    command: `npm run bench:accuracy${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    seconds: Math.round((performance.now() - started) / 1000),
    ...measured,
  };
  const report: AccuracyReport = { ...found, asked: askedFigures(found) };
  const [json, tables] = [reportJson(report), accuracyTables(report)];
  process.stdout.write(json);
  process.stderr.write(`\n${tables}`);
  if (values.out === undefined) return;
  await writeFile(values.out, json);
  await writeFile(values.out.replace(/(\.json)?$/, '.md'), markdownPage(report, tables));
}

function markdownPage({ command, date, node, seconds }: AccuracyReport, tables: string): string {
  return `# Accuracy on labelled data\n\nWritten by \`${command}\` on ${date}, Node ${node}, ${seconds} s. What the figures mean: [README.md](README.md#accuracy).\n\n${tables}`;
}

try {
  await run();
} catch (error) {
  process.stderr.write(`bench:accuracy: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
