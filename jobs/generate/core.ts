import { seededRandom } from '../../common/random.js';
import type { GenerateSettings } from './config.js';
import { INCIDENT_FORMS } from './incident-kinds.js';
import { type Incident, planIncidents } from './incident-plan.js';
import { type MetricForm, metricForms } from './metrics.js';
import { clamp, createNormal } from './normal.js';

/** One row of generated data. */
export interface GeneratedRow {
  readonly row: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** In the order of the metrics; six significant digits. */
  readonly values: readonly number[];
  readonly isIncident: boolean;
}

/** Data to be generated. */
export interface GeneratedData {
  readonly metrics: readonly string[];
  readonly incidents: readonly Incident[];
  /** Yields the rows in order; once. */
  rows(): Generator<GeneratedRow>;
}

/** Keeps the noise the same whatever is injected. */
const PLAN_SEED = 0x5bd1e995;

/** Returns the data of the settings: the same settings, the same data. Throws TOO_FEW_ROWS when the incidents do not fit. */
export function generate(settings: GenerateSettings): GeneratedData {
  const { GENERATE_ROWS: rows, GENERATE_START_MS: start, GENERATE_INTERVAL_MS: interval } = settings;
  const forms = metricForms(settings.GENERATE_METRICS);
  const incidents = planIncidents({
    rows,
    cleanRows: Math.floor(rows * settings.GENERATE_CLEAN_SHARE),
    labelled: Math.round(rows * settings.GENERATE_CONTAMINATION),
    counts: {
      spike: settings.GENERATE_SPIKES,
      trend: settings.GENERATE_TRENDS,
      shift: settings.GENERATE_SHIFTS,
      leak: settings.GENERATE_LEAKS,
    },
    forms,
    random: seededRandom(settings.GENERATE_SEED ^ PLAN_SEED),
  });
  return {
    metrics: forms.map(({ name }) => name),
    incidents,
    *rows() {
      const normal = createNormal(forms, interval, seededRandom(settings.GENERATE_SEED));
      let next = 0;
      for (let row = 0; row < rows; row += 1) {
        const timestamp = start + row * interval;
        while ((incidents[next]?.to ?? rows) <= row) next += 1;
        const incident = incidents[next];
        const isIncident = incident !== undefined && row >= incident.from;
        const values = normal(timestamp).map((value, i) => {
          const form = forms[i];
          if (form === undefined) return value;
          return rounded(clamp(isIncident ? disturbed(value, form, incident, row) : value, form));
        });
        yield { row, timestamp, values, isIncident };
      }
    },
  };
}

function disturbed(
  value: number,
  form: MetricForm,
  { kind, from, to, effects }: Incident,
  row: number,
): number {
  const effect = effects.find((candidate) => candidate.form === form);
  if (effect === undefined) return value;
  return INCIDENT_FORMS[kind].apply(value, effect, (row - from + 1) / (to - from));
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
