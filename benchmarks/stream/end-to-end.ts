import { pause } from '../../common/lifecycle.js';
import type { RunningInflux } from '../../infra/local/influxdb.js';
import { produceLoad } from './latency.js';
import { CLI, type MeasuredChild, startChild } from './measured-child.js';
import { quantileOf, round } from './spread.js';
import { type BenchContext, createStage, fillMetrics, type Stage } from './stage.js';
import { startSubject } from './subjects.js';

export interface EndToEndOptions {
  /** Events in the topic before scorer and sink start. */
  readonly events: number;
  readonly rate: number;
  readonly seconds: number;
}

/** From the metrics topic to points that a query of InfluxDB returns: scorer and sink, one process each. */
export interface EndToEndResult {
  readonly events: number;
  /** Events per second from the first committed one until both groups had no lag. */
  readonly eventsPerSecond: number;
  readonly scorerCpuMicrosecondsPerEvent: number;
  /** The sink writes two points an event: the reading and the verdict. */
  readonly sinkCpuMicrosecondsPerEvent: number;
  readonly scorerRssMb: number;
  readonly sinkRssMb: number;
  /** From the producer's scheduled time to the point being readable, ms; the polling interval is part of it. */
  readonly pointLatency: {
    readonly rate: number;
    readonly points: number;
    readonly p50: number;
    readonly p99: number;
    readonly pollMs: number;
  };
}

const POLL_MS = 20;
const DEADLINE_MS = 180_000;

/** Measures both on one stage: first the backlog, then the latency at a steady rate. */
export async function measureEndToEnd(
  context: BenchContext,
  options: EndToEndOptions,
): Promise<EndToEndResult> {
  const { influx } = context.services;
  if (influx === null) throw new Error('measuring end to end: there is no InfluxDB');
  const stage = await createStage(context, 'end-to-end');
  try {
    await fillMetrics(context, stage, options.events);
    const scorer = await startSubject(context, stage, 'scorer');
    try {
      const sink = await startSink(context, stage, influx);
      try {
        const backlog = await drainBacklog(context, stage, {
          events: options.events,
          scorer: scorer.child,
          sink,
        });
        context.progress(`end to end: ${backlog.eventsPerSecond} events/s`);
        return { ...backlog, pointLatency: await measurePoints(context, stage, influx, options) };
      } finally {
        await sink.stop();
      }
    } finally {
      await scorer.child.stop();
    }
  } finally {
    await stage.remove();
  }
}

function startSink(context: BenchContext, stage: Stage, influx: RunningInflux): Promise<MeasuredChild> {
  return startChild({
    name: `${stage.topicPrefix}sink`,
    entry: CLI,
    args: ['sink', 'influxdb'],
    home: context.services.home,
    environment: {
      ...stage.environment,
      INFLUX_URL: influx.url,
      INFLUX_BUCKET: influx.bucket,
      ...(influx.token === null ? {} : { INFLUX_TOKEN: influx.token }),
      ...(influx.org === null ? {} : { INFLUX_ORG: influx.org }),
    },
  });
}

interface Backlog {
  readonly events: number;
  readonly scorer: MeasuredChild;
  readonly sink: MeasuredChild;
}

/** The sink is done when InfluxDB counts as many verdicts as there are events. */
async function drainBacklog(
  context: BenchContext,
  stage: Stage,
  { events, scorer, sink }: Backlog,
): Promise<Omit<EndToEndResult, 'pointLatency'>> {
  const { influx } = context.services;
  if (influx === null) throw new Error('measuring end to end: there is no InfluxDB');
  const until = performance.now() + DEADLINE_MS;
  let began = performance.now();
  let begun = 0;
  let counted = 0;
  while (counted < events) {
    if (performance.now() > until) throw new Error(`measuring end to end: ${counted} of ${events} points`);
    if (begun === 0) {
      begun = await stage.committed(`${stage.topicPrefix}window-score`);
      began = performance.now();
    } else counted = await countVerdicts(influx);
    await pause(begun === 0 ? POLL_MS : 200);
  }
  const seconds = (performance.now() - began) / 1000;
  const [ofScorer, ofSink] = [await scorer.sample(), await sink.sample()];
  return {
    events,
    eventsPerSecond: round((events - begun) / seconds, 0),
    scorerCpuMicrosecondsPerEvent: round((1e6 * ofScorer.cpuSeconds) / events, 1),
    sinkCpuMicrosecondsPerEvent: round((1e6 * ofSink.cpuSeconds) / events, 1),
    scorerRssMb: round(ofScorer.rssBytes / 1e6, 0),
    sinkRssMb: round(ofSink.rssBytes / 1e6, 0),
  };
}

/** Points of one host, newest first, tell for each when it became readable: one host's events keep their order. */
async function measurePoints(
  context: BenchContext,
  stage: Stage,
  influx: RunningInflux,
  { rate, seconds }: EndToEndOptions,
): Promise<EndToEndResult['pointLatency']> {
  const latencies: number[] = [];
  let newest = BigInt(Date.now()) * 1_000_000n;
  let loading = true;
  const load = produceLoad(context, stage, { rate, seconds, run: 1 }).finally(() => {
    loading = false;
  });
  load.catch(() => undefined);
  let idle = 0;
  while (loading || idle < 25) {
    const times = await timesAfter(influx, newest);
    const now = Date.now();
    for (const time of times) {
      latencies.push(now - Number(time / 1_000_000n));
      if (time > newest) newest = time;
    }
    idle = times.length > 0 ? 0 : idle + 1;
    await pause(POLL_MS);
  }
  await load;
  const sorted = Float64Array.from(latencies).sort();
  const p50 = quantileOf(sorted, 0.5);
  const p99 = quantileOf(sorted, 0.99);
  context.progress(`end to end at ${rate}/s: p50 ${p50} ms, p99 ${p99} ms to the point`);
  return { rate, points: sorted.length, p50, p99, pollMs: POLL_MS };
}

async function countVerdicts(influx: RunningInflux): Promise<number> {
  const text = await query(
    influx,
    `SELECT COUNT("anomaly_score") FROM "ai_predictions" WHERE "group" = 'bench'`,
  );
  return Number(/"values":\[\[[^,]+,(\d+)\]\]/.exec(text)?.[1] ?? 0);
}

/** Times of the points of one host after `after`, ns. Read from the text: they are no safe integers. */
async function timesAfter(influx: RunningInflux, after: bigint): Promise<bigint[]> {
  const text = await query(
    influx,
    `SELECT "anomaly_score" FROM "ai_predictions" WHERE "host" = 'load-1' AND time > ${after}`,
  );
  return [...text.matchAll(/\[(\d{16,20}),/g)].map(([, time]) => BigInt(time ?? '0'));
}

async function query(influx: RunningInflux, text: string): Promise<string> {
  const url = new URL('/query', influx.url);
  for (const [name, value] of Object.entries({ db: influx.bucket, epoch: 'ns', q: text }))
    url.searchParams.set(name, value);
  const { token, api } = influx;
  const login = api === 1 ? `Basic ${Buffer.from(token ?? '').toString('base64')}` : `Token ${token}`;
  const response = await fetch(url, token === null ? {} : { headers: { authorization: login } });
  const answer = await response.text();
  if (!response.ok || answer.includes('"error"')) throw new Error(`asking InfluxDB: ${answer.slice(0, 300)}`);
  return answer;
}
