import { emptyHost, type HostState } from '../../../detection/series/host-state.js';
import type { SharedTraining } from '../../../jobs/train/core.js';
import { createTrainingWatch, type TrainingPolicy, type TrainingWatch } from '../../../jobs/train/watch.js';
import type { DriftProcessorSettings } from '../../../processors/drift/config.js';
import { createDriftModelTable, type DriftModelTable } from '../../../processors/drift/models.js';
import { createDriftProcessor } from '../../../processors/drift/task.js';
import { windowLimits } from '../../../processors/window/config.js';
import { step } from '../../../processors/window/core.js';
import type { DriftReport } from '../../../schemas/drift-report.js';
import type { FeatureEvent } from '../../../schemas/feature-event.js';
import type { MetricEvent } from '../../../schemas/metric-event.js';
import { type ModelVersion, modelVersionCodec } from '../../../schemas/model-version.js';
import { settingsWith as windowSettingsWith } from '../window/memory-emitter.js';
import { feed, reportsOf } from './drift-harness.js';
import { recordOf } from './drift-world.js';

export interface PipelineOptions {
  readonly policy: TrainingPolicy;
  readonly training: SharedTraining;
  readonly settings: DriftProcessorSettings;
  /** How long features are kept, ms: what a new trainer finds. */
  readonly retentionMs: number;
}

/** The way from metric events to drift reports without a broker: the steps of the processes, fed in the order of the log, with append time as the only clock. */
export class DriftPipeline {
  readonly versions: ModelVersion[] = [];
  readonly reports: DriftReport[] = [];
  readonly #table: DriftModelTable;
  readonly #task;
  readonly #hosts = new Map<string, HostState>();
  readonly #limits = windowLimits(windowSettingsWith());
  #features: FeatureEvent[] = [];
  #watch: TrainingWatch;
  #offset = 0;

  constructor(private readonly options: PipelineOptions) {
    this.#table = createDriftModelTable(options.settings);
    this.#task = createDriftProcessor({ models: this.#table, settings: options.settings }).createTask(0);
    this.#watch = createTrainingWatch(options);
  }

  /** Takes one metric event through window, trainer and drift. */
  take(event: MetricEvent): void {
    const host = this.#hosts.get(event.host) ?? emptyHost();
    this.#hosts.set(event.host, host);
    const offset = this.#offset++;
    const appendTime = event.timestamp + 20;
    const { feature } = step(host, event, { partition: 0, offset, appendTime }, this.#limits);
    if (feature === null) return;
    this.#features.push(feature);
    this.#watch.observe(feature);
    this.reports.push(...reportsOf(feed(this.#task, [recordOf(feature, offset)])));
  }

  /** One look of the trainer: what is due is trained, published, and read by everybody. */
  look(now: number): void {
    while (this.#watch.buildReferences());
    for (;;) {
      const due = this.#watch.trainNext(now);
      if (due === null) return;
      if (!due.trained.ok) continue;
      const published = modelVersionCodec.decode(modelVersionCodec.encode(due.trained.model));
      if (!published.ok) throw new Error(published.reason);
      this.versions.push(published.value);
      this.#watch.resume(published.value);
      this.#table.offer(published.value);
    }
  }

  /** The trainer ends; another one reads the models and what is kept of the features. */
  restartTrainer(now: number): void {
    this.#features = this.#features.filter(({ appendTime }) => appendTime >= now - this.options.retentionMs);
    this.#watch = createTrainingWatch(this.options);
    for (const version of this.versions) this.#watch.resume(version);
    for (const feature of this.#features) this.#watch.observe(feature);
  }
}
