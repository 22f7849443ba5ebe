import { rangeProblem } from './codec/checks.js';
import { EVENT_BYTES, recordCodec } from './codec/record-codec.js';
import type { Problem } from './codec/rejection.js';

/** Which versions of a model are in use. Key: model; compacted. */
export interface Deployment {
  /** Name of the model. */
  readonly model: string;
  /** Version whose verdicts are the verdicts. */
  readonly production: string;
  /** Version that scores silently beside production; null for none. */
  readonly shadow: string | null;
  /** Version that scores a share of the hosts; null for none. */
  readonly canary: string | null;
  /** Share of the hosts that the canary scores; 0 to 1. */
  readonly canaryShare: number;
  /** Versions taken out of use, oldest first. */
  readonly archived: readonly string[];
  /** Time of the change, milliseconds since the epoch. */
  readonly changedAt: number;
  /** Who or what changed it. */
  readonly changedBy: string;
}

/** Codec of `deployment.avsc`. */
export const deploymentCodec = recordCodec<Deployment>(new URL('./deployment.avsc', import.meta.url), {
  maxBytes: EVENT_BYTES,
  check: deploymentProblem,
});

function deploymentProblem(deployment: Deployment): Problem | null {
  return rangeProblem('canaryShare', deployment.canaryShare, 0, 1);
}
