/**
 * One measured process: its argument is a task as JSON, its standard output the measurements as JSON. Node runs it with
 * --expose-gc.
 */
import { measureAllocation } from './allocation.js';
import { measureForest } from './forest-speed.js';
import { type Measurement, type Task, taskSchema } from './measurement.js';
import { measureSwitch } from './model-switch.js';
import { measureOnReferenceForest } from './on-reference-forest.js';
import { measureRecipe } from './recipe-speed.js';
import { measureSeriesMemory } from './series-memory.js';
import { measureGrower, measurePublished } from './training-speed.js';

type Subject = (task: Task) => Measurement[] | Promise<Measurement[]>;

const SUBJECTS: Readonly<Record<string, Subject>> = {
  forest: measureForest,
  'reference forest': measureOnReferenceForest,
  recipe: measureRecipe,
  'own grower': measureGrower('own'),
  'package grower': measureGrower('package'),
  'ml-isolation-forest': measurePublished,
  series: measureSeriesMemory,
  allocation: measureAllocation,
  switch: measureSwitch,
};

const task = taskSchema.parse(JSON.parse(process.argv[2] ?? ''));
const measure = SUBJECTS[task.subject];
if (measure === undefined) throw new Error(`measuring: no subject ${task.subject}`);
process.stdout.write(JSON.stringify(await measure(task)));
