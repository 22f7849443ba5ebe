import { createExplainer } from '../../detection/isolation-forest/explain.js';
import { pathLengths } from '../../detection/isolation-forest/score.js';
import { round } from '../stream/spread.js';
import { type Allocated, allocatedBy } from './allocated.js';
import type { Measurement, Task } from './measurement.js';
import { compiled, openScorer, prepareRecipe } from './recipe-stage.js';
import { correlatedRows, grownForest } from './rows.js';
import { scoreDetection, scoreWithRecord } from './score-allocation.js';
import {
  type RecordAllocation,
  windowDetection,
  windowPublishing,
  windowWithRecord,
} from './window-allocation.js';

const BATCH = 128;

/**
 * Bytes allocated per event at `shape` features or metrics, by a sampling heap profiler: in the forest (score; score with SHAP) and in detection as the
 * live steps run it, where there must be none, and with the records that are made for each event (features, prediction).
 */
export async function measureAllocation(task: Task): Promise<Measurement[]> {
  return [...(await ofForest(task)), ...(await ofWindow(task)), ...(await ofScore(task))];
}

async function ofForest({ shape, events, repeats }: Task): Promise<Measurement[]> {
  const forest = grownForest(shape);
  const explainer = createExplainer(forest);
  const rows = correlatedRows(events, shape, 7);
  const batches = Array.from({ length: Math.floor(events / BATCH) }, (_, i) =>
    rows.subarray(i * BATCH * shape, (i + 1) * BATCH * shape),
  );
  const lengths = new Float64Array(BATCH);
  const shap = new Float64Array(BATCH * explainer.playerCount);
  const score = (): void => {
    for (const batch of batches) pathLengths(forest, batch, BATCH, lengths);
  };
  const explain = (): void => {
    for (const batch of batches) explainer.explainBatch(batch, BATCH, shap, lengths);
  };
  return [
    measured('allocation, forest score', await allocatedBy({ events, repeats, run: score })),
    measured('allocation, forest score and SHAP', await allocatedBy({ events, repeats, run: explain })),
  ];
}

async function ofWindow({ shape, events, repeats }: Task): Promise<Measurement[]> {
  const size = { events, repeats };
  const few = { events: Math.ceil(events / 8), repeats };
  return [
    measured('allocation, window detection', await windowDetection(shape, size)),
    withRecord('allocation, window with its record', await windowWithRecord(shape, size)),
    measured('allocation, an event that publishes every baseline', await windowPublishing(shape, few)),
  ];
}

async function ofScore({ shape, events, repeats }: Task): Promise<Measurement[]> {
  const stage = prepareRecipe(shape);
  const model = compiled(stage.record);
  const features = stage.nextEvents(events).map((event) => stage.observe(event));
  const run = { scorer: openScorer(() => model, 'all'), features, repeats };
  return [
    measured('allocation, score detection explained', await scoreDetection(run)),
    withRecord('allocation, score with its record', await scoreWithRecord(run)),
  ];
}

function measured(name: string, { bytes, where }: Allocated): Measurement {
  return { name, unit: 'B/event', spread: bytes, facts: { whereInTheLargest: where } };
}

function withRecord(name: string, { heap, encodedBytes }: RecordAllocation): Measurement {
  const measurement = measured(name, heap);
  return { ...measurement, facts: { encodedBytes: round(encodedBytes, 1), ...measurement.facts } };
}
