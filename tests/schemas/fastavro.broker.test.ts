import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../fixtures/avro/', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'tidewatch-fastavro-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Returns the path of a Python with fastavro in a fresh environment under the test's own folder, or why there is none. */
async function pythonWithFastavro(): Promise<{ python: string } | { missing: string }> {
  const python = join(home, 'bin', 'python');
  try {
    await run('python3', ['-m', 'venv', home]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'fastavro==1.13.1']);
    return { python };
  } catch (cause) {
    const lines = String(cause).trim().split('\n');
    return {
      missing: `${existsSync(python) ? 'fastavro cannot be installed' : 'python3 with venv is missing'}: ${lines.at(-1)}`,
    };
  }
}

it('writes the committed fixtures again, byte for byte', async ({ skip }) => {
  const found = await pythonWithFastavro();
  if ('missing' in found) {
    if (process.env['CI'] === 'true') throw new Error(`checking against fastavro: ${found.missing}`);
    process.stderr.write(`skipped: comparing with a live fastavro: ${found.missing}\n`);
    skip(found.missing);
    return;
  }
  const out = join(home, 'fastavro.json');
  await run(found.python, [join(folder, 'make_fixtures.py'), out]);
  expect(readFileSync(out, 'utf8')).toBe(readFileSync(join(folder, 'fastavro.json'), 'utf8'));
});
