import { type Settings, settingsTable } from '../../common/config.js';

/** Settings of the score processor. */
export const scoreSettings = settingsTable({
  SCORE_CONSENSUS: {
    type: 'choice',
    choices: ['mean', 'majority'],
    default: 'mean',
    description:
      'How the methods decide together: by the mean of their calibrated scores, or by more than half of their votes.',
  },
  SCORE_EXPLAIN: {
    type: 'choice',
    choices: ['auto', 'all', 'anomalies', 'none'],
    default: 'auto',
    description:
      "Which events get the forest's explanation (SHAP): every one of few metrics and of the others anomalies and a sample (auto), every one (all), events over the alarm boundary with a reading that is off (anomalies), or none. Scores and verdicts are the same.",
  },
  SCORE_EXPLAIN_METRICS: {
    type: 'integer',
    min: 0,
    max: 1_024,
    default: 8,
    unit: 'metrics',
    description:
      'For auto: most metrics of an event that is always explained; the cost grows with them (docs/detection.md).',
  },
  SCORE_EXPLAIN_EVERY: {
    type: 'integer',
    min: 1,
    max: 1_000_000,
    default: 100,
    unit: 'offsets',
    description:
      'For auto: every how many offsets of a partition an event with more metrics is explained although it is no anomaly.',
  },
  SCORE_ADDITIVITY_EVERY: {
    type: 'integer',
    min: 1,
    max: 1_000_000,
    default: 64,
    unit: 'offsets',
    description: 'Every how many offsets an explanation is checked against the path length that it explains.',
  },
});

export type ScoreSettings = Settings<typeof scoreSettings>;
