/**
 * `npm run bench`: one scorer (`window+score`) beside a bare kafkajs pass-through, on real Kafka and InfluxDB. Prints one JSON
 * object on standard output and tables on standard error. `--help` tells the options.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createLogger } from '../common/log.js';
import { badUsage, exitCodeOf } from './bad-usage.js';
import { METRICS, TREES, trainBenchModel } from './stream/bench-model.js';
import { startBenchServices } from './stream/bench-services.js';
import { type EndToEndOptions, measureEndToEnd } from './stream/end-to-end.js';
import { type LatencyOptions, measureLatency } from './stream/latency.js';
import { type BenchReport, describeMachine, tablesOf } from './stream/report.js';
import { type BenchContext, HOSTS, LANES, PARTITIONS } from './stream/stage.js';
import { measureThroughput, type ThroughputOptions } from './stream/throughput.js';

const HELP = `npm run bench -- [--quick] [--only throughput|latency|end-to-end]... [--out FILE] [--profile FOLDER]

  --quick           a tenth of the work, for a first look (under two minutes)
  --only SCENARIO   only this one; may be repeated
  --out FILE        also write the JSON there
  --profile FOLDER  write CPU profiles of the scorer there
Uses KAFKA_BROKERS and INFLUX_URL where set, else starts its own servers and stops them again.
`;

const SCENARIOS = ['throughput', 'latency', 'end-to-end'] as const;
type Scenario = (typeof SCENARIOS)[number];

interface Plan {
  readonly throughput: ThroughputOptions;
  readonly latency: LatencyOptions;
  readonly endToEnd: EndToEndOptions;
}

function planOf(quick: boolean): Plan {
  const subjects = ['scorer', 'pass-through', 'scorer-unexplained', 'pass-through-patched'] as const;
  return {
    throughput: { events: quick ? 100_000 : 200_000, rounds: quick ? 1 : 3, subjects },
    latency: { rates: [100, 1_000, 5_000], seconds: quick ? 3 : 8, rounds: quick ? 2 : 3 },
    endToEnd: { events: quick ? 20_000 : 100_000, rate: 1_000, seconds: quick ? 5 : 20 },
  };
}

async function measure(context: BenchContext, plan: Plan, wanted: ReadonlySet<Scenario>) {
  const throughput = wanted.has('throughput') ? await measureThroughput(context, plan.throughput) : [];
  const latency = wanted.has('latency') ? await measureLatency(context, plan.latency) : [];
  const endToEnd = wanted.has('end-to-end') ? await measureEndToEnd(context, plan.endToEnd) : null;
  return { throughput, latency, endToEnd };
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [...SCENARIOS] },
      out: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const wanted = new Set(SCENARIOS.filter((scenario) => values.only.includes(scenario)));
  if (wanted.size === 0) throw badUsage(`unknown scenario; one of ${SCENARIOS.join(', ')}`);
  const log = createLogger({ level: process.env['LOG_LEVEL'] ?? 'warn', name: 'bench' });
  const started = performance.now();
  const services = await startBenchServices(process.env, log, wanted.has('end-to-end'));
  const stopAtSignal = () => void services.stop().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopAtSignal);
  try {
    const machine = describeMachine(services);
    const context: BenchContext = {
      services,
      model: trainBenchModel(Date.now()),
      environment: process.env,
      log,
      progress: (line) => process.stderr.write(`${line}\n`),
      nodeArgs: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`],
    };
    const report: BenchReport = {
      command: `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
      date: new Date().toISOString().slice(0, 10),
      machine,
      shape: { metrics: METRICS, trees: TREES, hosts: HOSTS, partitions: PARTITIONS, lanes: LANES },
      ...(await measure(context, planOf(values.quick), wanted)),
      seconds: Math.round((performance.now() - started) / 1000),
    };
    const json = `${JSON.stringify(report, null, 2)}\n`;
    process.stdout.write(json);
    process.stderr.write(`\n${tablesOf(report)}\n`);
    if (values.out !== undefined) await writeFile(values.out, json);
  } finally {
    await services.stop();
  }
}

try {
  await run();
  process.exit(0);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCodeOf(error));
}
