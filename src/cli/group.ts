import { Command } from 'commander';
import { ask, path, RequestError, read, type Shared, subcommands } from './admin-request.js';
import { countFrom, gather } from './arguments.js';
import { examples } from './help.js';
import { done, facts, fields, list, printJson } from './output.js';

interface GroupShape {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly protocol: string;
  readonly members: number;
  readonly lag: number;
  readonly member_details: readonly object[];
  readonly offsets: readonly object[];
}

interface ResetOptions extends Shared {
  readonly topic: readonly string[] | undefined;
  readonly partition: readonly string[] | undefined;
  readonly toEarliest: boolean | undefined;
  readonly toLatest: boolean | undefined;
  readonly toTime: string | undefined;
  readonly toOffset: string | undefined;
  readonly shift: string | undefined;
  readonly dryRun: boolean | undefined;
}

interface ResetShape {
  readonly offsets: readonly object[];
}

/** `naru group …` */
export function groupCommand(program: Command): Command {
  const groups = new Command('group')
    .copyInheritedSettings(program)
    .description('List groups of a running broker with their lag, reset and delete them');
  const command = subcommands(groups);
  command('list', 'List groups: name, kind, state, members, lag').action(async (options: Shared) => {
    const all = await read<readonly GroupShape[]>(options, path('groups'));
    list(options, fields('name', 'kind', 'state', 'members', 'lag'), all);
  });
  command('describe <name>', 'Show who is in a group, how far it is in each partition, and how far behind')
    .aliases(['show', 'lag'])
    .action(describe);
  resetCommand(command);
  command('delete <name>', 'Delete a group that nobody is in, with what it committed')
    .alias('remove')
    .action(async (name: string, options: Shared) => {
      await ask(options, 'DELETE', path('groups', name));
      done(options, 'deleted', name);
    });
  return groups;
}

async function describe(name: string, options: Shared): Promise<void> {
  const group = await read<GroupShape>(options, path('groups', name));
  const pairs: [string, unknown][] = [
    ['name', group.name],
    ['kind', group.kind],
    ['state', group.state],
    ['assignment', group.protocol],
    ['members', group.members],
    ['lag', group.lag],
  ];
  facts(options, pairs, group);
  if (options.json === true) return;
  process.stdout.write('\n');
  list(options, fields('topic', 'partition', 'offset', 'end_offset', 'lag', 'member_id'), group.offsets);
}

function resetCommand(command: (usage: string, description: string) => Command): void {
  const reset = command('reset <name>', 'Let a group that nobody is in go on elsewhere; made where it is not there')
    .option('--topic <topic>', 'in this topic, instead of all it has read; may be repeated', gather)
    .option('--partition <index>', 'in this partition of the topic; may be repeated', gather)
    .option('--to-earliest', 'at the first record')
    .option('--to-latest', 'behind the last record')
    .option('--to-time <time>', 'at a time, such as 2026-01-31T09:00:00Z, or so long ago: 1h')
    .option('--to-offset <offset>', 'at an offset')
    .option('--shift <count>', 'so many records forth, or back when negative')
    .option('--dry-run', 'only tell what would be')
    .action(async (name: string, options: ResetOptions) => {
      const body = { ...targetOf(options), ...placesOf(options), dry_run: options.dryRun === true };
      const answer = await ask(options, 'POST', `${path('groups', name)}/offsets`, body);
      const told = (await answer.json()) as ResetShape;
      if (options.json === true) printJson(told);
      else list(options, fields('topic', 'partition', 'before', 'after', 'end_offset'), told.offsets);
    });
  examples(
    reset,
    'naru group reset billing --to-time 1h --dry-run',
    'naru group reset billing --topic orders --to-time 2026-01-31T09:00:00Z',
    'naru group reset billing --topic orders --partition 2 --shift=-1',
  );
}

function targetOf({ toEarliest, toLatest, toTime, toOffset, shift }: ResetOptions): object {
  const ways: object[] = [];
  if (toEarliest === true) ways.push({ to: 'earliest' });
  if (toLatest === true) ways.push({ to: 'latest' });
  if (toTime !== undefined) ways.push({ time: toTime });
  if (toOffset !== undefined) ways.push({ offset: countFrom('--to-offset', toOffset) });
  if (shift !== undefined) {
    if (!/^-?\d{1,15}$/.test(shift)) throw new RequestError(`--shift ${shift}: give a whole number`);
    ways.push({ shift: Number(shift) });
  }
  const [way, more] = ways;
  if (way === undefined || more !== undefined) {
    throw new RequestError('say where to: one of --to-earliest, --to-latest, --to-time, --to-offset, --shift');
  }
  return way;
}

function placesOf({ topic, partition }: ResetOptions): object {
  const partitions = partition?.map((text) => countFrom('--partition', text));
  if (partitions !== undefined && topic?.length !== 1) {
    throw new RequestError('--partition is one of a topic: name it with --topic');
  }
  return { ...(topic === undefined ? {} : { topics: topic }), ...(partitions === undefined ? {} : { partitions }) };
}
