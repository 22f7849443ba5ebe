import { pause } from '../../common/lifecycle.js';
import { type ChildSample, metricOf } from './measured-child.js';
import { round, type Spread, spreadOf } from './spread.js';
import { type BenchContext, createStage, fillMetrics, type Stage } from './stage.js';
import { type Subject, type SubjectName, startSubject } from './subjects.js';

/** How one process worked off a topic that was filled before it started. */
export interface Drained {
  /** From the moment at which the process is ready to the last commit, compiler warm-up included. */
  readonly eventsPerSecond: number;
  /** From the commit after 20 % of the events to the one after 80 %: the same amount is under way at both. */
  readonly eventsPerSecondInTheMiddle: number;
  /** CPU time of the process per event, from ready to the last commit, microseconds. */
  readonly cpuMicrosecondsPerEvent: number;
  /** The same between 20 % and 80 %. */
  readonly cpuMicrosecondsInTheMiddle: number;
  /** Largest resident set seen, MB. */
  readonly peakRssMb: number;
}

export interface ThroughputOptions {
  readonly events: number;
  readonly rounds: number;
  /** All run in every round, in turn. */
  readonly subjects: readonly SubjectName[];
}

export interface ThroughputResult {
  readonly subject: SubjectName;
  readonly events: number;
  readonly figures: Figures;
  /** This subject / the bare pass-through, round by round: events per second. Null without that control. */
  readonly ratioEventsPerSecond: Spread | null;
  readonly samples: readonly Drained[];
}

type Figures = { readonly [K in keyof Drained]: Spread };

const POLL_MS = 100;
const DEADLINE_MS = 180_000;

const CONTROL: SubjectName = 'pass-through';

/** Measures all subjects on freshly filled topics, forwards in one round and backwards in the next. */
export async function measureThroughput(
  context: BenchContext,
  { events, rounds, subjects }: ThroughputOptions,
): Promise<ThroughputResult[]> {
  const samples = new Map<SubjectName, Drained[]>(subjects.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? subjects : subjects.toReversed())
      samples.get(name)?.push(await measureOnce(context, { name, round, events }));
  }
  const control = samples.get(CONTROL);
  return subjects.map((subject) => {
    const own = samples.get(subject) ?? [];
    const ratios = control === undefined ? [] : own.map((one, i) => one.eventsPerSecond / rateOf(control[i]));
    return {
      subject,
      events,
      figures: figuresOf(own),
      ratioEventsPerSecond: ratios.length === 0 ? null : spreadOf(ratios),
      samples: own,
    };
  });
}

function rateOf(drained: Drained | undefined): number {
  return drained?.eventsPerSecond ?? Number.NaN;
}

/** Topics of its own: what one writes must not be in the way of the other. The records are the same, the seed is fixed. */
async function measureOnce(
  context: BenchContext,
  { name, round, events }: { readonly name: SubjectName; readonly round: number; readonly events: number },
): Promise<Drained> {
  const stage = await createStage(context, `${name}-${round}`);
  try {
    await fillMetrics(context, stage, events);
    const drained = await drain(context, stage, name, events);
    context.progress(
      `${name}: ${drained.eventsPerSecond} events/s, ${drained.cpuMicrosecondsPerEvent} us CPU`,
    );
    return drained;
  } finally {
    await stage.remove();
  }
}

interface Point {
  readonly at: number;
  readonly events: number;
  readonly sample: ChildSample;
}

async function drain(
  context: BenchContext,
  stage: Stage,
  name: SubjectName,
  events: number,
): Promise<Drained> {
  const subject = await startSubject(context, stage, name);
  const points: Point[] = [];
  try {
    const until = performance.now() + DEADLINE_MS;
    while ((points.at(-1)?.events ?? 0) < events) {
      const committed = await stage.committed(subject.groupId);
      const at = performance.now();
      points.push({ at, events: committed, sample: await subject.child.sample() });
      if (at > until) throw new Error(`measuring ${name}: ${committed} of ${events} events after 180 s`);
      await pause(POLL_MS);
    }
  } finally {
    await subject.child.stop();
  }
  checkScored(name, subject, points.at(-1), events);
  return summarize(points, events);
}

/** A scorer without its model, or one that dropped events, would be measured too fast. */
function checkScored(name: SubjectName, { groupId }: Subject, last: Point | undefined, events: number): void {
  if (name.startsWith('pass-through')) return;
  const text = last?.sample.text ?? '';
  const scored = metricOf(text, 'tidewatch_score_events_total');
  if (scored !== events || Number.isNaN(metricOf(text, 'tidewatch_score_model_created_seconds')))
    throw new Error(`measuring ${groupId}: ${scored} of ${events} events were scored, or there was no model`);
}

function summarize(points: readonly Point[], events: number): Drained {
  const begin = points[0];
  const early = points.find(({ events: done }) => done >= 0.2 * events);
  const late = points.findLast(({ events: done }) => done <= 0.8 * events);
  const end = points.at(-1);
  if (begin === undefined || early === undefined || late === undefined || end === undefined || begin === end)
    throw new Error('measuring throughput: it was over before it could be looked at; use more events');
  const whole = between({ ...begin, events: 0 }, end);
  const middle = late.events > early.events ? between(early, late) : whole;
  return {
    eventsPerSecond: whole.rate,
    eventsPerSecondInTheMiddle: middle.rate,
    cpuMicrosecondsPerEvent: whole.cpu,
    cpuMicrosecondsInTheMiddle: middle.cpu,
    peakRssMb: round(Math.max(...points.map(({ sample }) => sample.rssBytes)) / 1e6, 0),
  };
}

function between(from: Point, to: Point): { readonly rate: number; readonly cpu: number } {
  const events = to.events - from.events;
  return {
    rate: round((1000 * events) / (to.at - from.at), 0),
    cpu: round((1e6 * (to.sample.cpuSeconds - from.sample.cpuSeconds)) / events, 2),
  };
}

function figuresOf(samples: readonly Drained[]): Figures {
  const of = (key: keyof Drained) => spreadOf(samples.map((sample) => sample[key]));
  return {
    eventsPerSecond: of('eventsPerSecond'),
    eventsPerSecondInTheMiddle: of('eventsPerSecondInTheMiddle'),
    cpuMicrosecondsPerEvent: of('cpuMicrosecondsPerEvent'),
    cpuMicrosecondsInTheMiddle: of('cpuMicrosecondsInTheMiddle'),
    peakRssMb: of('peakRssMb'),
  };
}
