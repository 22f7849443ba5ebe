import type { Command } from 'commander';
import type { Io } from '../io.js';
import { addImportCommand } from './models/import.js';
import { addListCommand } from './models/list.js';
import { addShowCommand } from './models/show.js';

/** Adds `models list|show|import`. */
export function addModelsCommands(program: Command, io: Io): void {
  const group = program.command('models').description('Look at trained models, and import foreign ones.');
  addListCommand(group, io);
  addShowCommand(group, io);
  addImportCommand(group, io);
}
