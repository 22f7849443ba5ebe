import type { ClassicalFigures } from './classical.js';
import type { CollectionFigures } from './collection.js';
import type { NabReport } from './nab.js';
import {
  ALARM_AIMS,
  CLASSICAL_REFERENCES,
  CLASSICAL_TOLERANCE,
  HOST_AIMS,
  REFERENCE_HOSTS,
} from './published.js';

/** Everything that one run found. Two runs of the same commit on the same data differ in `date` and `seconds` alone. */
export interface AccuracyReport {
  readonly command: string;
  readonly date: string;
  readonly node: string;
  readonly seconds: number;
  readonly smd: CollectionFigures | null;
  readonly asd: CollectionFigures | null;
  readonly nab: NabReport | null;
  readonly classical: readonly ClassicalFigures[] | null;
  readonly asked: readonly Asked[];
}

/** One figure that was asked for beside what was measured. */
export interface Asked {
  readonly what: string;
  readonly asked: string;
  readonly measured: number;
  readonly isMet: boolean;
}

/** Returns what was asked for of the parts that ran; of hosts only where all the asked ones and no others ran. */
export function askedFigures(report: Omit<AccuracyReport, 'asked'>): Asked[] {
  const collections = [report.smd, report.asd].flatMap((collection) => collection ?? []);
  return [
    ...collections.filter(isReference).flatMap(askedOfHosts),
    ...(report.classical ?? []).flatMap(askedOfClassical),
  ];
}

/** Whether a collection ran on the very hosts that references and aims are of. */
export function isReference({ name, hosts }: CollectionFigures): boolean {
  return hosts.map((host) => host.name).join() === REFERENCE_HOSTS[name].join();
}

function askedOfHosts({ name, ranking, verdicts, explanation }: CollectionFigures): Asked[] {
  const [rocAuc, averagePrecision, bestF1] = HOST_AIMS[name];
  const { score } = ranking;
  const { alarm } = verdicts;
  return [
    atLeast(`${name}: ROC-AUC of the consensus`, rocAuc, score.rocAuc),
    atLeast(`${name}: average precision of the consensus`, averagePrecision, score.averagePrecision),
    atLeast(`${name}: best F1 of the consensus`, bestF1, score.bestF1),
    atLeast(`${name}: F1 of alarm / best F1`, ALARM_AIMS.shareOfBestF1, alarm.shareOfBestF1),
    atMost(`${name}: false alarms a day of alarm`, ALARM_AIMS.falseAlarmsPerDay, alarm.falseAlarmsPerDay),
    atLeast(
      `${name}: incident HitRate@100`,
      ALARM_AIMS.incidentHitRate100,
      explanation.contributions.incident.hitRate100,
    ),
  ];
}

function askedOfClassical({ name, rocAuc }: ClassicalFigures): Asked[] {
  const reference = CLASSICAL_REFERENCES[name].mean;
  return Object.entries(rocAuc).map(([grower, { mean }]) => ({
    what: `${name}: ROC-AUC, grower ${grower}`,
    asked: `within ${CLASSICAL_TOLERANCE} of ${reference}`,
    measured: mean,
    isMet: Math.abs(mean - reference) <= CLASSICAL_TOLERANCE,
  }));
}

function atLeast(what: string, limit: number, measured: number): Asked {
  return { what, asked: `>= ${limit}`, measured, isMet: measured >= limit };
}

function atMost(what: string, limit: number, measured: number): Asked {
  return { what, asked: `<= ${limit}`, measured, isMet: measured <= limit };
}

/** Returns the report as JSON, figures to six digits after the point: more would only show how an engine rounds. */
export function reportJson(report: AccuracyReport): string {
  const rounded = (_key: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(6)) : value;
  return `${JSON.stringify(report, rounded, 2)}\n`;
}
