import { Counter } from 'prom-client';
import { codeOf, messageOf } from '../../common/errors.js';
import { pause } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import type { MetricsRegistry } from '../../common/metrics.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import type { GroupTurn, TrainingWatch } from './watch.js';

export interface DueGroupsOptions {
  readonly log: Logger;
  readonly registry: MetricsRegistry;
  /** Time between two looks for a group that is due, milliseconds. */
  readonly everyMs: number;
  /** Returns the time, milliseconds since the epoch: the creation time of versions. */
  readonly now: () => number;
}

/** Resolves when a version is stored; rejects with RECORD_TOO_LARGE when the topic does not take one of its size. */
export type Publish = (model: ModelVersion) => Promise<void>;

/**
 * Trains groups when they are due and publishes their versions, until the signal says so. A refused training or a version that is too
 * large is counted and logged, and the version in use stays. Rejects with whatever else publishing fails with.
 * Gives way between two groups, so that the consumer's heartbeats are not held up for longer than one training.
 */
export async function trainDueGroups(
  options: DueGroupsOptions,
  watch: TrainingWatch,
  publish: Publish,
  signal: AbortSignal,
): Promise<void> {
  const trainings = new Counter({
    name: 'tidewatch_train_trainings_total',
    help: 'Trainings by outcome',
    labelNames: ['outcome'],
    registers: [options.registry],
  });
  while (!signal.aborted) {
    if (watch.buildReferences()) {
      await pause(0);
      continue;
    }
    const turn = watch.trainNext(options.now());
    if (turn === null) {
      await pause(options.everyMs, signal);
      continue;
    }
    trainings.inc({ outcome: await outcomeOf(turn, { log: options.log, watch, publish }) });
    await pause(0);
  }
}

interface TurnParts {
  readonly log: Logger;
  readonly watch: TrainingWatch;
  readonly publish: Publish;
}

/** Publishes what was trained and logs what became of it; returns the outcome's label. */
async function outcomeOf(turn: GroupTurn, { log, watch, publish }: TurnParts): Promise<string> {
  const { group, trained } = turn;
  if (!trained.ok) {
    log.warn({ group, code: trained.code, missing: trained.missing }, trained.reason);
    return trained.code;
  }
  try {
    await publish(trained.model);
  } catch (error) {
    if (codeOf(error) !== 'RECORD_TOO_LARGE') throw error;
    watch.withdraw(trained.model);
    log.error({ group, code: 'TOO_LARGE', trees: trained.model.trees }, messageOf(error));
    return 'TOO_LARGE';
  }
  logTrained(turn, trained.model, log);
  return 'trained';
}

function logTrained(
  { group, newReferences, referencesLeftOut, referencesOutside }: GroupTurn,
  trained: ModelVersion,
  log: Logger,
): void {
  const { model, version, rows, provisional, reference } = trained;
  const references = { references: reference.length, newReferences };
  log.info({ group, model, version, rows, provisional, ...references }, 'model trained');
  if (referencesLeftOut > 0)
    log.warn({ group, version, referencesLeftOut }, 'drift references do not fit into the model');
  if (referencesOutside > 0)
    log.warn(
      { group, version, referencesOutside },
      'metrics wait for room to be followed for drift references: TRAIN_REFERENCE_MEMORY_MIB is used up',
    );
}
