import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { pause } from '../../common/lifecycle.js';
import { BENCH_GROUP, METRICS } from './bench-model.js';
import { CLI, runChild } from './measured-child.js';
import { quantileOf, round, type Spread, spreadOf } from './spread.js';
import { type BenchContext, createStage, HOSTS, type Stage } from './stage.js';
import { type SubjectName, startSubject } from './subjects.js';

/** Latencies of one run at one rate, ms. */
export interface LatencySample {
  readonly targetRate: number;
  readonly achievedRate: number;
  /** Records whose latency was taken; all of them. */
  readonly records: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** CPU time of the process per event, microseconds. */
  readonly cpuMicrosecondsPerEvent: number;
  readonly rssMb: number;
}

export interface LatencyOptions {
  readonly rates: readonly number[];
  readonly seconds: number;
  /** Runs of each subject at each rate, alternating. */
  readonly rounds: number;
}

/** At one rate: every run of both, and the ratios round by round. */
export interface LatencyResult {
  readonly rate: number;
  readonly scorer: readonly LatencySample[];
  readonly control: readonly LatencySample[];
  readonly ratioP50: Spread;
  readonly ratioP99: Spread;
}

/**
 * Compilers of the process and of the broker warm up, then a calmer run lets what has piled up go: measured right after the load,
 * whoever came first looked twice as slow.
 */
const WARM_UPS = [
  { rate: 3_000, seconds: 6 },
  { rate: 500, seconds: 5 },
] as const;
const ARRIVAL_DEADLINE_MS = 30_000;

/**
 * Measures from the append time of the metrics record (the broker's clock is this machine's) to the moment at which a
 * read_committed consumer has the verdict, every record. Both subjects stay up, each on its own topics, and are loaded in turn.
 */
export async function measureLatency(
  context: BenchContext,
  { rates, seconds, rounds }: LatencyOptions,
): Promise<LatencyResult[]> {
  const scorer = await openSubject(context, 'scorer');
  try {
    const control = await openSubject(context, 'pass-through');
    try {
      for (const { rate, seconds: length } of WARM_UPS)
        for (const subject of [scorer, control]) await subject.run(rate, length);
      const results: LatencyResult[] = [];
      for (const rate of rates) results.push(await measureRate(rate, { scorer, control, seconds, rounds }));
      return results;
    } finally {
      await control.close();
    }
  } finally {
    await scorer.close();
  }
}

interface Measured {
  readonly scorer: OpenSubject;
  readonly control: OpenSubject;
  readonly seconds: number;
  readonly rounds: number;
}

async function measureRate(
  rate: number,
  { scorer, control, seconds, rounds }: Measured,
): Promise<LatencyResult> {
  const ofScorer: LatencySample[] = [];
  const ofControl: LatencySample[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const isScorerFirst = round % 2 === 0;
    if (isScorerFirst) ofScorer.push(await scorer.run(rate, seconds));
    ofControl.push(await control.run(rate, seconds));
    if (!isScorerFirst) ofScorer.push(await scorer.run(rate, seconds));
  }
  const ratio = (quantile: 'p50' | 'p99') =>
    spreadOf(ofScorer.map((one, i) => one[quantile] / (ofControl[i]?.[quantile] ?? Number.NaN)));
  return { rate, scorer: ofScorer, control: ofControl, ratioP50: ratio('p50'), ratioP99: ratio('p99') };
}

interface OpenSubject {
  run(rate: number, seconds: number): Promise<LatencySample>;
  close(): Promise<void>;
}

async function openSubject(context: BenchContext, name: SubjectName): Promise<OpenSubject> {
  const { kafka } = context.services;
  const stage = await createStage(context, `latency-${name}`);
  const { child, output } = await startSubject(context, stage, name);
  let latencies: number[] = [];
  const reader = await readTopic({
    kafka,
    topic: output,
    groupPrefix: stage.topicPrefix,
    from: 'end',
    log: context.log,
    onRecords: (records) => {
      const now = Date.now();
      for (const { headers } of records) latencies.push(now - Number(headers['append-time']));
    },
  });
  await reader.caughtUp;
  let runs = 0;
  return {
    run: async (rate, seconds) => {
      latencies = [];
      runs += 1;
      const before = await child.sample();
      const { acknowledged, achievedRate } = await produceLoad(context, stage, { rate, seconds, run: runs });
      const until = performance.now() + ARRIVAL_DEADLINE_MS;
      while (latencies.length < acknowledged) {
        if (performance.now() > until)
          throw new Error(`measuring ${name}: ${latencies.length} of ${acknowledged} records came`);
        await pause(20);
      }
      const after = await child.sample();
      const sample = summarize(latencies, { rate, achievedRate, cpu: after.cpuSeconds - before.cpuSeconds });
      context.progress(`${name} at ${rate}/s: p50 ${sample.p50} ms, p99 ${sample.p99} ms`);
      return { ...sample, rssMb: round(after.rssBytes / 1e6, 0) };
    },
    close: async () => {
      await reader.stop();
      await child.stop();
      await stage.remove();
    },
  };
}

function summarize(
  latencies: readonly number[],
  run: { readonly rate: number; readonly achievedRate: number; readonly cpu: number },
): Omit<LatencySample, 'rssMb'> {
  const sorted = Float64Array.from(latencies).sort();
  return {
    targetRate: run.rate,
    achievedRate: round(run.achievedRate, 0),
    records: sorted.length,
    p50: quantileOf(sorted, 0.5),
    p99: quantileOf(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
    cpuMicrosecondsPerEvent: round((1e6 * run.cpu) / sorted.length, 1),
  };
}

/** What the load generator says that it reached. */
export interface LoadOutcome {
  readonly acknowledged: number;
  readonly achievedRate: number;
}

/** Runs the load generator in a process of its own. Throws when it did not reach 95 % of the rate. */
export async function produceLoad(
  context: BenchContext,
  stage: Stage,
  { rate, seconds, run }: { readonly rate: number; readonly seconds: number; readonly run: number },
): Promise<LoadOutcome> {
  const report = join(context.services.home, `${stage.topicPrefix}load-${run}.json`);
  await runChild({
    name: `${stage.topicPrefix}load`,
    entry: CLI,
    args: ['produce', 'load'],
    home: context.services.home,
    environment: {
      ...stage.environment,
      LOAD_RATE: String(rate),
      LOAD_DURATION_SECONDS: String(seconds),
      LOAD_HOSTS: String(HOSTS),
      LOAD_METRICS: String(METRICS),
      LOAD_GROUP: BENCH_GROUP,
      LOAD_SEED: String(run),
      LOAD_REPORT: report,
    },
  });
  return JSON.parse(await readFile(report, 'utf8')) as LoadOutcome;
}
