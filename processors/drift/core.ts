import type { DriftReported } from '../../detection/drift/drift-outcome.js';
import { HostDrift } from '../../detection/drift/host-drift.js';
import type { DriftReport } from '../../schemas/drift-report.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { DriftModel, HostReferences } from './models.js';
import { reportOf } from './report.js';

/** One host within one model group: its windows, and the references that they are compared with. */
export interface Section {
  readonly group: string;
  /** Newest model version that has these references. */
  modelVersion: string;
  readonly references: HostReferences;
  readonly drift: HostDrift;
  /** Events that `window` flagged late: they are not compared. */
  lateEvents: number;
}

/** What one event led to. */
export interface DriftStep {
  readonly reports: readonly DriftReport[];
  /** True when the event came too late to be compared. */
  readonly late: boolean;
}

/** Returns an empty section against the model's references of the host; null when it has none. */
export function openSection(model: DriftModel, host: string): Section | null {
  const references = model.hosts.get(host);
  if (references === undefined) return null;
  const drift = new HostDrift(references.metrics, model.settings);
  return { group: model.group, modelVersion: model.version, references, drift, lateEvents: 0 };
}

/** Takes the section over to a newer version; false when that version has other references for the host, or none. */
export function followModel(section: Section, model: DriftModel, host: string): boolean {
  if (section.modelVersion === model.version) return true;
  if (model.hosts.get(host)?.fingerprint !== section.references.fingerprint) return false;
  section.modelVersion = model.version;
  return true;
}

/**
 * Takes one event into the section and returns the reports that it completes; mostly none. Every reading counts, alarmed or not. Two kinds
 * of late records are counted and left out: events older than their series, and rows of a block that was closed.
 */
export function step(section: Section, event: FeatureEvent): DriftStep {
  if (event.late) {
    section.lateEvents += 1;
    return { reports: [], late: true };
  }
  const outcomes = section.drift.step({ appendTime: event.appendTime, values: readingsOf(section, event) });
  const drifts = outcomes.filter((outcome): outcome is DriftReported => outcome.kind === 'drift');
  return {
    reports: drifts.map((drift, index) => reportOf(drift, { section, event, index })),
    late: outcomes.some(({ kind }) => kind === 'late'),
  };
}

/** Returns all late records of the section. */
export function lateRecordsOf({ drift, lateEvents }: Section): number {
  return lateEvents + drift.lateRows;
}

/** The readings in the order of the section's metrics; NaN where the event lacks one. Both lists are sorted, but only the names are relied on. */
function readingsOf({ references: { metrics } }: Section, event: FeatureEvent): Float64Array {
  const readings = new Float64Array(metrics.length).fill(Number.NaN);
  metrics.forEach(({ name }, i) => {
    const at = event.metrics[i] === name ? i : event.metrics.indexOf(name);
    if (at >= 0) readings[i] = event.values[at] ?? Number.NaN;
  });
  return readings;
}
