import { type Calibration, calibrate, shownScore } from './calibration.js';
import { prefixesOf } from './prefixes.js';

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

/** Room for a verdict. Whoever made it may have it filled again: then it says what the next one is. */
export interface VerdictRoom {
  readonly verdict: WrittenVerdict;
  /** Room for the votes, one list for each number of warm methods. */
  readonly votes: readonly VoteList[];
}

// Classes, and fractions to begin with: V8 then keeps the numbers in place. Of literals it shares the shape with all that have the same names, and what
// somebody else writes into one would put every number of ours on the heap.
class WrittenVote implements MethodVote {
  name = '';
  score = 0.5;
  readonly threshold = ALARM_BOUNDARY;
  isAnomaly = false;
}

class WrittenVerdict implements Verdict {
  score = 0.5;
  isAnomaly = false;
  confidence = 0.5;
  methods: readonly MethodVote[] = [];
}

/** Returns room for the verdict of at most so many methods. */
export function newVerdict(methodCount: number): VerdictRoom {
  const votes = Array.from({ length: methodCount }, () => new WrittenVote());
  return { verdict: new WrittenVerdict(), votes: prefixesOf(votes) };
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
   * @param room where the verdict goes, for as many methods as there are readings: that one is returned, and holds until it is handed in again.
   *   By default a new one, the caller's to keep.
   */
  decide(readings: readonly MethodReading[], mayAlarm: boolean, room?: VerdictRoom): Verdict;
}

/**
 * Returns the consensus of one calibration. The boundary of the mean holds for all methods together. While some are cold, the
 * mean of the warm ones' own boundaries takes its place: exact for a single method, on the careful side for two, because
 * the quantile of a mean does not exceed the mean of the quantiles unless the methods err at the same time.
 */
export function createConsensus({ calibration, threshold, mode }: ConsensusOptions): Consensus {
  const known = new Map(calibration.map((entry) => [entry.method, entry]));
  const excess = new Float64Array(known.size);
  return {
    decide(readings, mayAlarm, room = newVerdict(readings.length)) {
      const { verdict } = room;
      const votes = room.votes[readings.length] as VoteList;
      let warm = 0;
      let sum = 0;
      let boundaries = 0;
      for (let i = 0; i < readings.length; i += 1) {
        const { name, raw } = readings[i] as MethodReading;
        const entry = known.get(name);
        if (entry === undefined) continue;
        const calibrated = calibrate(raw, entry);
        sum += calibrated;
        boundaries += entry.threshold;
        excess[warm] = calibrated / entry.threshold;
        cast(votes[warm] as WrittenVote, name, shownScore(calibrated, entry.threshold));
        warm += 1;
      }
      verdict.methods = room.votes[warm] as VoteList;
      const boundary = warm === known.size ? threshold : boundaries / warm;
      if (warm === 0) verdict.score = 0;
      else if (mode === 'mean') verdict.score = shownScore(sum / warm, boundary);
      else verdict.score = shownScore(decisive(excess, warm), 1);
      verdict.isAnomaly = mayAlarm && verdict.score > ALARM_BOUNDARY;
      verdict.confidence = warm === 0 ? 0 : agreeing(verdict) / warm;
      return verdict;
    },
  };
}

type VoteList = readonly WrittenVote[];

function cast(vote: WrittenVote, name: string, score: number): void {
  vote.name = name;
  vote.score = score;
  vote.isAnomaly = score > ALARM_BOUNDARY;
}

/** Returns how many of the votes say what the verdict says. */
function agreeing({ methods, isAnomaly }: Verdict): number {
  let count = 0;
  for (let i = 0; i < methods.length; i += 1) if (methods[i]?.isAnomaly === isAnomaly) count += 1;
  return count;
}

/** The vote that completes a strict majority: it is above its boundary (1) exactly when more than half of the votes are. Sorts the first `count`. */
function decisive(excess: Float64Array, count: number): number {
  for (let end = 1; end < count; end += 1) {
    for (let i = end; i > 0 && (excess[i] as number) > (excess[i - 1] as number); i -= 1) {
      const larger = excess[i] as number;
      excess[i] = excess[i - 1] as number;
      excess[i - 1] = larger;
    }
  }
  return excess[Math.floor(count / 2)] as number;
}
