import type { Settings } from '../../config.js';
import { type HealthServer, startHealthServer } from '../../health-server.js';
import { Lifecycle, type Running } from '../../lifecycle.js';
import type { Logger } from '../../log.js';
import { type MetricsRegistry, stageMetrics } from '../../metrics.js';
import type { KafkaClient } from '../client.js';
import { type LaneLoop, startLaneLoop } from './lane-loop.js';
import type { Processor } from './processor.js';
import type { laneSettings } from './settings.js';

/** What every processor's process is started with, besides its own settings. */
export interface ProcessorShellOptions {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly registry: MetricsRegistry;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  readonly lanes: Settings<typeof laneSettings>;
  /** Address and port of /healthz, /readyz and /metrics; port 0 takes a free one. */
  readonly http: { readonly address: string; readonly port: number };
  /** Which process this is, for the dead letters: host name and pid. */
  readonly instance: string;
  /** Returns the time, milliseconds since the epoch; for measured latencies only. */
  readonly now: () => number;
}

/** A running processor and the address of its health server. */
export interface RunningProcessor extends Running {
  readonly url: string;
}

/** Runs one processor in lanes, with its health server. Ends (rejecting `done`) with the loop's first fatal error. */
export async function runProcessor(
  name: string,
  processor: Processor,
  options: ProcessorShellOptions,
): Promise<RunningProcessor> {
  const lifecycle = new Lifecycle(options.log);
  const loop = await lifecycle.start(
    'lane loop',
    () =>
      startLaneLoop({
        ...loopOptions(options),
        name,
        processor,
        metrics: stageMetrics(options.registry, name),
      }),
    (started) => started.stop(),
  );
  const http = await lifecycle.start(
    'health server',
    () => serveHealth(options, loop),
    (started) => started.close(),
  );
  options.log.info({ url: http.url, group: loop.groupId }, `${name} is running`);
  loop.done.catch(() => lifecycle.stop());
  return { url: http.url, done: loop.done, stop: () => lifecycle.stop() };
}

function loopOptions({ lanes, ...options }: ProcessorShellOptions) {
  return {
    ...options,
    lanes: lanes.LANES,
    sessionTimeoutMs: lanes.SESSION_TIMEOUT_MS,
    transactionTimeoutMs: lanes.TRANSACTION_TIMEOUT_MS,
  };
}

function serveHealth(options: ProcessorShellOptions, loop: LaneLoop): Promise<HealthServer> {
  const { http, registry } = options;
  const health = () => ({
    ready: loop.isReady(),
    facts: { group: loop.groupId, lanes: loop.lanes().join(',') },
  });
  return startHealthServer({ ...http, registry, health });
}
