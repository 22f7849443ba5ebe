import type { Scorer } from '../../processors/score/core.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import { predictionCodec } from '../../schemas/prediction.js';
import { type Allocated, allocatedBy } from './allocated.js';
import type { RecordAllocation, Size } from './window-allocation.js';

const BATCH = 128;

/** Events that are scored again and again, and how often. */
export interface ScoreRun extends Omit<Size, 'events'> {
  readonly scorer: Scorer;
  readonly features: readonly FeatureEvent[];
}

/** Returns what scoring allocates per event: forest, SHAP values, methods, consensus; 128 events at once. */
export function scoreDetection({ scorer, features, ...size }: ScoreRun): Promise<Allocated> {
  const batches = batchesOf(features);
  const run = (): void => {
    for (const batch of batches) scorer.score(batch);
  };
  return allocatedBy({ ...size, events: features.length, run });
}

/** Returns the same with the prediction: shares, reasons, and the encoded record. */
export async function scoreWithRecord({ scorer, features, ...size }: ScoreRun): Promise<RecordAllocation> {
  const batches = batchesOf(features);
  let bytes = 0;
  let records = 0;
  const run = (): void => {
    for (const batch of batches) {
      const scored = scorer.score(batch);
      for (let i = 0; i < batch.length; i += 1) {
        bytes += predictionCodec.encode(scored.prediction(i)).length;
        records += 1;
      }
    }
  };
  const heap = await allocatedBy({ ...size, events: features.length, run });
  return { heap, encodedBytes: bytes / records };
}

function batchesOf(features: readonly FeatureEvent[]): FeatureEvent[][] {
  return Array.from({ length: Math.ceil(features.length / BATCH) }, (_, i) =>
    features.slice(i * BATCH, (i + 1) * BATCH),
  );
}
