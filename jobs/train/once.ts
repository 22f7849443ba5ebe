import type { KafkaClient } from '../../common/kafka/client.js';
import { createPublisher } from '../../common/kafka/publisher.js';
import type { Logger } from '../../common/log.js';
import { allModels } from '../../common/registry/models-topic.js';
import type { TrainSettings } from './config.js';
import { type SharedTraining, type Trained, train } from './core.js';
import { readCsvRows } from './csv-source.js';
import { driftReferences } from './drift-references.js';
import { readFeatureRows } from './features-source.js';
import { publishModel } from './publish-model.js';
import { ReferenceSupply } from './reference-supply.js';
import type { DriftWindow } from './thinned-series.js';
import type { TrainingRow } from './training-row.js';

/** The model of one group, or why there is none. */
export interface GroupTraining {
  readonly group: string;
  readonly trained: Trained;
}

/** Returns what a training is told by its settings. */
export function trainingOf(settings: TrainSettings, drift: DriftWindow): SharedTraining {
  return {
    seed: settings.TRAIN_SEED,
    trees: settings.TRAIN_TREES,
    subsampleSize: settings.TRAIN_SUBSAMPLE,
    contamination: settings.TRAIN_CONTAMINATION,
    minimumRows: settings.TRAIN_MIN_ROWS,
    maximumRows: settings.TRAIN_MAX_ROWS,
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
  const results = [...asked].map(([name, rows]) => {
    const supply = supplyOf(name);
    supply.build(Number.POSITIVE_INFINITY);
    const { references } = supply.take();
    const parent = parents.get(name)?.version ?? null;
    return { group: name, trained: train(rows, { ...training, group: name, parent, created, references }) };
  });
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

export interface CsvTrainingOptions {
  readonly path: string;
  readonly labelColumn: string | null;
  readonly group: string | null;
  readonly training: SharedTraining;
  readonly created: number;
}

/** A published baseline of a file is never stale: the file's own time is all there is. */
const NEVER_STALE = Number.MAX_SAFE_INTEGER;

/** Trains on the rows of a CSV file. Throws BAD_CSV, FILE_UNREADABLE. */
export async function trainFromCsv(options: CsvTrainingOptions): Promise<GroupTraining> {
  const rows: TrainingRow[] = [];
  for await (const row of readCsvRows({ ...options, host: 'csv', baselineMaxAgeMs: NEVER_STALE }))
    rows.push(row);
  const group = options.group ?? rows[0]?.group ?? 'csv';
  return {
    group,
    trained: train(rows, {
      ...options.training,
      group,
      parent: null,
      created: options.created,
      references: driftReferences(rows, options.training.drift),
    }),
  };
}
