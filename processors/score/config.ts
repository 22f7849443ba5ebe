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
    choices: ['all', 'anomalies', 'none'],
    default: 'all',
    description:
      "Which events get the forest's explanation (SHAP): every one, those over the alarm boundary, or none. Scores and verdicts are the same.",
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
