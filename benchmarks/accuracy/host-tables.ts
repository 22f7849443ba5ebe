import type { CollectionFigures } from './collection.js';
import type { Ranking } from './host-figures.js';
import { table } from './markdown-table.js';
import { EXPLANATION_REFERENCES, HOST_REFERENCES, VERDICT_REFERENCES } from './published.js';
import { isReference } from './report.js';
import { SCORES } from './verdict-table.js';

/** Returns the tables of a collection of hosts, as lines: ranking, host by host, verdicts, explanations. */
export function hostTables(collection: CollectionFigures): string[][] {
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

function verdictTable(collection: CollectionFigures): string[] {
  const rows = Object.entries(collection.verdicts).map(([name, figures]) => [
    name,
    ...[figures.precision, figures.recall, figures.f1, figures.shareOfBestF1].map((figure) =>
      figure.toFixed(3),
    ),
    `${figures.detected} of ${figures.incidents}`,
    figures.medianDelayMinutes === null ? '-' : `${figures.medianDelayMinutes}`,
    figures.falseAlarmsPerDay.toFixed(2),
  ]);
  const references = isReference(collection) ? VERDICT_REFERENCES : [];
  const theirs = references.map(
    ({ name, [collection.name]: [precision, recall, f1, found, falseAlarms] }) => [
      `_${name}, more hosts_`,
      ...[precision, recall, f1].map((figure) => figure.toFixed(3)),
      '-',
      found.toFixed(2),
      '-',
      falseAlarms.toFixed(2),
    ],
  );
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
    [...rows, ...theirs],
  );
}

function explanationTable(collection: CollectionFigures): string[] {
  const pair = (rates: readonly [number, number] | null): string =>
    rates === null ? '-' : rates.map((rate) => rate.toFixed(3)).join(' / ');
  const rows = Object.entries(collection.explanation).map(
    ([name, { rows: single, incident, strongestMoment }]) => [
      name,
      pair([single.hitRate100, single.hitRate150]),
      pair([incident.hitRate100, incident.hitRate150]),
      incident.firstIsTrue.toFixed(3),
      pair([strongestMoment.hitRate100, strongestMoment.hitRate150]),
      strongestMoment.firstIsTrue.toFixed(3),
    ],
  );
  const references = isReference(collection) ? EXPLANATION_REFERENCES : [];
  const theirs = references.map(({ name, [collection.name]: figures }) => [
    `_${name}_`,
    pair(figures.rows),
    pair(figures.incident),
    figures.firstIsTrue === null ? '-' : figures.firstIsTrue.toFixed(3),
    '-',
    '-',
  ]);
  return table(
    [
      'labelled metrics named by',
      'rows: HitRate@100 / @150',
      'incidents: HitRate@100 / @150',
      'named first is true',
      'incidents by strongest moment',
      'named first is true',
    ],
    [...rows, ...theirs],
  );
}
