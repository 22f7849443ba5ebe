import { cpus, loadavg, totalmem } from 'node:os';
import type { BenchServices } from './bench-services.js';
import type { EndToEndResult } from './end-to-end.js';
import type { LatencyResult, LatencySample } from './latency.js';
import { quantileOf, round } from './spread.js';
import type { ThroughputResult } from './throughput.js';

/** Everything that one run of the benchmark found. */
export interface BenchReport {
  readonly command: string;
  readonly date: string;
  readonly machine: Readonly<Record<string, string | number>>;
  /** Shape of the load: metrics, trees, hosts, partitions, lanes. */
  readonly shape: Readonly<Record<string, number>>;
  readonly throughput: readonly ThroughputResult[];
  readonly latency: readonly LatencyResult[];
  readonly endToEnd: EndToEndResult | null;
  readonly seconds: number;
}

/** Returns what the figures depend on; `busy` tells how much else the machine had to do before. */
export function describeMachine(services: BenchServices): BenchReport['machine'] {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: round(totalmem() / 1e9, 1),
    loadBefore: round(loadavg()[0] ?? 0, 2),
    node: process.version,
    kafka: services.kafkaVersion,
    influxdb: services.influx?.version ?? 'not used',
  };
}

/** Returns the tables for people, Markdown. */
export function tablesOf(report: BenchReport): string {
  return [
    ...throughputTable(report.throughput),
    ...latencyTable(report.latency),
    ...endToEndTable(report.endToEnd),
  ].join('\n');
}

function throughputTable(results: readonly ThroughputResult[]): string[] {
  if (results.length === 0) return [];
  const lines = results.map(({ subject, figures, ratioEventsPerSecond: ratio }) => {
    const { eventsPerSecond, cpuMicrosecondsPerEvent, cpuMicrosecondsInTheMiddle, peakRssMb } = figures;
    const spread = `${eventsPerSecond.minimum}-${eventsPerSecond.maximum}`;
    const ratios = ratio === null ? '' : `${ratio.median} (${ratio.minimum}-${ratio.maximum})`;
    return `| ${subject} | ${eventsPerSecond.median} | ${spread} | ${ratios} | ${cpuMicrosecondsPerEvent.median} | ${cpuMicrosecondsInTheMiddle.median} | ${peakRssMb.median} |`;
  });
  return [
    '| one process | events/s, median | spread | / pass-through | CPU us/event | once warm | peak RSS MB |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ];
}

function latencyTable(results: readonly LatencyResult[]): string[] {
  if (results.length === 0) return [];
  const middle = (samples: readonly LatencySample[], key: 'p50' | 'p99') =>
    quantileOf(
      samples.map((sample) => sample[key]).sort((a, b) => a - b),
      0.5,
    );
  return [
    '| event to verdict | scorer p50 / p99 ms | pass-through p50 / p99 ms | ratio p50 / p99 |',
    '|---|---|---|---|',
    ...results.map(
      ({ rate, scorer, control, ratioP50, ratioP99 }) =>
        `| ${rate} events/s | ${middle(scorer, 'p50')} / ${middle(scorer, 'p99')} | ${middle(control, 'p50')} / ${middle(control, 'p99')} | ${ratioP50.median} / ${ratioP99.median} |`,
    ),
    '',
  ];
}

function endToEndTable(result: EndToEndResult | null): string[] {
  if (result === null) return [];
  const { pointLatency } = result;
  return [
    '| end to end, to the point in InfluxDB | |',
    '|---|---|',
    `| events/s, from a backlog | ${result.eventsPerSecond} |`,
    `| CPU us/event, scorer + sink | ${result.scorerCpuMicrosecondsPerEvent} + ${result.sinkCpuMicrosecondsPerEvent} |`,
    `| RSS MB, scorer + sink | ${result.scorerRssMb} + ${result.sinkRssMb} |`,
    `| at ${pointLatency.rate} events/s, p50 / p99 ms | ${pointLatency.p50} / ${pointLatency.p99} |`,
    '',
  ];
}
