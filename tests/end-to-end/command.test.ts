import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../infra/local/commands.js';
import { findProjectRoot } from '../../infra/local/project-root.js';

/** Runs the built command as a shell would. */
function tidewatch(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return runCommand(process.execPath, [join(findProjectRoot(), 'dist/cli/main.js'), ...args], {
    environment: { PATH: process.env['PATH'], ...environment },
    timeoutMs: 60_000,
  });
}

it('ends with 2 and one line that names every wrong setting', async () => {
  const wrong = { KAFKA_BROKERS: '127.0.0.1:1', LOG_LEVEL: 'loud', SIM_HOSTS: '0' };
  const { code, output } = await tidewatch(['produce', 'simulate'], wrong);
  expect(code).toBe(2);
  expect(output.trim().split('\n')).toEqual([
    expect.stringMatching(/^tidewatch: reading settings: LOG_LEVEL .+; SIM_HOSTS .+ \[BAD_SETTINGS\]$/),
  ]);
});

it('ends with 2 at an unknown flag or command, and with 0 at help', async () => {
  expect(await tidewatch(['produce', 'simulate', '--no-such-flag'])).toMatchObject({ code: 2 });
  expect(await tidewatch(['no-such-command'])).toMatchObject({ code: 2 });
  expect(await tidewatch(['process', 'window', '--help'])).toMatchObject({ code: 0 });
  expect(await tidewatch(['config'])).toMatchObject({ code: 0 });
});

it('ends with 1 and the way out where there is no Kafka', async () => {
  const { code, output } = await tidewatch(['tail', 'metrics'], { TIDEWATCH_HOME: 'no-such-home' });
  expect(code).toBe(1);
  expect(output).toMatch(/set KAFKA_BROKERS, or start one with "tidewatch services start" \[NO_BROKERS\]\n$/);
});
