import type { TestProject } from 'vitest/node';
import { startServiceFixtures } from './service-fixtures.js';

/** Starts Kafka and InfluxDB once for the run, tells every test file where they are, and ends them with the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { kafka, influx, stop } = await startServiceFixtures(process.env);
  project.provide('kafka', { brokers: [...kafka.brokers], tools: kafka.tools });
  const { url, api, version, bucket, org, token } = influx;
  project.provide('influx', { url, api, version, bucket, org, token });
  return stop;
}
