import { resolve } from 'node:path';
import { type Logger, silentLogger } from '../../common/log.js';
import { freeBytesOf } from './disk-space.js';
import { withHomeLock } from './home-lock.js';
import { findOrStartInflux, type RunningInflux, stopInflux } from './influxdb.js';
import { identifyInflux } from './influxdb-probe.js';
import { findOrStartKafka, type RunningKafka, stopKafka } from './kafka.js';
import { checkKafka } from './kafka-probe.js';
import { isAlive } from './process-identity.js';
import { findProjectRoot } from './project-root.js';
import { readServices } from './services-file.js';
import { DEFAULT_BUCKET, type Progress, type ServiceContext, type ServiceSettings } from './settings.js';

/** What the callers of this folder pass in; paths may be relative to the working directory. */
export interface ServicesOptions {
  readonly settings: ServiceSettings;
  /** TIDEWATCH_HOME. */
  readonly home: string;
  /** Where downloads are kept; default `home`. */
  readonly cache?: string;
  readonly log?: Logger;
  /** Told about long steps, one line each. */
  readonly onProgress?: Progress;
  /** Replaces the look at the file system. */
  readonly freeBytes?: (path: string) => Promise<number>;
  /**
   * The process on whose behalf services run (its pid): its `stop()` ends them, and when it dies without doing so the
   * next start takes them over. Default null: they stay until {@link stopServices}.
   */
  readonly owner?: number | null;
  /** Ends a start that is under way: it stops what it has begun and throws INTERRUPTED. */
  readonly signal?: AbortSignal;
}

/** Both services, running. */
export interface RunningServices {
  readonly kafka: RunningKafka;
  readonly influx: RunningInflux;
}

/** What `tidewatch services status --json` prints; a service that is down is null, a pid that is not ours too. */
export interface ServicesStatus {
  readonly kafka: { brokers: readonly string[]; kind: string; pid: number | null } | null;
  readonly influx:
    | { url: string; version: string; database: string; kind: string; pid: number | null }
    | { url: string; version: string; bucket: string; kind: string; pid: number | null }
    | null;
}

/** Finds or starts Kafka and InfluxDB, in this order. When InfluxDB cannot be had, an owned Kafka is stopped again. */
export async function findOrStartServices(options: ServicesOptions): Promise<RunningServices> {
  const kafka = await findOrStartKafkaOnly(options);
  try {
    return { kafka, influx: await findOrStartInfluxOnly(options) };
  } catch (error) {
    await kafka.stop();
    throw error;
  }
}

/** Finds or starts Kafka; for callers that run on when InfluxDB is INFLUX_UNAVAILABLE. See {@link findOrStartKafka}. */
export function findOrStartKafkaOnly(options: ServicesOptions): Promise<RunningKafka> {
  const context = contextOf(options);
  return withHomeLock(context.home, () => findOrStartKafka(context), context.signal);
}

/** Finds or starts InfluxDB; see {@link findOrStartInflux}. */
export function findOrStartInfluxOnly(options: ServicesOptions): Promise<RunningInflux> {
  const context = contextOf(options);
  return withHomeLock(context.home, () => findOrStartInflux(context), context.signal);
}

/** Ends what runs for this home, InfluxDB first, whoever started it. Returns which services were running. */
export function stopServices(options: ServicesOptions): Promise<{ kafka: boolean; influx: boolean }> {
  const context = contextOf(options);
  return withHomeLock(context.home, async () => {
    const influx = await stopInflux(context);
    return { influx, kafka: await stopKafka(context) };
  });
}

/** Returns what runs for this home or at the configured addresses, asking each server; starts nothing, writes nothing. */
export async function servicesStatus(options: ServicesOptions): Promise<ServicesStatus> {
  const { settings, home } = contextOf(options);
  const record = await readServices(home);
  const [kafka, influx] = await Promise.all([kafkaStatus(settings, record), influxStatus(settings, record)]);
  return { kafka, influx };
}

type Recorded = Awaited<ReturnType<typeof readServices>>;

async function kafkaStatus(settings: ServiceSettings, record: Recorded): Promise<ServicesStatus['kafka']> {
  const external = settings.kafkaBrokers ?? [];
  const known = record.kafka;
  if (external.length === 0 && known === null) return null;
  const ours = external.length === 0 ? known : null;
  if (ours?.process && !(await isAlive(ours.process))) return null;
  const brokers = ours?.brokers ?? external;
  try {
    await checkKafka({ brokers, security: ours === null ? settings.kafkaSecurity : undefined });
  } catch {
    return null;
  }
  return { brokers, kind: ours?.kind ?? 'external', pid: ours?.process?.pid ?? null };
}

async function influxStatus(settings: ServiceSettings, record: Recorded): Promise<ServicesStatus['influx']> {
  const external = settings.influxUrl ?? '';
  const ours = external === '' ? record.influx : null;
  if (external === '' && ours === null) return null;
  if (ours?.process && !(await isAlive(ours.process))) return null;
  const url = ours?.url ?? external;
  const name = ours?.bucket ?? settings.influxBucket ?? DEFAULT_BUCKET;
  try {
    const { version, api } = await identifyInflux(url);
    const rest = { kind: ours?.kind ?? 'external', pid: ours?.process?.pid ?? null };
    return api === 1 ? { url, version, database: name, ...rest } : { url, version, bucket: name, ...rest };
  } catch {
    return null;
  }
}

function contextOf(options: ServicesOptions): ServiceContext {
  const home = resolve(options.home);
  return {
    settings: options.settings,
    home,
    cache: options.cache === undefined ? home : resolve(options.cache),
    root: findProjectRoot(),
    log: options.log ?? silentLogger(),
    onProgress: options.onProgress ?? (() => {}),
    freeBytes: options.freeBytes ?? freeBytesOf,
    owner: options.owner ?? null,
    signal: options.signal,
  };
}
