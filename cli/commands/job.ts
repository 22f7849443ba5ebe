import type { Command } from 'commander';
import type { Io } from '../io.js';
import { addBacktestCommand } from './job/backtest.js';
import { addExplainCommand } from './job/explain.js';
import { addGenerateCommand } from './job/generate.js';
import { addTrainCommand } from './job/train.js';
import { addValidateCommand } from './job/validate.js';

/** Adds `job train|backtest|explain`. */
export function addJobCommands(program: Command, io: Io): void {
  const group = program.command('job').description('Work that ends: train, backtest and explain models.');
  addGenerateCommand(group, io);
  addValidateCommand(group, io);
  addTrainCommand(group, io);
  addBacktestCommand(group, io);
  addExplainCommand(group, io);
}
