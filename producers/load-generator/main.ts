import { writeFile } from 'node:fs/promises';
import type { Settings } from '../../common/config.js';
import type { Publisher } from '../../common/kafka/publisher.js';
import { metricRecord } from '../metric-stream.js';
import type { ProducerOptions } from '../producer-shell.js';
import { type SelfEndingRun, startSelfEndingRun } from '../self-ending-run.js';
import { type LoadPlan, planArrivals } from './arrivals.js';
import type { loadSettings } from './config.js';
import { loadEvents } from './load-events.js';
import { LoadRun } from './load-run.js';
import { ProgressDisplay, type ProgressStream } from './progress.js';
import { type LoadReport, loadReport } from './report.js';

type LoadSettings = Settings<typeof loadSettings>;

export interface LoadOptions extends Omit<ProducerOptions, 'registry'> {
  readonly settings: LoadSettings;
  /** Where progress is shown; null for nowhere. */
  readonly progress: ProgressStream | null;
  /** Takes the JSON report when `LOAD_REPORT` is `-`. */
  readonly standardOutput: { write(text: string): unknown };
}

/** Starts a run. `done` resolves when the report is written. Throws TOPIC_MISSING or the client's error. */
export function runLoadGenerator(options: LoadOptions): Promise<SelfEndingRun<LoadReport>> {
  const publishing = {
    ...options,
    now: () => performance.now(),
    topics: ['metrics'] as const,
    maxBufferedBytes: 64 * 1024 * 1024,
  };
  return startSelfEndingRun(publishing, (publisher, signal) => measure(options, publisher, signal));
}

async function measure(options: LoadOptions, publisher: Publisher, signal: AbortSignal): Promise<LoadReport> {
  const { settings, producerId } = options;
  const plan = loadPlan(settings);
  const nextEvent = loadEvents({
    hosts: settings.LOAD_HOSTS,
    metrics: settings.LOAD_METRICS,
    seed: settings.LOAD_SEED,
    group: settings.LOAD_GROUP,
    producerId,
  });
  const cpuAtStart = process.cpuUsage();
  const run = new LoadRun({
    publisher,
    arrivals: planArrivals(plan),
    durationMs: plan.durationSeconds * 1000,
    recordAt: (timestamp) => metricRecord(nextEvent(timestamp)),
    maxInFlight: settings.LOAD_MAX_IN_FLIGHT,
    monotonicNow: () => performance.now(),
    startedAtEpochMs: options.now(),
    signal,
  });
  const endProgress = showProgress(run, plan, options.progress);
  await run.send();
  const interrupted = signal.aborted;
  await run.drain(settings.LOAD_DRAIN_SECONDS * 1000);
  endProgress();
  const { user, system } = process.cpuUsage(cpuAtStart);
  const report = loadReport({
    counts: run.counts,
    plannedSeconds: plan.durationSeconds,
    secondsToLastAcknowledgement: run.secondsToLastAcknowledgement,
    fromPublish: run.fromPublish,
    fromSchedule: run.fromSchedule,
    stalledSeconds: run.stalledSeconds,
    cpuSeconds: (user + system) / 1e6,
    interrupted,
  });
  await writeReport(report, options);
  return report;
}

/** Returns the plan that the settings ask for. */
export function loadPlan(settings: LoadSettings): LoadPlan {
  const factor = settings.LOAD_BURST_FACTOR;
  const burst = {
    factor,
    everySeconds: settings.LOAD_BURST_EVERY_SECONDS,
    seconds: settings.LOAD_BURST_SECONDS,
  };
  return {
    rate: settings.LOAD_RATE,
    durationSeconds: settings.LOAD_DURATION_SECONDS,
    rampSeconds: settings.LOAD_RAMP_SECONDS,
    burst: factor === 1 ? null : burst,
  };
}

async function writeReport(report: LoadReport, { settings, standardOutput }: LoadOptions): Promise<void> {
  if (settings.LOAD_REPORT === null) return;
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (settings.LOAD_REPORT === '-') standardOutput.write(text);
  else await writeFile(settings.LOAD_REPORT, text);
}

/** Shows progress until the function that it returns is called. */
function showProgress(run: LoadRun, plan: LoadPlan, stream: ProgressStream | null): () => void {
  if (stream === null) return () => undefined;
  const display = new ProgressDisplay(stream);
  let lastCount = 0;
  let lastMs = 0;
  const show = () => {
    const { acknowledged, failed } = run.counts;
    const elapsedMs = run.elapsedMs;
    const recentRate = (1000 * (acknowledged - lastCount)) / Math.max(1, elapsedMs - lastMs);
    lastCount = acknowledged;
    lastMs = elapsedMs;
    display.show({
      elapsedSeconds: elapsedMs / 1000,
      totalSeconds: plan.durationSeconds,
      acknowledged,
      recentRate,
      failed,
      p99Ms: run.fromPublish.quantile(0.99),
    });
  };
  const timer = setInterval(show, display.everyMs);
  return () => {
    clearInterval(timer);
    show();
    display.end();
  };
}
