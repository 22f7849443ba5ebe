import type { DriftRecommendation, DriftReported, MetricDrift } from '../../detection/drift/drift-outcome.js';
import type { DriftReport, MetricDrift as ReportedMetric } from '../../schemas/drift-report.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import { lateRecordsOf, type Section } from './core.js';

/** Where a report came from. */
export interface ReportOrigin {
  readonly section: Section;
  /** The event that closed the block at whose end the drift was confirmed. */
  readonly event: FeatureEvent;
  /** Number of the report among those of this event: a note per metric, or several blocks closed after a silence. */
  readonly index: number;
}

/** What to do, as far as it can be known from features: open incidents are another stage's. */
const RECOMMENDATIONS: Readonly<Record<DriftRecommendation, string>> = {
  watch: 'watch: too few metrics changed to call it a drift of the host',
  adopt: 'adopt: unless an incident is open on the host, train its group again',
  investigate: 'investigate: an incident is open on the host, do not train on it',
};

/** Returns the record of a drift. Its identity is host:offset; further reports of the same event add :1, :2, ... */
export function reportOf(drift: DriftReported, { section, event, index }: ReportOrigin): DriftReport {
  const id = `${event.host}:${event.sourceOffset}`;
  const byExcess = [...drift.metrics].sort((a, b) => b.distance - b.limit - (a.distance - a.limit));
  return {
    id: index === 0 ? id : `${id}:${index}`,
    group: section.group,
    host: event.host,
    from: drift.windowStart,
    to: drift.windowEnd,
    onset: drift.onset,
    metrics: byExcess.map(metricOf),
    drifted: drift.scope === 'host',
    severity: drift.severity,
    size: drift.size,
    harm: drift.harm ?? 0,
    lateRecords: lateRecordsOf(section),
    modelVersion: section.modelVersion,
    recommendation: RECOMMENDATIONS[drift.recommendation],
  };
}

function metricOf({ effect, ...drift }: MetricDrift): ReportedMetric {
  return {
    metric: drift.metric,
    test: 'ks',
    statistic: drift.distance,
    limit: drift.limit,
    pValue: effect.pValue,
    effect: medianShift(effect),
    medianThen: effect.medianThen,
    medianNow: effect.medianNow,
    sampleSize: drift.rowsNow,
    effectiveSampleSize: drift.effectiveRowsNow,
    referenceSize: drift.rowsThen,
    confirmed: true,
  };
}

/** A width below this share of the median is what is left of one value: the last bits of a double. */
const NO_WIDTH = 1e-9;

/** In interquartile ranges of the known state; of its standard deviations where half of its rows are one value; 0 where all are. */
function medianShift(effect: MetricDrift['effect']): number {
  const least = NO_WIDTH * Math.abs(effect.medianThen);
  const unit = [effect.spreadThen, effect.standardDeviationThen].find((width) => width > least);
  return unit === undefined ? 0 : (effect.medianNow - effect.medianThen) / unit;
}
