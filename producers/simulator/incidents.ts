import type { Truth } from '../../schemas/truth.js';
import { type HostState, rebootHost } from './host.js';
import { INCIDENT_FORMS, type IncidentName, isSilent } from './incident-kinds.js';
import { clampReadings, type Readings } from './metrics.js';

/** An incident of one host, asked for or going on. */
export interface Incident {
  readonly id: string;
  readonly name: IncidentName;
  readonly lengthMs: number;
  readonly magnitude: number;
  readonly cause: 'schedule' | 'http';
  /** Event time from which it may begin, ms. */
  readonly notBefore: number;
  /** First event time that it touched, ms; null while it waits. */
  from: number | null;
}

/**
 * How long a restarted host counts as not normal after it is back, ms: three time constants of its caches, which are 95 % warm then; every
 * reading is within a quarter of what it would be without the restart (disk reads, six times as many on cold caches, come last).
 */
export const RECOVERY_MS = 90_000;

/** Share by which a level shift of magnitude 1 raises the work of a host, for good; magnitude 0 brings it back. */
const LEVEL_STEP = 0.6;

/** Ends what has had its time and returns what goes on; a restart's end boots the host. */
export function endIncidents(host: HostState, incidents: readonly Incident[], at: number): Incident[] {
  return incidents.filter((incident) => {
    if (incident.from === null || at < incident.from + incident.lengthMs) return true;
    if (incident.name === 'restart') rebootHost(host, at);
    return false;
  });
}

/** Begins what is due at `at` and returns its truth records. */
export function beginIncidents(host: HostState, incidents: readonly Incident[], at: number): Truth[] {
  const due = incidents.filter((incident) => incident.from === null && incident.notBefore <= at);
  return due.map((incident) => {
    incident.from = at;
    if (incident.name === 'level_shift') host.level = 1 + LEVEL_STEP * incident.magnitude;
    return truthOf(host.profile.name, incident, at);
  });
}

/** Returns the readings under the incidents that go on, held to their ranges; null when the host is silent. */
export function applyIncidents(
  readings: Readings,
  incidents: readonly Incident[],
  at: number,
): Readings | null {
  const changed = { ...readings };
  for (const { name, from, lengthMs, magnitude } of incidents) {
    if (from === null) continue;
    if (isSilent(name)) return null;
    const elapsedMs = at - from;
    INCIDENT_FORMS[name].apply(changed, { elapsedMs, progress: elapsedMs / lengthMs, magnitude });
  }
  return clampReadings(changed);
}

/** Returns the event time at which a host that is silent at present will send again, or `at`. */
export function silentUntil(incidents: readonly Incident[], at: number): number {
  const ends = incidents
    .filter(({ name }) => isSilent(name))
    .map(({ from, notBefore, lengthMs }) => (from ?? notBefore) + lengthMs);
  return Math.max(at, ...ends);
}

function truthOf(host: string, incident: Incident, at: number): Truth {
  const form = INCIDENT_FORMS[incident.name];
  const after = incident.name === 'restart' ? RECOVERY_MS : 0;
  return {
    id: incident.id,
    host,
    kind: form.truth,
    metrics: [...form.metrics].sort(),
    from: at,
    to: incident.name === 'level_shift' ? at : at + incident.lengthMs + after,
    magnitude: incident.magnitude,
    cause: incident.cause,
  };
}
