import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { findProjectRoot } from '../infra/local/project-root.js';
import { addCheckCommands } from './commands/check.js';
import { addConfigCommand } from './commands/config.js';
import { addJobCommands } from './commands/job.js';
import { addModelsCommands } from './commands/models.js';
import { addProcessCommands } from './commands/process.js';
import { addProduceCommands } from './commands/produce.js';
import { addServicesCommands } from './commands/services.js';
import { addSinkCommands } from './commands/sink.js';
import { addTailCommand } from './commands/tail.js';
import { addTopicsCommands } from './commands/topics.js';
import { addUpCommand } from './commands/up.js';
import type { Io } from './io.js';
import { checkSettings, SettingsCommand } from './settings-options.js';

function version(): string {
  const { version } = JSON.parse(readFileSync(join(findProjectRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Returns the `tidewatch` command with all its groups. It throws instead of ending the process. */
export function createProgram(io: Io): Command {
  const program = new SettingsCommand('tidewatch');
  program.description('Event-streaming anomaly detection for hosts on Apache Kafka.').version(version());
  program.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
  });
  addUpCommand(program, io);
  addServicesCommands(program, io);
  addTopicsCommands(program, io);
  addTailCommand(program, io);
  addProduceCommands(program, io);
  addProcessCommands(program, io);
  addSinkCommands(program, io);
  addJobCommands(program, io);
  addModelsCommands(program, io);
  addCheckCommands(program, io);
  addConfigCommand(program, io);
  program.hook('preAction', (_program, command) => checkSettings(command, io));
  for (const command of program.commands) inheritSettings(command);
  return program;
}

/** Sub-commands made before `exitOverride` was set would end the process themselves. */
function inheritSettings(command: Command): void {
  command.exitOverride();
  if (command.parent !== null) command.copyInheritedSettings(command.parent);
  for (const child of command.commands) inheritSettings(child);
}
