import type { Prediction } from '../../schemas/prediction.js';

/** The newest verdict on one host, and how fast verdicts come. */
export interface HostLine {
  readonly host: string;
  readonly score: number;
  /** anomaly, normal or warming up. */
  readonly verdict: string;
  readonly confidence: number;
  /** The metric that says most, with its share; empty without evidence. */
  readonly topContribution: string;
  /** Append time of the event to now, milliseconds, when its verdict was seen. */
  readonly ageMs: number;
  /** Verdicts a second over the last ten seconds. */
  readonly rate: number;
}

const RATE_WINDOW_MS = 10_000;

interface HostState {
  newest: Prediction;
  seenAt: number;
  arrivals: number[];
}

/** The newest verdict of every host, fed with predictions as they come. Pure: the time is passed in. */
export class HostView {
  readonly #hosts = new Map<string, HostState>();

  /** Takes one verdict, seen at `now` (milliseconds since the epoch). */
  take(prediction: Prediction, now: number): void {
    const state = this.#hosts.get(prediction.host) ?? { newest: prediction, seenAt: now, arrivals: [] };
    this.#hosts.set(prediction.host, state);
    if (prediction.timestamp >= state.newest.timestamp) {
      state.newest = prediction;
      state.seenAt = now;
    }
    state.arrivals.push(now);
  }

  /** Returns one line per host, by name. */
  lines(now: number): HostLine[] {
    return [...this.#hosts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([host, state]) => lineOf(host, state, now));
  }
}

function lineOf(host: string, state: HostState, now: number): HostLine {
  state.arrivals = state.arrivals.filter((at) => at > now - RATE_WINDOW_MS);
  const { score, isAnomaly, warmingUp, confidence, timestamp } = state.newest;
  const verdict = isAnomaly ? 'anomaly' : warmingUp ? 'warming up' : 'normal';
  return {
    host,
    score,
    verdict,
    confidence,
    topContribution: topContribution(state.newest),
    ageMs: Math.max(0, state.seenAt - timestamp),
    rate: (state.arrivals.length * 1_000) / RATE_WINDOW_MS,
  };
}

function topContribution({ metrics, contributions }: Prediction): string {
  let top = -1;
  contributions.forEach((share, index) => {
    if (share > (contributions[top] ?? 0)) top = index;
  });
  const share = contributions[top];
  return share === undefined ? '' : `${metrics[top]} ${Math.round(share * 100)} %`;
}
