import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Measurement, measurementsSchema, type Task } from './measurement.js';

const SUBJECT = fileURLToPath(new URL('./subject.js', import.meta.url));

/** Measures one task in a process of its own. Throws what the process wrote to standard error when it fails. */
export async function measureInProcess(
  task: Task,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Measurement[]> {
  const args = ['--expose-gc', SUBJECT, JSON.stringify(task)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...environment } });
  return measurementsSchema.parse(JSON.parse(stdout));
}
