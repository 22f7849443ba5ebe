export type { LiveScorer, LiveSteps, LiveTrainer, TrainedModel } from '../live-steps.js';
