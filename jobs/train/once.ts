import type { KafkaClient } from '../../common/kafka/client.js';
import { createPublisher } from '../../common/kafka/publisher.js';
import type { Logger } from '../../common/log.js';
import { allModels } from '../../common/registry/models-topic.js';
import type { TrainSettings } from './config.js';
import type { SharedTraining } from './core.js';
import { readFeatureRows } from './features-source.js';
import { publishModel } from './publish-model.js';
import { ReferenceSupply } from './reference-supply.js';
import { type GroupTraining, type SearchPlan, trainSearched } from './searched.js';
import type { DriftWindow } from './thinned-series.js';

/** Returns what a training is told by its settings. */
export function trainingOf(settings: TrainSettings, drift: DriftWindow): SharedTraining {
  return {
    seed: settings.TRAIN_SEED,
    trees: settings.TRAIN_TREES,
    subsampleSize: settings.TRAIN_SUBSAMPLE,
    contamination: settings.TRAIN_CONTAMINATION,
    minimumRows: settings.TRAIN_MIN_ROWS,
    maximumRows: settings.TRAIN_MAX_ROWS,
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

/** Trains from the features topic once, and publishes what came of it. Throws what the topic's readers throw. */
export async function trainFromTopic(options: TopicTrainingOptions): Promise<GroupTraining[]> {
  const { group, training, created } = options;
  // Oldest first, so that the newest version of a group is the one that stays.
  const parents = new Map((await allModels(options)).map((model) => [model.group, model]));
  const supplies = new Map<string, ReferenceSupply>();
  const supplyOf = (name: string): ReferenceSupply => {
    const supply = supplies.get(name) ?? new ReferenceSupply(training.drift);
    const parent = parents.get(name);
    if (!supplies.has(name) && parent !== undefined && !options.newReferences) supply.adopt(parent);
    supplies.set(name, supply);
    return supply;
  };
  const { groups } = await readFeatureRows({
    ...options,
    since: 0,
    rowsPerGroup: training.maximumRows,
    onRow: (row) => supplyOf(row.group).observe(row),
  });
  const asked = group === null || groups.has(group) ? groups : new Map([[group, []]]);
  const results: GroupTraining[] = [];
  for (const [name, rows] of asked) {
    const supply = supplyOf(name);
    supply.build(Number.POSITIVE_INFINITY);
    const { references } = supply.take();
    const parent = parents.get(name)?.version ?? null;
    const unlabelled = rows.map((row) => ({ row, label: null }));
    const own = { ...training, group: name, parent, created, references };
    results.push(await trainSearched(unlabelled, own, options.search));
  }
  if (options.publish) await publishAll(options, results);
  return results;
}

async function publishAll(options: TopicTrainingOptions, results: readonly GroupTraining[]): Promise<void> {
  const publisher = await createPublisher({ ...options, topics: ['models'], now: () => performance.now() });
  try {
    for (const { trained } of results) if (trained.ok) await publishModel(publisher, trained.model);
  } finally {
    await publisher.close();
  }
}
