import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../../common/metrics.js';
import { registerFigures } from '../../../processors/score/figures.js';
import { createModelTable } from '../../../processors/score/model-table.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { trainedModel } from '../../support/trained-model.js';

describe('registerFigures', () => {
  it('shows the counts and the models as they are when they are asked for, and says what an anomaly is', async () => {
    const registry = createRegistry();
    const models = createModelTable();
    const figures = { scored: 7, anomalies: 2, additivityChecked: 5, additivityBroken: 0 };
    registerFigures(registry, models, () => figures);
    figures.scored = 9;
    const record = trainedModel(simulateFeatures({ seed: 8, events: 300, group: 'web' }));
    models.offer(record);
    const page = await registry.metrics();
    expect(page).toContain('tidewatch_score_events_total 9');
    expect(page).toContain('tidewatch_score_anomalies_total 2');
    expect(page).toContain('tidewatch_score_explanations_checked_total 5');
    expect(page).toContain(`{group="web",version="${record.version}"} ${record.created / 1000}`);
    expect(page).toContain(
      '# HELP tidewatch_score_anomalies_total Events over the alarm boundary with a reading that is off',
    );
  });
});
