import type { Command } from 'commander';
import type { Settings } from '../../common/config.js';
import { applyTopics, planTopics, type TopicPlan } from '../../common/kafka/apply-topics.js';
import { topicSettings } from '../../common/kafka/settings.js';
import { TOPICS } from '../../common/kafka/topics.js';
import { addContextSettings, type Context, createContext } from '../context.js';
import { type Io, print } from '../io.js';
import { addSettings, settingsOf } from '../settings-options.js';
import { untilInterrupted } from '../until-interrupted.js';

/** Adds `topics apply|describe`. */
export function addTopicsCommands(program: Command, io: Io): void {
  const group = program.command('topics').description('The topics that Tidewatch uses.');
  const apply = addSettings(
    addContextSettings(group.command('apply').description('Make the topics that are missing.')),
    topicSettings,
  ).option('--dry-run', 'only print what would be made');
  apply.addHelpText(
    'after',
    '\nExample:\n  KAFKA_BROKERS=localhost:9092 tidewatch topics apply --topic-replication 3 --dry-run',
  );
  apply.action(async (options: { dryRun?: boolean }) => {
    const context = await createContext(apply, io, 'topics');
    const settings = settingsOf(topicSettings, apply, io);
    const plan = await untilInterrupted(io, () =>
      planOrApply(context, settings, { isDryRun: options.dryRun === true }),
    );
    for (const entry of plan) print(io, planLine(entry));
  });
  group
    .command('describe')
    .description('Say what each topic holds.')
    .addHelpText('after', '\nExample:\n  tidewatch topics describe')
    .action(() => {
      for (const { name, retention, description } of Object.values(TOPICS))
        print(io, `${name.padEnd(28)} ${retention.padEnd(12)} ${description}`);
    });
}

async function planOrApply(
  { kafka, topicPrefix }: Pick<Context, 'kafka' | 'topicPrefix'>,
  settings: Settings<typeof topicSettings>,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<TopicPlan[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if (isDryRun) return planTopics(topicPrefix, settings, new Set(await admin.listTopics()));
    return await applyTopics(admin, topicPrefix, settings);
  } finally {
    await admin.disconnect();
  }
}

function planLine({ topic, action, partitions, replication, config }: TopicPlan): string {
  const settings = Object.entries(config).map(([name, value]) => `${name}=${value}`);
  return `${action.padEnd(7)} ${topic.padEnd(40)} partitions=${partitions} replication=${replication} ${settings.join(' ')}`;
}
