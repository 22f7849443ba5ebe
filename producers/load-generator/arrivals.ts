/** What rate is asked for at which time. */
export interface LoadPlan {
  /** Events per second outside ramp and bursts; above 0. */
  readonly rate: number;
  readonly durationSeconds: number;
  /** The rate rises from 0 in this time, along a straight line; 0 = at once. */
  readonly rampSeconds: number;
  /** Bursts after the ramp; null for none. */
  readonly burst: { readonly factor: number; readonly everySeconds: number; readonly seconds: number } | null;
}

/** A part of the plan in which the rate changes along a straight line. Times in seconds from the start. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly rateFrom: number;
  readonly rateTo: number;
  /** Events due before it; may have a fraction. */
  readonly before: number;
}

/** The times at which events are due, whatever becomes of earlier ones: an open loop. */
export interface Arrivals {
  /** Events of the whole plan. */
  readonly total: number;
  /** Returns when the next event is due, ms from the start, never falling; null after the last. O(1) amortised. */
  next(): number | null;
}

/** Returns the arrivals of a plan: event k (from 0) is due when the integral of the rate reaches k + 1/2. */
export function planArrivals(plan: LoadPlan): Arrivals {
  const segments = segmentsOf(plan);
  const total = Math.floor(eventsUntilEnd(segments) + 0.5);
  let index = 0;
  let event = 0;
  return {
    total,
    next: () => {
      if (event >= total) return null;
      const due = event + 0.5;
      let segment = segments[index];
      while (
        segment !== undefined &&
        segment.before + eventsIn(segment) < due &&
        index < segments.length - 1
      ) {
        index += 1;
        segment = segments[index];
      }
      if (segment === undefined) return null;
      event += 1;
      return 1000 * timeOf(segment, due - segment.before);
    },
  };
}

function segmentsOf(plan: LoadPlan): Segment[] {
  const { rate, durationSeconds: end, burst } = plan;
  const segments: Segment[] = [];
  const add = (from: number, to: number, rateFrom: number, rateTo: number) => {
    const last = segments.at(-1);
    const before = last === undefined ? 0 : last.before + eventsIn(last);
    if (to > from) segments.push({ from, to, rateFrom, rateTo, before });
  };
  const ramp = Math.min(plan.rampSeconds, end);
  if (ramp > 0) add(0, ramp, 0, (rate * ramp) / plan.rampSeconds);
  if (burst === null || burst.factor === 1) {
    add(ramp, end, rate, rate);
    return segments;
  }
  const length = Math.min(burst.seconds, burst.everySeconds);
  for (let from = ramp; from < end; from += burst.everySeconds) {
    const start = from === ramp ? ramp : Math.min(end, from + length);
    if (from !== ramp) add(from, start, rate * burst.factor, rate * burst.factor);
    add(start, Math.min(end, from + burst.everySeconds), rate, rate);
  }
  return segments;
}

function eventsIn({ from, to, rateFrom, rateTo }: Segment): number {
  return ((rateFrom + rateTo) / 2) * (to - from);
}

function eventsUntilEnd(segments: readonly Segment[]): number {
  const last = segments.at(-1);
  return last === undefined ? 0 : last.before + eventsIn(last);
}

/** Returns the time, seconds, at which a segment has given `events`: the root of rate x t + slope x t^2 / 2 = events. */
function timeOf({ from, to, rateFrom, rateTo }: Segment, events: number): number {
  const slope = (rateTo - rateFrom) / (to - from);
  const root = Math.sqrt(Math.max(0, rateFrom * rateFrom + 2 * slope * events));
  const time = (2 * events) / (rateFrom + root);
  return Math.min(to, from + time);
}
