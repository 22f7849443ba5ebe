import type { Emitter, InputRecord, Outcome, Processor } from '../../common/kafka/lanes/processor.js';
import { type FeatureEvent, featureEventCodec } from '../../schemas/feature-event.js';
import { predictionCodec } from '../../schemas/prediction.js';
import type { ScoreSettings } from './config.js';
import { createScorer, type Scorer, type ScorerFigures } from './core.js';
import type { ModelProvider } from './model-table.js';

/** The measured times travel as headers, outside the record: they are the only thing here that a replay does not repeat. */
export interface ScoreClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A clock that only goes forward, microseconds. */
  microseconds(): number;
}

export interface ScoreOptions {
  readonly models: ModelProvider;
  readonly clock: ScoreClock;
  readonly settings: ScoreSettings;
}

/** Collects features and scores them together: what the score processor and `window+score` have in common. */
export interface BatchScorer {
  /** Takes one event for the next flush; it must hold until then. */
  collect(event: FeatureEvent): void;
  /**
   * Scores everything collected and emits one prediction each, in the order of collection, key = host, with the headers tidewatch-id,
   * append-time, scored-at (ms) and scoring-us (the event's share of the batch's scoring time, and what its own reasons took). Nothing stays behind, also when it throws.
   */
  flush(emitter: Emitter): void;
}

/** One scorer for all partitions of a process: the collectors come and go with assignments, its tables and counts stay. */
export interface BatchScoring {
  /** Returns an empty collector; what it holds belongs to the transaction that flushes it. */
  newBatch(): BatchScorer;
  figures(): ScorerFigures;
}

/** Returns the scoring that the score processor and `window+score` are made of. */
export function createBatchScoring({ models, clock, settings }: ScoreOptions): BatchScoring {
  const scorer = scorerOf(models, settings);
  return { newBatch: () => collectorFor(scorer, clock), figures: () => scorer.figures() };
}

function scorerOf(models: ModelProvider, settings: ScoreSettings): Scorer {
  return createScorer({
    models,
    mode: settings.SCORE_CONSENSUS,
    explain: settings.SCORE_EXPLAIN,
    explainMetrics: settings.SCORE_EXPLAIN_METRICS,
    explainEvery: settings.SCORE_EXPLAIN_EVERY,
    additivityEvery: settings.SCORE_ADDITIVITY_EVERY,
  });
}

function collectorFor(scorer: Scorer, clock: ScoreClock): BatchScorer {
  let collected: FeatureEvent[] = [];
  return {
    collect: (event) => {
      collected.push(event);
    },
    flush(emitter) {
      const events = collected;
      if (events.length === 0) return;
      collected = [];
      const started = clock.microseconds();
      const verdicts = scorer.score(events);
      const share = (clock.microseconds() - started) / events.length;
      const scoredAt = String(clock.now());
      events.forEach(({ id, host, appendTime }, i) => {
        const begun = clock.microseconds();
        const prediction = verdicts.prediction(i);
        const scoringTime = share + clock.microseconds() - begun;
        emitter.emit('predictions', host, predictionCodec.encode(prediction), {
          'tidewatch-id': id,
          'append-time': String(appendTime),
          'scored-at': scoredAt,
          'scoring-us': scoringTime.toFixed(1),
        });
      });
    },
  };
}

/** The score processor with the counts of all its tasks. */
export interface ScoreProcessor extends Processor {
  figures(): ScorerFigures;
}

/**
 * Returns the stateless processor from `features` to `predictions`. A record that cannot be decoded is rejected with the codec's
 * code; the rest is collected and scored at the end of the lane's batch.
 */
export function createScoreProcessor({ models, clock, settings }: ScoreOptions): ScoreProcessor {
  const scoring = createBatchScoring({ models, clock, settings });
  return {
    input: 'features',
    outputs: ['predictions'],
    deadLetter: 'featuresDeadLetter',
    createTask: () => {
      const batch = scoring.newBatch();
      return {
        process: (record) => take(record, batch),
        flush: (emitter) => batch.flush(emitter),
      };
    },
    figures: () => scoring.figures(),
  };
}

function take(record: InputRecord, batch: BatchScorer): Outcome {
  if (record.value === null) {
    return {
      kind: 'rejected',
      code: 'EMPTY',
      reason: 'decoding features: no value',
      stage: 'VALUE_CONVERTER',
    };
  }
  const decoded = featureEventCodec.decode(record.value);
  if (!decoded.ok)
    return { kind: 'rejected', code: decoded.code, reason: decoded.reason, stage: 'VALUE_CONVERTER' };
  batch.collect(decoded.value);
  return { kind: 'emitted' };
}
