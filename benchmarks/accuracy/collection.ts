import { join } from 'node:path';
import {
  type ExplainedIncident,
  type ExplanationQuality,
  explanationQuality,
  meanOfRows,
  rowExplanationQuality,
  strongestMoment,
} from '../../detection/evaluation/hit-rate.js';
import { EXPLAINERS } from './explaining-steps.js';
import type { HostFigures, Ranking, VerdictFigures } from './host-figures.js';
import { type HostCollection, hostNames, readHost } from './host-files.js';
import { type HostRun, runHost } from './host-run.js';
import { columns, SCORES, type ScoreName, VERDICTS, type VerdictName } from './verdict-table.js';

/** A verdict over all hosts: means of the ratios over hosts, incidents and delays pooled. */
export interface VerdictSummary {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Mean F1 / mean best possible F1 of the score behind the verdict. */
  readonly shareOfBestF1: number;
  readonly incidents: number;
  readonly detected: number;
  readonly medianDelayMinutes: number | null;
  readonly falseAlarmsPerDay: number;
}

/** How often labelled metrics head the explanation: of single rows, and of whole incidents by the mean of their rows or their strongest moment. */
export interface ExplanationSummary {
  readonly rows: ExplanationQuality;
  readonly incident: ExplanationQuality;
  readonly strongestMoment: ExplanationQuality;
}

const EXPLAINED = [...EXPLAINERS, 'chance'] as const;
type Explained = (typeof EXPLAINED)[number];

/** A collection of hosts, measured. */
export interface CollectionFigures {
  readonly name: HostCollection['name'];
  readonly hosts: readonly HostFigures[];
  /** Means over hosts. */
  readonly ranking: Readonly<Record<ScoreName, Ranking>>;
  readonly verdicts: Readonly<Record<VerdictName, VerdictSummary>>;
  /** Over the incidents of all hosts. */
  readonly explanation: Readonly<Record<Explained, ExplanationSummary>>;
  /** Labelled segments without an interpretation; they are judged for detection only. */
  readonly unexplainedSegments: number;
}

/** Runs the hosts of a collection one after another. Throws what `runHost` throws, and an Error when there is no host. */
export async function runCollection(
  folder: string,
  collection: HostCollection,
  options: { readonly hosts: number; readonly progress: (line: string) => void },
): Promise<CollectionFigures> {
  const path = join(folder, collection.name);
  const names = (await hostNames(path)).slice(0, options.hosts);
  if (names.length === 0) throw new Error(`reading ${collection.name}: there is no host in its folder`);
  const runs: HostRun[] = [];
  for (const name of names) {
    const run = await runHost(await readHost(path, name, collection), collection.intervalMs);
    const { rocAuc, averagePrecision, bestF1 } = run.figures.ranking.score;
    const shown = [rocAuc, averagePrecision, bestF1].map((figure) => figure.toFixed(3)).join(' / ');
    options.progress(`${collection.name} ${name}: ROC-AUC / AP / best F1 = ${shown}`);
    runs.push(run);
  }
  return summarise(collection.name, runs);
}

/** Returns the means and pools of the hosts' figures. */
export function summarise(name: HostCollection['name'], runs: readonly HostRun[]): CollectionFigures {
  const hosts = runs.map(({ figures }) => figures);
  const misfits = runs.filter(({ agreement }) => agreement.misfits > 0).map(({ figures }) => figures.name);
  if (misfits.length > 0)
    throw new Error(`reading ${name}: interpretations do not fit the labels of ${misfits.join(', ')}`);
  const ranking = columns(SCORES, (score) => meanRanking(hosts.map((host) => host.ranking[score])));
  return {
    name,
    hosts,
    ranking,
    verdicts: columns(VERDICTS, (verdict) =>
      verdictSummary(
        hosts.map(({ verdicts }) => verdicts[verdict]),
        ranking[scoreBehind(verdict)].bestF1,
      ),
    ),
    explanation: columns(EXPLAINED, (explainer) =>
      explanationSummary(runs.flatMap(({ explained }) => explained[explainer])),
    ),
    unexplainedSegments: runs.reduce((sum, { agreement }) => sum + agreement.unexplained, 0),
  };
}

function scoreBehind(verdict: VerdictName): ScoreName {
  return verdict === 'is_anomaly' || verdict === 'alarm' ? 'score' : verdict;
}

function meanRanking(rankings: readonly Ranking[]): Ranking {
  return {
    rocAuc: meanOf(rankings.map(({ rocAuc }) => rocAuc)),
    averagePrecision: meanOf(rankings.map(({ averagePrecision }) => averagePrecision)),
    bestF1: meanOf(rankings.map(({ bestF1 }) => bestF1)),
  };
}

function verdictSummary(figures: readonly VerdictFigures[], bestF1: number): VerdictSummary {
  const f1 = meanOf(figures.map((figure) => figure.f1));
  return {
    precision: meanOf(figures.map(({ precision }) => precision)),
    recall: meanOf(figures.map(({ recall }) => recall)),
    f1,
    shareOfBestF1: f1 / bestF1,
    incidents: sumOf(figures.map(({ incidents }) => incidents)),
    detected: sumOf(figures.map(({ detected }) => detected)),
    medianDelayMinutes: medianOf(figures.flatMap(({ delaysMinutes }) => delaysMinutes)),
    falseAlarmsPerDay: meanOf(figures.map(({ falseAlarmsPerDay }) => falseAlarmsPerDay)),
  };
}

function explanationSummary(incidents: readonly ExplainedIncident[]): ExplanationSummary {
  return {
    rows: rowExplanationQuality(incidents),
    incident: explanationQuality(incidents, meanOfRows),
    strongestMoment: explanationQuality(incidents, strongestMoment),
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Returns the mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

function medianOf(values: readonly number[]): number | null {
  const ascending = [...values].sort((a, b) => a - b);
  const low = ascending[Math.floor((ascending.length - 1) / 2)];
  const high = ascending[Math.ceil((ascending.length - 1) / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
