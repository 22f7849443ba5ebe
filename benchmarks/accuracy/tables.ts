import type { ClassicalFigures } from './classical.js';
import { hostTables } from './host-tables.js';
import { table } from './markdown-table.js';
import type { NabFigures, NabReport } from './nab.js';
import { CLASSICAL_REFERENCES, NAB_REFERENCES, REFERENCE_NAB_FILES } from './published.js';
import type { AccuracyReport } from './report.js';

/** Returns the report as Markdown tables for people. */
export function accuracyTables(report: AccuracyReport): string {
  const parts = [
    askedTable(report),
    ...[report.smd, report.asd].flatMap((collection) => (collection === null ? [] : hostTables(collection))),
    ...(report.nab === null ? [] : [nabTable(report.nab)]),
    ...(report.classical === null ? [] : [classicalTable(report.classical)]),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function askedTable({ asked }: AccuracyReport): string[] {
  if (asked.length === 0)
    return ['Nothing was asked of these files: see the aims in `benchmarks/accuracy/published.ts`.'];
  const rows = asked.map(({ what, asked: limit, measured, isMet }) => [
    what,
    limit,
    measured.toFixed(4),
    isMet ? 'yes' : '**no**',
  ]);
  return ['## Asked and measured', '', ...table(['figure', 'asked', 'measured', 'met'], rows)];
}

function nabTable({ files, windows, score, heldOut, otherColumns, shipped, controls }: NabReport): string[] {
  const row = (shown: string, { standard, lowFalsePositives, lowFalseNegatives }: NabFigures): string[] => [
    shown,
    standard.toFixed(1),
    lowFalsePositives.toFixed(1),
    lowFalseNegatives.toFixed(1),
  ];
  const known = files.length === REFERENCE_NAB_FILES ? NAB_REFERENCES : [];
  return [
    `## nab: ${files.length} files, ${windows} windows`,
    '',
    ...table(
      ['one threshold for all files, chosen with the labels', 'standard', 'low FP', 'low FN'],
      [
        row('**score**', score),
        ...(heldOut === null ? [] : [row(heldOut.name, heldOut)]),
        ...otherColumns.map((figures) => row(figures.name, figures)),
        ...controls.map((figures) => row(`_${figures.name}_, run here`, figures)),
        ...known.map(({ name, corpus, files: figure }) => [
          `_${name}_, published (58 files: ${corpus})`,
          figure === null ? '-' : figure.toFixed(1),
          '-',
          '-',
        ]),
      ],
    ),
    '',
    ...table(
      ['at the threshold that ships', 'standard', 'low FP', 'low FN'],
      shipped.map((figures) => row(figures.name, figures)),
    ),
  ];
}

function classicalTable(sets: readonly ClassicalFigures[]): string[] {
  const spread = ({ mean, standardDeviation }: { mean: number; standardDeviation: number }): string =>
    `${mean.toFixed(4)} +- ${standardDeviation.toFixed(4)}`;
  const rows = sets.map(({ name, rows: count, features, rocAuc }) => [
    `${name}, ${count} x ${features}`,
    spread(rocAuc.package),
    spread(rocAuc.own),
    spread(CLASSICAL_REFERENCES[name]),
  ]);
  return [
    '## classical: fit and scored on all rows, ROC-AUC over 5 seeds',
    '',
    ...table(['set', 'ml-isolation-forest, wrapped', 'our own grower', '_scikit-learn_'], rows),
  ];
}
