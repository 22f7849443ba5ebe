import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { ScoringModel } from './model.js';
import type { ModelProvider } from './model-table.js';

/** Returns the places of the events by the model that scores them; each group's model is asked for once. */
export function byModel(
  events: readonly FeatureEvent[],
  models: ModelProvider,
): Map<ScoringModel | null, number[]> {
  const modelOf = new Map<string, ScoringModel | null>();
  const places = new Map<ScoringModel | null, number[]>();
  events.forEach(({ group }, place) => {
    let model = modelOf.get(group);
    if (model === undefined) {
      model = models.current(group);
      modelOf.set(group, model);
    }
    const list = places.get(model);
    if (list === undefined) places.set(model, [place]);
    else list.push(place);
  });
  return places;
}
