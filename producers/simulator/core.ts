import type { MetricEvent } from '../../schemas/metric-event.js';
import type { Truth } from '../../schemas/truth.js';
import { createHost, type HostState, hostProfile, readHost } from './host.js';
import type { IncidentName } from './incident-kinds.js';
import { createIncidentPlan, type IncidentPlan, type IncidentPlanOptions } from './incident-plan.js';
import { applyIncidents, beginIncidents, endIncidents, type Incident, silentUntil } from './incidents.js';
import { SIMULATED_METRICS } from './metrics.js';

export interface SimulationOptions {
  /** Number of hosts; 1 or more. */
  readonly hosts: number;
  /** Same seed, same start and same ticks give the same events. */
  readonly seed: number;
  /** Time of the start, ms since the epoch: the plan of incidents counts from it. */
  readonly startAt: number;
  /** Length of a simulated day, ms. */
  readonly dayMs: number;
  /** Label `group` of every event. */
  readonly group: string;
  /** First part of every identity. */
  readonly producerId: string;
  readonly incidents: IncidentPlanOptions;
}

/** What one tick gives: the truth of incidents that begin with it, and one event per host that is not silent. */
export interface SimulatedTick {
  readonly truths: readonly Truth[];
  readonly events: readonly MetricEvent[];
}

/** An incident that somebody asks for. */
export interface StressRequest {
  readonly kind: IncidentName;
  /** Names of hosts, or `all`. */
  readonly hosts: readonly string[] | 'all';
  readonly seconds: number;
  readonly magnitude: number;
}

/** Answer to a request: what will happen from which event time on, or why not. */
export type StressAnswer =
  | { readonly kind: 'accepted'; readonly incidents: readonly AcceptedIncident[] }
  | { readonly kind: 'unknown-hosts'; readonly unknown: readonly string[] }
  | { readonly kind: 'too-many'; readonly host: string };

/** One incident to come; `from` is the time of the first event that shows it. */
export interface AcceptedIncident {
  readonly id: string;
  readonly host: string;
  readonly from: number;
}

/** An incident that goes on. */
export interface RunningIncident {
  readonly id: string;
  readonly host: string;
  readonly name: IncidentName;
}

/** Most incidents that one host may have waiting and going on at once. */
export const INCIDENTS_PER_HOST = 16;

interface SimulatedHost {
  readonly state: HostState;
  readonly plan: IncidentPlan;
  incidents: Incident[];
}

/** A deterministic world of hosts; the caller brings the time. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #hosts: ReadonlyMap<string, SimulatedHost>;
  #events = 0;
  #incidents = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const hosts = Array.from({ length: options.hosts }, (_, index): [string, SimulatedHost] => {
      const profile = hostProfile(index);
      const seed = (options.seed + index * 0x9e3779b9) >>> 0;
      const plan = createIncidentPlan(options.incidents, options.startAt, seed ^ 0x5bd1e995);
      return [profile.name, { state: createHost(profile, seed), plan, incidents: [] }];
    });
    this.#hosts = new Map(hosts);
  }

  /** Names of the hosts, in their order. */
  get hostNames(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  /** Advances all hosts to `at` (ms, rising from call to call) and returns what they send. */
  step(at: number): SimulatedTick {
    const truths: Truth[] = [];
    const events: MetricEvent[] = [];
    for (const host of this.#hosts.values()) {
      host.incidents = endIncidents(host.state, host.incidents, at);
      this.#planIncident(host, at);
      truths.push(...beginIncidents(host.state, host.incidents, at));
      const readings = applyIncidents(readHost(host.state, at, this.#options.dayMs), host.incidents, at);
      if (readings === null) continue;
      const values = SIMULATED_METRICS.map((metric) => readings[metric]);
      events.push(this.#event(host.state.profile.name, at, values));
    }
    return { truths, events };
  }

  /** Books an incident on hosts from the event time `nextAt` on; a silent host shows it when it speaks again. */
  stress(request: StressRequest, nextAt: number): StressAnswer {
    const names = request.hosts === 'all' ? this.hostNames : [...new Set(request.hosts)];
    const unknown = names.filter((name) => !this.#hosts.has(name));
    if (unknown.length > 0) return { kind: 'unknown-hosts', unknown };
    const hosts = names.flatMap((name) => this.#hosts.get(name) ?? []);
    const full = hosts.find(({ incidents }) => incidents.length >= INCIDENTS_PER_HOST);
    if (full !== undefined) return { kind: 'too-many', host: full.state.profile.name };
    return { kind: 'accepted', incidents: hosts.map((host) => this.#book(host, request, nextAt)) };
  }

  /** Returns the incidents that go on now. */
  running(): readonly RunningIncident[] {
    return [...this.#hosts.values()].flatMap(({ state, incidents }) =>
      incidents
        .filter(({ from }) => from !== null)
        .map(({ id, name }) => ({ id, name, host: state.profile.name })),
    );
  }

  #book(host: SimulatedHost, request: StressRequest, nextAt: number): AcceptedIncident {
    const from = silentUntil(host.incidents, nextAt);
    const id = this.#incidentId();
    host.incidents.push({
      id,
      name: request.kind,
      // A level shift is done in one moment and stays; the others last.
      lengthMs: request.kind === 'level_shift' ? 0 : request.seconds * 1000,
      magnitude: request.magnitude,
      cause: 'http',
      notBefore: from,
      from: null,
    });
    return { id, host: host.state.profile.name, from };
  }

  #planIncident(host: SimulatedHost, at: number): void {
    if (host.incidents.length > 0) return;
    const planned = host.plan.takeDue(at);
    if (planned === null) return;
    const isShift = planned.name === 'level_shift';
    host.incidents.push({
      ...planned,
      lengthMs: isShift ? 0 : planned.lengthMs,
      // A host that was shifted is shifted back: otherwise levels would pile up over days.
      magnitude: isShift && host.state.level !== 1 ? 0 : planned.magnitude,
      id: this.#incidentId(),
      cause: 'schedule',
      notBefore: at,
      from: null,
    });
  }

  #incidentId(): string {
    this.#incidents += 1;
    return `${this.#options.producerId}:truth-${this.#incidents}`;
  }

  #event(host: string, timestamp: number, values: readonly number[]): MetricEvent {
    const id = `${this.#options.producerId}:${this.#events}`;
    this.#events += 1;
    const labels = { group: this.#options.group };
    return { id, host, timestamp, source: 'simulator', metrics: SIMULATED_METRICS, values, labels };
  }
}
