import { type Calibration, calibrate, shownScore } from './calibration.js';

/** `mean`: the mean of the calibrated scores decides; `majority`: more than half of the warm methods must raise the alarm. */
export type ConsensusMode = 'mean' | 'majority';

/** Shown score at which an alarm begins, for every method and for the consensus. */
export const ALARM_BOUNDARY = 0.5;

/** What a warm method measured. */
export interface MethodReading {
  readonly name: string;
  /** Raw score, higher = stranger. */
  readonly raw: number;
}

/** What one method says by itself. */
export interface MethodVote {
  readonly name: string;
  /** 0 to 1; 0.5 is the method's own boundary. */
  readonly score: number;
  readonly threshold: number;
  readonly isAnomaly: boolean;
}

/** What all of them say together. */
export interface Verdict {
  /** 0 to 1; 0.5 is the boundary of the alarm in both modes. */
  readonly score: number;
  readonly isAnomaly: boolean;
  /** Share of the warm methods that agree with the verdict; 0 when none is warm. */
  readonly confidence: number;
  /** One vote per warm method, in the order of the readings. */
  readonly methods: readonly MethodVote[];
}

export interface ConsensusOptions {
  readonly calibration: readonly Calibration[];
  /** Alarm boundary of the mean of all calibrated methods, calibrated units; above 0. */
  readonly threshold: number;
  readonly mode: ConsensusMode;
}

/** Joins the methods' readings into one verdict. */
export interface Consensus {
  /**
   * Returns the verdict of the warm methods; readings of methods without calibration are left out. `mayAlarm` false (the
   * series is still warming up) leaves the score as it is and raises no alarm.
   */
  decide(readings: readonly MethodReading[], mayAlarm: boolean): Verdict;
}

const UNDECIDED: Verdict = { score: 0, isAnomaly: false, confidence: 0, methods: [] };

/**
 * Returns the consensus of one calibration. The boundary of the mean holds for all methods together. While some are cold, the
 * mean of the warm ones' own boundaries takes its place: exact for a single method, on the careful side for two, because
 * the quantile of a mean does not exceed the mean of the quantiles unless the methods err at the same time.
 */
export function createConsensus({ calibration, threshold, mode }: ConsensusOptions): Consensus {
  const known = new Map(calibration.map((entry) => [entry.method, entry]));
  return {
    decide(readings, mayAlarm) {
      const methods: MethodVote[] = [];
      const excess: number[] = [];
      let sum = 0;
      let boundaries = 0;
      for (const { name, raw } of readings) {
        const entry = known.get(name);
        if (entry === undefined) continue;
        const calibrated = calibrate(raw, entry);
        sum += calibrated;
        boundaries += entry.threshold;
        if (mode === 'majority') excess.push(calibrated / entry.threshold);
        methods.push(vote(name, shownScore(calibrated, entry.threshold)));
      }
      const warm = methods.length;
      if (warm === 0) return UNDECIDED;
      const boundary = warm === known.size ? threshold : boundaries / warm;
      const score = mode === 'mean' ? shownScore(sum / warm, boundary) : shownScore(decisive(excess), 1);
      const isAnomaly = mayAlarm && score > ALARM_BOUNDARY;
      let agreeing = 0;
      for (const method of methods) if (method.isAnomaly === isAnomaly) agreeing += 1;
      return { score, isAnomaly, confidence: agreeing / warm, methods };
    },
  };
}

function vote(name: string, score: number): MethodVote {
  return { name, score, threshold: ALARM_BOUNDARY, isAnomaly: score > ALARM_BOUNDARY };
}

/** The vote that completes a strict majority: it is above its boundary (1) exactly when more than half of the votes are. */
function decisive(excess: number[]): number {
  excess.sort((a, b) => b - a);
  return excess[Math.floor(excess.length / 2)] as number;
}
