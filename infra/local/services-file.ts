import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const identity = z.object({ pid: z.number().int().positive(), startedAt: z.string(), marker: z.string() });

const common = {
  kind: z.enum(['local', 'docker']),
  /** The server process; null for Docker, whose engine owns the process. */
  process: identity.nullable(),
  /** The process on whose behalf it runs; null: until `services stop`. */
  owner: identity.nullable(),
  /** ISO time of the start, for people. */
  startedAt: z.string(),
};

const kafkaRecord = z.object({ ...common, brokers: z.array(z.string()), controllerPort: z.number().int() });
const influxRecord = z.object({ ...common, url: z.string(), bucket: z.string() });
const servicesFile = z.object({ kafka: kafkaRecord.nullable(), influx: influxRecord.nullable() });

/** What services.json says about the Kafka that was started for this home. */
export type KafkaRecord = z.infer<typeof kafkaRecord>;
/** What services.json says about the InfluxDB that was started for this home. */
export type InfluxRecord = z.infer<typeof influxRecord>;
/** `<home>/services.json`: how another process finds what runs. */
export type ServicesRecord = z.infer<typeof servicesFile>;

/** Returns what services.json says; an absent or unreadable file says nothing. */
export async function readServices(home: string): Promise<ServicesRecord> {
  try {
    const parsed = servicesFile.safeParse(JSON.parse(await readFile(fileIn(home), 'utf8')));
    if (parsed.success) return parsed.data;
  } catch {
    // Absent or cut off: the services are then looked for by starting them, which finds their data again.
  }
  return { kafka: null, influx: null };
}

/** Writes some of services.json, keeps the rest; readers see the old or the new file, never half of one. */
export async function updateServices(home: string, change: Partial<ServicesRecord>): Promise<void> {
  await mkdir(home, { recursive: true });
  const next = { ...(await readServices(home)), ...change };
  const temporary = `${fileIn(home)}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, fileIn(home));
}

function fileIn(home: string): string {
  return join(home, 'services.json');
}
