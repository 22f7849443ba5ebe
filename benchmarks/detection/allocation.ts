import { createExplainer } from '../../detection/isolation-forest/explain.js';
import { pathLengths } from '../../detection/isolation-forest/score.js';
import { spreadOf } from '../stream/spread.js';
import { type HeapProfile, profileHeap } from './heap-profile.js';
import type { Measurement, Task } from './measurement.js';
import { compiled, openScorer, prepareRecipe } from './recipe-stage.js';
import { correlatedRows, grownForest } from './rows.js';

const BATCH = 128;
/** Runs before the profile: what is not compiled yet puts every double that it computes on the heap. */
const WARM_UPS = 20;
const FUNCTIONS_SHOWN = 4;

/**
 * Bytes allocated per event at `shape` features or metrics, by a sampling heap profile: in the forest (score; score with SHAP), where
 * there must be none, and in the live steps, whose records (features, prediction) are made anew for each event.
 */
export async function measureAllocation(task: Task): Promise<Measurement[]> {
  return [...(await forestAllocation(task)), ...(await recipeAllocation(task))];
}

async function forestAllocation({ shape, events, repeats }: Task): Promise<Measurement[]> {
  const forest = grownForest(shape);
  const explainer = createExplainer(forest);
  const rows = correlatedRows(events, shape, 7);
  const batches = Array.from({ length: Math.floor(events / BATCH) }, (_, i) =>
    rows.subarray(i * BATCH * shape, (i + 1) * BATCH * shape),
  );
  const lengths = new Float64Array(BATCH);
  const shap = new Float64Array(BATCH * explainer.playerCount);
  const score = await allocated('allocation, forest score', { events, repeats }, () => {
    for (const batch of batches) pathLengths(forest, batch, BATCH, lengths);
  });
  const explain = await allocated('allocation, forest score and SHAP', { events, repeats }, () => {
    for (const batch of batches) explainer.explainBatch(batch, BATCH, shap, lengths);
  });
  return [score, explain];
}

async function recipeAllocation({ shape, events, repeats }: Task): Promise<Measurement[]> {
  const stage = prepareRecipe(shape);
  const model = compiled(stage.record);
  const rounds = Array.from({ length: WARM_UPS + repeats }, () => stage.nextEvents(events));
  const features = stage.nextEvents(events).map((event) => stage.observe(event));
  const scorer = openScorer(() => model, 'all');
  let round = 0;
  const window = await allocated('allocation, window step', { events, repeats }, () => {
    for (const event of rounds[round] ?? []) stage.observe(event);
    round += 1;
  });
  const score = await allocated('allocation, score step explained', { events, repeats }, () => {
    for (let i = 0; i < events; i += BATCH) scorer.scoreBatch(features.slice(i, i + BATCH));
  });
  return [window, score];
}

async function allocated(
  name: string,
  { events, repeats }: { readonly events: number; readonly repeats: number },
  run: () => void,
): Promise<Measurement> {
  for (let i = 0; i < WARM_UPS; i += 1) run();
  const profiles: HeapProfile[] = [];
  for (let i = 0; i < repeats; i += 1) profiles.push(await profileHeap(run));
  const [largest] = profiles.toSorted((a, b) => b.bytes - a.bytes);
  const where = (largest?.byFunction ?? [])
    .slice(0, FUNCTIONS_SHOWN)
    .map((found) => `${found.name} ${(found.bytes / events).toFixed(1)}`);
  const bytes = profiles.map((profile) => profile.bytes / events);
  const facts = { whereInTheLargest: where.join(', ') };
  return { name, unit: 'B/event', spread: spreadOf(bytes, 1), facts };
}
