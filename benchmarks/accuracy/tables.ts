import type { ClassicalFigures } from './classical.js';
import type { CollectionFigures } from './collection.js';
import type { Ranking } from './host-figures.js';
import type { NabFigures, NabReport } from './nab.js';
import { CLASSICAL_REFERENCES, HOST_REFERENCES, NAB_REFERENCES, REFERENCE_NAB_FILES } from './published.js';
import { type AccuracyReport, isReference } from './report.js';
import { SCORES } from './verdict-table.js';

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

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)];
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

function hostTables(collection: CollectionFigures): string[][] {
  const { name, hosts, unexplainedSegments } = collection;
  const unexplained =
    unexplainedSegments === 0 ? '' : `; ${unexplainedSegments} labelled segments have no interpretation`;
  return [
    [`## ${name}: ${hosts.length} hosts${unexplained}`, '', ...rankingTable(collection)],
    perHostTable(collection),
    verdictTable(collection),
    explanationTable(collection),
  ];
}

function rankingTable(collection: CollectionFigures): string[] {
  const ours = SCORES.map((score) => [
    score === 'score' ? '**consensus**' : score,
    ...tripleOf(collection.ranking[score]).map((figure) => figure.toFixed(3)),
  ]);
  const references = isReference(collection) ? HOST_REFERENCES : [];
  const theirs = references.flatMap((reference) => {
    const triple = reference[collection.name];
    return triple === null ? [] : [[`_${reference.name}_`, ...triple.map((figure) => figure.toFixed(3))]];
  });
  return table(['mean over hosts', 'ROC-AUC', 'average precision', 'best F1'], [...ours, ...theirs]);
}

function tripleOf({ rocAuc, averagePrecision, bestF1 }: Ranking): readonly [number, number, number] {
  return [rocAuc, averagePrecision, bestF1];
}

function perHostTable({ hosts }: CollectionFigures): string[] {
  const short = (ranking: Ranking): string =>
    tripleOf(ranking)
      .map((figure) => figure.toFixed(3))
      .join(' / ');
  const rows = hosts.map(({ name, rows: count, labelled, ranking, verdicts: { alarm } }) => [
    name,
    `${labelled} of ${count}`,
    ...SCORES.map((score) => short(ranking[score])),
    `${alarm.f1.toFixed(3)}, ${alarm.detected} of ${alarm.incidents}, ${alarm.falseAlarmsPerDay.toFixed(2)}`,
  ]);
  return table(
    [
      'host',
      'labelled rows',
      'consensus',
      'zscore',
      'baseline',
      'iforest',
      'alarm: F1, incidents, false a day',
    ],
    rows,
  );
}

function verdictTable({ verdicts }: CollectionFigures): string[] {
  const rows = Object.entries(verdicts).map(([name, figures]) => [
    name,
    ...[figures.precision, figures.recall, figures.f1, figures.shareOfBestF1].map((figure) =>
      figure.toFixed(3),
    ),
    `${figures.detected} of ${figures.incidents}`,
    figures.medianDelayMinutes === null ? '-' : `${figures.medianDelayMinutes}`,
    figures.falseAlarmsPerDay.toFixed(2),
  ]);
  return table(
    [
      'at the shipped threshold',
      'precision',
      'recall',
      'F1',
      'F1 / best F1',
      'incidents',
      'median delay, min',
      'false alarms a day',
    ],
    rows,
  );
}

function explanationTable({ explanation }: CollectionFigures): string[] {
  const rows = Object.entries(explanation).map(([name, { rows: single, incident }]) => [
    name,
    `${single.hitRate100.toFixed(3)} / ${single.hitRate150.toFixed(3)}`,
    `${incident.hitRate100.toFixed(3)} / ${incident.hitRate150.toFixed(3)}`,
    incident.firstIsTrue.toFixed(3),
  ]);
  return table(
    [
      'labelled metrics named by',
      'rows: HitRate@100 / @150',
      'incidents: HitRate@100 / @150',
      'named first is true',
    ],
    rows,
  );
}

function nabTable({ files, windows, score, otherColumns, shipped, controls }: NabReport): string[] {
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
