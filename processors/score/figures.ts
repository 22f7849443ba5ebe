import { Gauge } from 'prom-client';
import type { MetricsRegistry } from '../../common/metrics.js';
import type { ScorerFigures } from './core.js';
import type { ModelTable } from './model-table.js';

/** Shows a scorer's counts and the models in use under `tidewatch_score_...`; read when the metrics are asked for. */
export function registerFigures(
  registry: MetricsRegistry,
  models: ModelTable,
  figures: () => ScorerFigures,
): void {
  const registers = [registry];
  const counted = (name: string, help: string, value: (read: ScorerFigures) => number) =>
    new Gauge({
      name: `tidewatch_score_${name}`,
      help,
      registers,
      collect() {
        this.set(value(figures()));
      },
    });
  counted('events_total', 'Events scored since the start', ({ scored }) => scored);
  counted(
    'anomalies_total',
    'Events over the alarm boundary with a reading that is off',
    ({ anomalies }) => anomalies,
  );
  counted(
    'explanations_checked_total',
    'Explanations checked against the path length',
    (read) => read.additivityChecked,
  );
  counted(
    'explanations_broken_total',
    'Explanations that did not add up; must stay 0',
    (read) => read.additivityBroken,
  );
  new Gauge({
    name: 'tidewatch_score_model_created_seconds',
    help: 'Creation time of the model in use, seconds since the epoch',
    labelNames: ['group', 'version'],
    registers,
    collect() {
      this.reset();
      for (const { group, version, created } of models.all()) this.set({ group, version }, created / 1000);
    },
  });
}
