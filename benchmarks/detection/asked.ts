/** The most that is asked of a figure, by `subject/shape/name`: the project's aims for the speed of detection. */
export const ASKED: Readonly<Record<string, number>> = {
  'forest/3/score, batches of 256': 3,
  'forest/3/score and SHAP, batches of 256': 5,
  'forest/38/score and SHAP, batches of 256': 100,
  'recipe/3/window and score': 30,
  'recipe/38/window and score': 300,
  'recipe/3/explanation': 100,
  'recipe/38/explanation': 1_000,
  'own grower/100000/training': 0.2,
  'series/3/series with baseline': 8,
  'series/38/series with baseline': 8,
  'switch/3/pause of a model switch': 5,
  'switch/38/pause of a model switch': 5,
};

const REFERENCE_DIFFERENCE = 1e-9;
/** Bytes: the smallest object that V8 makes. Below it not every event allocates. */
const SMALLEST_OBJECT = 16;
/** Bytes: a few lists of a batch and what the profiler itself allocates, divided by the events; a double of every metric on the heap would be 600 at 38. */
const NOTHING_PER_METRIC = 64;

/** Returns the most that is asked, null for a figure that is only told. */
export function askedOf(subject: string, shape: number, name: string): number | null {
  if (/difference of/.test(name)) return REFERENCE_DIFFERENCE;
  if (name.startsWith('allocation, forest')) return SMALLEST_OBJECT;
  if (/^allocation, .* detection/.test(name)) return NOTHING_PER_METRIC;
  return ASKED[`${subject}/${shape}/${name}`] ?? null;
}
