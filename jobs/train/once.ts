import type { KafkaClient } from '../../common/kafka/client.js';
import { createPublisher } from '../../common/kafka/publisher.js';
import type { Logger } from '../../common/log.js';
import { byAge, followModels } from '../../common/registry/models-topic.js';
import type { DriftReference, ModelVersion } from '../../schemas/model-version.js';
import type { TrainSettings } from './config.js';
import type { SharedTraining } from './core.js';
import { type GroupRows, readFeatureRows } from './features-source.js';
import { USUAL_MEMORY } from './memory.js';
import { publishModel } from './publish-model.js';
import { ReferenceSupply } from './reference-supply.js';
import { type GroupTraining, type SearchPlan, trainSearched } from './searched.js';
import { createSeriesRoom } from './series-room.js';
import type { DriftWindow } from './thinned-series.js';

const MIB = 1_048_576;

/** Returns what a training is told by its settings. */
export function trainingOf(settings: TrainSettings, drift: DriftWindow): SharedTraining {
  return {
    seed: settings.TRAIN_SEED,
    trees: settings.TRAIN_TREES,
    subsampleSize: settings.TRAIN_SUBSAMPLE,
    contamination: settings.TRAIN_CONTAMINATION,
    minimumRows: settings.TRAIN_MIN_ROWS,
    maximumRows: settings.TRAIN_MAX_ROWS,
    memory: { rows: settings.TRAIN_MEMORY_MIB * MIB, references: settings.TRAIN_REFERENCE_MEMORY_MIB * MIB },
    gitCommit: settings.TRAIN_GIT_COMMIT,
    drift,
  };
}

export interface TopicTrainingOptions {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  /** Only this group; null = every group with enough rows. */
  readonly group: string | null;
  readonly training: SharedTraining;
  /** Creation time of the versions, milliseconds. */
  readonly created: number;
  /** Whether the models are published, or only returned. */
  readonly publish: boolean;
  /** Whether all drift references are built from what the topic holds; otherwise those of the version before are carried on. */
  readonly newReferences: boolean;
  /** How parameters are searched, group by group; null: the settings' own. */
  readonly search: SearchPlan | null;
}

/**
 * Trains from the features topic once, and publishes what came of it. Holds what `training.memory` allows, one model version per group, and
 * the references of all; the log says where that made rows or references fewer. Throws what the topic's readers throw.
 */
export async function trainFromTopic(options: TopicTrainingOptions): Promise<GroupTraining[]> {
  const { group, training, log } = options;
  const { rows: rowBytes, references: referenceBytes } = training.memory ?? USUAL_MEMORY;
  const parents = await newestModels(options);
  const room = createSeriesRoom(referenceBytes, training.drift);
  const supplies = new Map<string, ReferenceSupply>();
  const supplyOf = (name: string): ReferenceSupply => {
    const known = supplies.get(name);
    if (known !== undefined) return known;
    const supply = new ReferenceSupply(training.drift, room);
    const parent = parents.get(name);
    if (parent !== undefined && !options.newReferences) supply.adopt(parent);
    supplies.set(name, supply);
    return supply;
  };
  const { groups } = await readFeatureRows({
    ...options,
    since: 0,
    rowsPerGroup: training.maximumRows,
    rowBytes,
    onRow: (row) => supplyOf(row.group).observe(row),
  });
  const results: GroupTraining[] = [];
  for (const name of group === null ? groups.keys() : [group]) {
    const { rows, trainable, isShort } = groups.get(name) ?? NO_ROWS;
    if (isShort) log.warn({ group: name, rows: rows.length, of: trainable }, SHORT_OF_ROWS);
    const parent = parents.get(name)?.version ?? null;
    const references = referencesOf(supplyOf(name), name, log);
    const own = { ...training, group: name, parent, created: options.created, references };
    const unlabelled = rows.map((row) => ({ row, label: null }));
    results.push(await trainSearched(unlabelled, own, options.search));
  }
  if (options.publish) await publishAll(options, results);
  return results;
}

const NO_ROWS: GroupRows = { rows: [], trainable: 0, isShort: false };
const SHORT_OF_ROWS =
  'trained on fewer rows than there are: TRAIN_MEMORY_MIB is used up by all groups together, or rows are wide';

function referencesOf(supply: ReferenceSupply, group: string, log: Logger): readonly DriftReference[] {
  supply.build(Number.POSITIVE_INFINITY);
  const { references, leftOut, outside } = supply.take();
  if (leftOut > 0) log.warn({ group, leftOut }, 'drift references do not fit into the model');
  if (outside > 0)
    log.warn(
      { group, outside },
      'metrics were not followed for drift references: TRAIN_REFERENCE_MEMORY_MIB is used up',
    );
  return references;
}

/** The newest version of every group: the topic holds all that ever were. */
async function newestModels(options: TopicTrainingOptions): Promise<ReadonlyMap<string, ModelVersion>> {
  const newest = new Map<string, ModelVersion>();
  const reader = await followModels(options, (model) => {
    const known = newest.get(model.group);
    if (known === undefined || byAge(known, model) < 0) newest.set(model.group, model);
  });
  await reader.stop();
  return newest;
}

async function publishAll(options: TopicTrainingOptions, results: readonly GroupTraining[]): Promise<void> {
  const publisher = await createPublisher({ ...options, topics: ['models'], now: () => performance.now() });
  try {
    for (const { trained } of results) if (trained.ok) await publishModel(publisher, trained.model);
  } finally {
    await publisher.close();
  }
}
