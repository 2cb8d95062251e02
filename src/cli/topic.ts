import { Command } from 'commander';
import { ask, path, RequestError, read, type Shared, subcommands } from './admin-request.js';
import { countFrom, gather, pairsFrom } from './arguments.js';
import { examples } from './help.js';
import { bytesShown, type Column, done, facts, fields, list } from './output.js';

interface TopicShape {
  readonly name: string;
  readonly partitions: number;
  readonly records: number;
  readonly bytes: number;
  readonly cleanup_policy: string;
  readonly retention_ms: number;
}

interface PartitionShape {
  readonly partition: number;
  readonly leader: number;
  readonly start_offset: number;
  readonly end_offset: number;
  readonly records: number;
  readonly bytes: number;
  readonly segments: number;
}

interface ConfigShape {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

interface TopicDetails extends TopicShape {
  readonly partition_details: readonly PartitionShape[];
  readonly configs: readonly ConfigShape[];
}

interface ListOptions extends Shared {
  readonly internal: boolean | undefined;
}

interface CreateOptions extends Shared {
  readonly partitions: string;
  readonly config: readonly string[] | undefined;
  readonly ifNotExists: boolean | undefined;
}

interface ConfigOptions extends Shared {
  readonly set: readonly string[] | undefined;
  readonly unset: readonly string[] | undefined;
  readonly all: boolean | undefined;
}

interface TrimOptions extends Shared {
  readonly partition: string | undefined;
  readonly before: string | undefined;
}

const columns: readonly Column<TopicShape>[] = [
  ...fields('name', 'partitions', 'records'),
  { name: 'size', value: ({ bytes }) => bytesShown(bytes) },
  ...fields('cleanup_policy'),
];

const partitionColumns: readonly Column<PartitionShape>[] = [
  ...fields('partition', 'leader', 'start_offset', 'end_offset', 'records'),
  { name: 'size', value: ({ bytes }) => bytesShown(bytes) },
  ...fields('segments'),
];

/** `naru topic …` */
export function topicCommand(program: Command): Command {
  const topics = new Command('topic')
    .copyInheritedSettings(program)
    .description('List, create, describe, configure and delete topics of a running broker');
  const command = subcommands(topics);
  command('list', 'List topics: name, partitions, records, size, cleanup policy')
    .option('--internal', 'those of the broker itself too')
    .action(async (options: ListOptions) => {
      const all = await read<readonly (TopicShape & { readonly internal: boolean })[]>(options, path('topics'));
      list(
        options,
        columns,
        all.filter(({ internal }) => options.internal === true || !internal),
      );
    });
  createCommand(command);
  command('describe <name>', 'Show a topic: its partitions, and what is configured for it')
    .alias('show')
    .action(describe);
  configCommand(command);
  command('partitions <name> [count]', 'List the partitions of a topic, or give it this many')
    .alias('partition')
    .action(partitions);
  command('delete <name>', 'Delete a topic with its records')
    .alias('remove')
    .action(async (name: string, options: Shared) => {
      await ask(options, 'DELETE', path('topics', name));
      done(options, 'deleted', name);
    });
  const trim = command('trim <name>', 'Drop the records of a topic, or those of a partition before an offset')
    .option('--partition <index>', 'of this partition alone')
    .option('--before <offset>', 'only what is before this offset')
    .action(async (name: string, options: TrimOptions) => {
      const query = new URLSearchParams();
      if (options.partition !== undefined) query.set('partition', String(countFrom('--partition', options.partition)));
      if (options.before !== undefined) query.set('before', String(countFrom('--before', options.before)));
      await ask(options, 'DELETE', `${path('topics', name)}/records?${query}`);
      done(options, 'trimmed', name);
    });
  examples(trim, 'naru topic trim clicks --partition 0 --before 1000');
  return topics;
}

function createCommand(command: (usage: string, description: string) => Command): void {
  const create = command('create <name>', 'Make a topic')
    .alias('add')
    .option('--partitions <count>', 'how many partitions', '1')
    .option('--config <name=value>', 'a setting as Kafka calls it; may be repeated', gather)
    .option('--if-not-exists', 'leave one that is there as it is')
    .action(async (name: string, options: CreateOptions) => {
      const count = countFrom('--partitions', options.partitions);
      const body = { partitions: count, configs: Object.fromEntries(pairsFrom('--config', options.config)) };
      if (await isThere(options, name)) {
        if (options.ifNotExists !== true) {
          throw new RequestError(`topic ${name} is there already: naru topic describe ${name} shows it`);
        }
        done(options, 'already there:', name);
        return;
      }
      await ask(options, 'PUT', path('topics', name), body);
      done(options, 'created', name);
    });
  examples(
    create,
    'naru topic create orders --partitions 6 --config retention.ms=604800000',
    'naru topic create customers --config cleanup.policy=compact',
  );
}

async function isThere(options: Shared, name: string): Promise<boolean> {
  return (await read<readonly TopicShape[]>(options, path('topics'))).some((topic) => topic.name === name);
}

async function describe(name: string, options: Shared): Promise<void> {
  const topic = await read<TopicDetails>(options, path('topics', name));
  const configured = topic.configs.filter(({ source }) => source !== 'default');
  const pairs: [string, unknown][] = [
    ['name', topic.name],
    ['partitions', topic.partitions],
    ['records', topic.records],
    ['size', bytesShown(topic.bytes)],
    ...configured.map(({ name: key, value, source }): [string, string] => [key, `${value} (${source})`]),
  ];
  facts(options, pairs, topic);
  if (options.json === true) return;
  process.stdout.write('\n');
  list(options, partitionColumns, topic.partition_details);
}

function configCommand(command: (usage: string, description: string) => Command): void {
  const config = command('config <name>', 'List what is configured for a topic, or change it')
    .option('--set <name=value>', 'set this; may be repeated', gather)
    .option('--unset <name>', 'go back to what holds without it; may be repeated', gather)
    .option('--all', 'list also what nobody set')
    .action(async (name: string, options: ConfigOptions) => {
      const changes: Record<string, string | null> = Object.fromEntries(pairsFrom('--set', options.set));
      for (const key of options.unset ?? []) changes[key] = null;
      if (Object.keys(changes).length > 0) {
        await ask(options, 'PUT', `${path('topics', name)}/configs`, changes);
        done(options, 'configured', name);
        return;
      }
      const all = await read<readonly ConfigShape[]>(options, `${path('topics', name)}/configs`);
      const shown = options.all === true ? all : all.filter(({ source }) => source !== 'default');
      list(options, fields('name', 'value', 'source'), shown);
    });
  examples(config, 'naru topic config orders --set retention.ms=86400000', 'naru topic config orders --all');
}

async function partitions(name: string, count: string | undefined, options: Shared): Promise<void> {
  if (count !== undefined) {
    await ask(options, 'POST', `${path('topics', name)}/partitions`, { partitions: countFrom('count', count) });
    done(options, `there are ${count} partitions of`, name);
    return;
  }
  const topic = await read<TopicDetails>(options, path('topics', name));
  list(options, partitionColumns, topic.partition_details);
}
