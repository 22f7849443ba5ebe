import { type Random, seededRandom } from '../../common/random.js';
import { INCIDENT_FORMS, INCIDENT_NAMES, type IncidentName } from './incident-kinds.js';

/** When scheduled incidents come. */
export interface IncidentPlanOptions {
  readonly enabled: boolean;
  /** Mean time between two beginnings, ms; above 0. */
  readonly everyMs: number;
  /** Time after the start in which none begins, ms. */
  readonly quietMs: number;
}

/** One incident that the plan has drawn. */
export interface PlannedIncident {
  readonly name: IncidentName;
  readonly lengthMs: number;
  readonly magnitude: number;
}

/** The seeded plan of one host. */
export interface IncidentPlan {
  /** Returns the incident that is due at `at`, or null; a due one is handed out once and the next one is drawn. */
  takeDue(at: number): PlannedIncident | null;
}

/** Returns a host's plan from `startAt` on: the first incident within one mean gap of the quiet time, then gaps of 0.5 to 1.5 means. */
export function createIncidentPlan(
  options: IncidentPlanOptions,
  startAt: number,
  seed: number,
): IncidentPlan {
  const random = seededRandom(seed);
  let nextAt = startAt + options.quietMs + random() * options.everyMs;
  return {
    takeDue: (at) => {
      if (!options.enabled || at < nextAt) return null;
      nextAt = at + options.everyMs * (0.5 + random());
      return drawIncident(random);
    },
  };
}

function drawIncident(random: Random): PlannedIncident {
  const total = INCIDENT_NAMES.reduce((sum, name) => sum + INCIDENT_FORMS[name].weight, 0);
  let left = random() * total;
  const name = INCIDENT_NAMES.find((candidate) => {
    left -= INCIDENT_FORMS[candidate].weight;
    return left < 0;
  });
  const drawn = name ?? 'spike';
  const [shortest, longest] = INCIDENT_FORMS[drawn].seconds;
  const lengthMs = 1000 * Math.round(shortest + random() * (longest - shortest));
  return { name: drawn, lengthMs, magnitude: Math.round((0.85 + 0.35 * random()) * 100) / 100 };
}
