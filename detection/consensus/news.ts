import { ALARM_BOUNDARY } from './consensus.js';

/** Novelty from which on a row is news, nats: one row in 200 is as new, the share that the calibration without a model lets over its boundary. */
export const NEWS_NOVELTY = -Math.log(0.005);
/** Shown score at which news begins. */
export const NEWS_BOUNDARY = 0.75;

/**
 * Returns the shown score of a host's only warm series with what is new about the row: up to 0.5 the consensus as it is; 0.5 to 0.75 what is abnormal, in the order of the
 * consensus; from 0.75 on what is news, in the order of its novelty. A person who is told what is above a threshold hears of a state when it begins, and not
 * once a row for as long as it lasts; what is abnormal (over 0.5) stays so.
 * @param score shown score of the consensus, 0 to 1
 * @param novelty nats, 0 or more; below 0, where none is kept or too little known, the score is returned
 */
export function scoreWithNews(score: number, novelty: number): number {
  if (novelty < 0) return score;
  const open = 1 - NEWS_BOUNDARY;
  if (novelty >= NEWS_NOVELTY) return NEWS_BOUNDARY + open * (1 - NEWS_NOVELTY / novelty);
  const above = score - ALARM_BOUNDARY;
  return above <= 0
    ? score
    : ALARM_BOUNDARY + above * ((NEWS_BOUNDARY - ALARM_BOUNDARY) / (1 - ALARM_BOUNDARY));
}
