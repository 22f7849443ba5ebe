import type { Command } from 'commander';
import { TidewatchError } from '../../common/errors.js';
import type { InputRecord } from '../../common/kafka/lanes/processor.js';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { TOPICS, type TopicName, type TopicSpec, topicName } from '../../common/kafka/topics.js';
import type { Running } from '../../common/lifecycle.js';
import { toJson } from '../../schemas/codec/to-json.js';
import { addContextSettings, type Context, createContext } from '../context.js';
import { type Io, print } from '../io.js';
import { runUntilStopped } from '../run.js';

interface TailOptions {
  readonly json?: boolean;
  readonly fromBeginning?: boolean;
  readonly max?: string;
}

/** Adds `tail <topic>`. */
export function addTailCommand(program: Command, io: Io): void {
  const command = addContextSettings(
    program.command('tail').argument(
      '<topic>',
      `one of ${Object.values(TOPICS)
        .map(({ name }) => name)
        .join(', ')}`,
    ),
  )
    .description('Print the records of a topic as they come, decoded.')
    .option('--json', 'one JSON object a line, with key, partition, offset, time and headers')
    .option('--from-beginning', 'start with the oldest record instead of what comes from now on')
    .option('--max <records>', 'end after so many records');
  command.addHelpText('after', '\nExample:\n  tidewatch tail predictions.v1 --json --from-beginning --max 3');
  command.action(async (topic: string, options: TailOptions) => {
    const name = findTopic(topic);
    const max = readMaximum(options.max);
    const context = await createContext(command, io, 'tail');
    await runUntilStopped(io, context.log, () => tail(context, io, name, { ...options, max }));
  });
}

function findTopic(text: string): TopicName {
  const found = (Object.keys(TOPICS) as TopicName[]).find(
    (name) => TOPICS[name].name === text || TOPICS[name].name === `${text}.v1`,
  );
  if (found !== undefined) return found;
  throw new TidewatchError({
    code: 'BAD_SETTINGS',
    retriable: false,
    message: `looking up topic ${text}: not in the table; "tidewatch topics describe" lists them`,
  });
}

/** Returns how many records are printed at most. */
function readMaximum(text: string | undefined): number {
  const max = text === undefined ? Number.POSITIVE_INFINITY : Number(text);
  if (max >= 1) return max;
  throw new TidewatchError({
    code: 'BAD_SETTINGS',
    retriable: false,
    message: `reading --max: "${text}" is no number of records; write 1 or more`,
  });
}

async function tail(
  context: Context,
  io: Io,
  name: TopicName,
  options: Omit<TailOptions, 'max'> & { readonly max: number },
): Promise<Running> {
  let left = options.max;
  let finish: () => void = () => undefined;
  const enough = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const reader = await readTopic({
    ...context,
    topic: topicName(context.topicPrefix, name),
    from: options.fromBeginning === true ? 'beginning' : 'end',
    onRecords: (records) => {
      for (const record of records.slice(0, left)) {
        left -= 1;
        print(io, options.json === true ? jsonLine(name, record) : plainLine(name, record));
      }
      if (left <= 0) finish();
    },
  });
  return { done: Promise.race([reader.done, enough]), stop: () => reader.stop() };
}

function decode(name: TopicName, { value }: InputRecord): unknown {
  const { codec }: TopicSpec = TOPICS[name];
  if (value === null) return null;
  if (codec === 'bytes') return { bytes: value.toString('base64') };
  const decoded = codec.decode(value);
  return decoded.ok
    ? toJson(decoded.value, { maxBytes: 64 })
    : { unreadable: decoded.code, reason: decoded.reason };
}

function jsonLine(name: TopicName, record: InputRecord): string {
  const headers = Object.fromEntries(
    Object.entries(record.headers).map(([key, value]) => [key, String(value)]),
  );
  const { partition, offset, timestamp } = record;
  return JSON.stringify({
    partition,
    offset,
    timestamp,
    key: record.key?.toString() ?? null,
    headers,
    value: decode(name, record),
  });
}

function plainLine(name: TopicName, record: InputRecord): string {
  const time = new Date(record.timestamp).toISOString();
  return `${time} ${record.partition}/${record.offset} ${record.key?.toString() ?? '-'} ${JSON.stringify(decode(name, record))}`;
}
