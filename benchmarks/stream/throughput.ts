import { pause } from '../../common/lifecycle.js';
import { type ChildSample, metricOf } from './measured-child.js';
import { round, type Spread, spreadOf } from './spread.js';
import { type BenchContext, createStage, fillMetrics, type Stage } from './stage.js';
import { type Subject, type SubjectName, startSubject } from './subjects.js';

/** How one process worked off a topic that was filled before it started. */
export interface Drained {
  /** Over the last 80 % of the events: the first 20 % warm the compiler up. */
  readonly eventsPerSecond: number;
  /** From the first committed event to the last. */
  readonly eventsPerSecondFromStart: number;
  /** CPU time of the process per event over the last 80 %, microseconds. */
  readonly cpuMicrosecondsPerEvent: number;
  /** Events per CPU second of the process: what a core that has nothing else to do would reach. */
  readonly eventsPerCpuSecond: number;
  /** Largest resident set seen, MB. */
  readonly peakRssMb: number;
}

export interface ThroughputOptions {
  readonly events: number;
  readonly pairs: number;
  /** Compared in each pair, on the same records. */
  readonly scorer: SubjectName;
  readonly control: SubjectName;
}

export interface ThroughputResult {
  readonly scenario: string;
  readonly events: number;
  readonly scorer: Figures;
  readonly control: Figures;
  /** scorer / control of each pair: events per second, and CPU per event. */
  readonly ratioEventsPerSecond: Spread;
  readonly ratioCpuPerEvent: Spread;
  readonly samples: readonly { readonly scorer: Drained; readonly control: Drained }[];
}

type Figures = { readonly [K in keyof Drained]: Spread };

const WARM_UP_SHARE = 0.2;
const POLL_MS = 100;
const DEADLINE_MS = 180_000;

/** Measures pairs on freshly filled topics, scorer and control in turn going first. */
export async function measureThroughput(
  context: BenchContext,
  options: ThroughputOptions,
): Promise<ThroughputResult> {
  const samples: { scorer: Drained; control: Drained }[] = [];
  for (let pair = 0; pair < options.pairs; pair += 1) samples.push(await measurePair(context, options, pair));
  const { scorer, control, events } = options;
  return {
    scenario: `${scorer} against ${control}`,
    events,
    scorer: figuresOf(samples.map((sample) => sample.scorer)),
    control: figuresOf(samples.map((sample) => sample.control)),
    ratioEventsPerSecond: spreadOf(
      samples.map((sample) => sample.scorer.eventsPerSecond / sample.control.eventsPerSecond),
    ),
    ratioCpuPerEvent: spreadOf(
      samples.map((sample) => sample.scorer.cpuMicrosecondsPerEvent / sample.control.cpuMicrosecondsPerEvent),
    ),
    samples,
  };
}

async function measurePair(
  context: BenchContext,
  { events, scorer, control }: ThroughputOptions,
  pair: number,
): Promise<{ scorer: Drained; control: Drained }> {
  // Topics of their own: what one writes must not be in the way of the other. The records are the same, the seed is fixed.
  const order: SubjectName[] = pair % 2 === 0 ? [scorer, control] : [control, scorer];
  const drained = new Map<SubjectName, Drained>();
  for (const name of order) {
    const stage = await createStage(context, `${name}-${pair}`);
    try {
      await fillMetrics(context, stage, events);
      const result = await drain(context, stage, name, events);
      drained.set(name, result);
      context.progress(
        `${name}: ${result.eventsPerSecond} events/s, ${result.cpuMicrosecondsPerEvent} us CPU`,
      );
    } finally {
      await stage.remove();
    }
  }
  return { scorer: resultOf(drained, scorer), control: resultOf(drained, control) };
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
  const begin = points.findLast(({ events: done }) => done === 0) ?? points[0];
  const warm = points.find(({ events: done }) => done >= WARM_UP_SHARE * events);
  const end = points.at(-1);
  if (begin === undefined || warm === undefined || end === undefined || warm === end)
    throw new Error('measuring throughput: it was over before it could be looked at; use more events');
  const cpu = (end.sample.cpuSeconds - warm.sample.cpuSeconds) / (end.events - warm.events);
  return {
    eventsPerSecond: round((1000 * (end.events - warm.events)) / (end.at - warm.at), 0),
    eventsPerSecondFromStart: round((1000 * (end.events - begin.events)) / (end.at - begin.at), 0),
    cpuMicrosecondsPerEvent: round(1e6 * cpu, 2),
    eventsPerCpuSecond: round(1 / cpu, 0),
    peakRssMb: round(Math.max(...points.map(({ sample }) => sample.rssBytes)) / 1e6, 0),
  };
}

function figuresOf(samples: readonly Drained[]): Figures {
  const of = (key: keyof Drained) => spreadOf(samples.map((sample) => sample[key]));
  return {
    eventsPerSecond: of('eventsPerSecond'),
    eventsPerSecondFromStart: of('eventsPerSecondFromStart'),
    cpuMicrosecondsPerEvent: of('cpuMicrosecondsPerEvent'),
    eventsPerCpuSecond: of('eventsPerCpuSecond'),
    peakRssMb: of('peakRssMb'),
  };
}

function resultOf(drained: ReadonlyMap<SubjectName, Drained>, name: SubjectName): Drained {
  const result = drained.get(name);
  if (result === undefined) throw new Error(`measuring throughput: no result of ${name}`);
  return result;
}
