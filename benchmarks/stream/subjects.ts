import { topicName } from '../../common/kafka/topics.js';
import { CLI, type MeasuredChild, PASS_THROUGH, startChild } from './measured-child.js';
import { type BenchContext, LANES, type Stage } from './stage.js';

/**
 * What is measured: the scorer, explaining all or no events; the control on kafkajs as it is published or with our patches. Both
 * write two records for each that they read.
 */
export type SubjectName = 'scorer' | 'scorer-unexplained' | 'pass-through' | 'pass-through-patched';

/** A process under measurement and where its progress and output are. */
export interface Subject {
  readonly child: MeasuredChild;
  readonly groupId: string;
  /** Full name of the topic whose records carry `append-time`. */
  readonly output: string;
}

/** Starts a subject on a stage. The scorer is the `tidewatch process window+score` that users run. */
export async function startSubject(context: BenchContext, stage: Stage, name: SubjectName): Promise<Subject> {
  const isControl = name.startsWith('pass-through');
  const common = { name: `${stage.topicPrefix}${name}`, home: context.services.home };
  const features = topicName(stage.topicPrefix, 'features');
  const predictions = topicName(stage.topicPrefix, 'predictions');
  if (isControl) {
    const groupId = `${stage.topicPrefix}${name}`;
    const outputs = `${features},${predictions}`;
    const build = name === 'pass-through' ? 'stock' : 'patched';
    const args = [groupId, topicName(stage.topicPrefix, 'metrics'), outputs, String(LANES), build];
    const child = await startChild({ ...common, entry: PASS_THROUGH, args, environment: stage.environment });
    return { child, groupId, output: predictions };
  }
  const SCORE_EXPLAIN = name === 'scorer' ? 'all' : 'none';
  const child = await startChild({
    ...common,
    entry: CLI,
    args: ['process', 'window+score'],
    environment: { ...stage.environment, SCORE_EXPLAIN },
    nodeArgs: context.nodeArgs,
  });
  return { child, groupId: `${stage.topicPrefix}window-score`, output: predictions };
}
