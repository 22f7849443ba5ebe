import type { Command } from 'commander';
import type { Io } from '../io.js';
import { addBacktestCommand } from './job/backtest.js';
import { addCollectHistoryCommand } from './job/collect-history.js';
import { addEvaluateCommand } from './job/evaluate.js';
import { addExplainCommand } from './job/explain.js';
import { addGenerateCommand } from './job/generate.js';
import { addTrainCommand } from './job/train.js';
import { addValidateCommand } from './job/validate.js';

/** Adds the jobs. */
export function addJobCommands(program: Command, io: Io): void {
  const group = program
    .command('job')
    .description('Work that ends: collect, generate and validate data; train, backtest and explain models.');
  addCollectHistoryCommand(group, io);
  addGenerateCommand(group, io);
  addValidateCommand(group, io);
  addTrainCommand(group, io);
  addBacktestCommand(group, io);
  addEvaluateCommand(group, io);
  addExplainCommand(group, io);
}
