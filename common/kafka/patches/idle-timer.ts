import { kafkajsInternal } from './kafkajs-module.js';

/** The fields of kafkajs's RequestQueue that decide whether a check has to be scheduled. */
export interface RequestQueueState {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}

/** Returns whether a request queue has anything to wait for: requests that are held back, or a throttle to sit out. */
export function needsPendingCheck(queue: RequestQueueState, now: number): boolean {
  return queue.pending.length > 0 || queue.throttledUntil > now;
}

const PATCHED = Symbol.for('tidewatch.idle-timer');

interface RequestQueuePrototype {
  scheduleCheckPendingRequests(this: RequestQueueState): void;
  [PATCHED]?: boolean;
}

/**
 * Stops kafkajs 2.2.4 (network/requestQueue) from rescheduling its pending-request check for ever on every connection:
 * the timer is set again after each check with a delay of about -Date.now() ms, which Node turns into 1 ms. Measured:
 * 880 timers a second per producer and 4.5 % of a core while idle; Node 24 also prints TimeoutNegativeWarning.
 */
export function patchIdleTimer(): void {
  const { prototype } = kafkajsInternal('network/requestQueue') as { prototype: RequestQueuePrototype };
  if (prototype[PATCHED] === true) return;
  const original = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleWhenNeeded(this: RequestQueueState): void {
    if (needsPendingCheck(this, Date.now())) original.call(this);
  };
  prototype[PATCHED] = true;
}
