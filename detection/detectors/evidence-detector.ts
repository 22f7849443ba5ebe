import { type Detector, requireRoom } from './detector.js';
import { createStatisticReader, type FeatureView, type StatisticKey } from './feature-view.js';
import { hasEvidence, rankedEvidence, writeStrongestMean } from './strongest.js';

/** Which statistics a method reads. */
export interface EvidenceKeys {
  /** Evidence per metric, bounded, 0 or more; below 0 while the metric is cold. */
  readonly evidence: StatisticKey;
  /** What it says of the reading alone, unbounded: ranks metrics whose evidence has reached its bound. */
  readonly reading: StatisticKey;
}

/** Returns a method that adds up evidence that was computed where the history of the series is. Warm once any metric has evidence. */
export function createEvidenceDetector(name: string, keys: EvidenceKeys): Detector {
  const read = createStatisticReader(keys.evidence);
  const readReading = createStatisticReader(keys.reading);
  const room = new Float64Array(1);
  const isWarm = (view: FeatureView): boolean => hasEvidence(read(view));
  return {
    name,
    isWarm,
    score: (view) => {
      if (!isWarm(view)) return 0;
      writeStrongestMean(read(view), room);
      return room[0] as number;
    },
    evidence: (view, out) => {
      requireRoom(view, out);
      const count = view.layout.metrics.length;
      out.fill(0, 0, count);
      if (!isWarm(view)) return;
      const evidence = read(view);
      const readings = readReading(view);
      const hasReadings = readings.length > 0;
      for (let i = 0; i < count; i += 1) {
        const reading = hasReadings ? (readings[i] as number) : Number.NaN;
        out[i] = rankedEvidence(evidence[i] as number, reading);
      }
    },
  };
}
