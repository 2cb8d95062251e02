import { Command } from 'commander';
import { ask, path, print, read, type Shared, subcommands } from './admin-request.js';

interface InVhost extends Shared {
  readonly vhost: string;
}

type Shape = Readonly<Record<string, unknown>>;

/** What `list` shows: the fields of each thing, as columns. */
interface Listing {
  readonly noun: string;
  readonly plural: string;
  readonly columns: readonly string[];
  /** Whether there is one list for each virtual host. */
  readonly byVhost: boolean;
}

const queues: Listing = {
  noun: 'queue',
  plural: 'queues',
  columns: ['name', 'type', 'messages_ready', 'messages_unacknowledged', 'consumers'],
  byVhost: true,
};

const others: readonly Listing[] = [
  { noun: 'exchange', plural: 'exchanges', columns: ['name', 'type'], byVhost: true },
  {
    noun: 'binding',
    plural: 'bindings',
    columns: ['source', 'destination_type', 'destination', 'routing_key', 'arguments'],
    byVhost: true,
  },
  {
    noun: 'channel',
    plural: 'channels',
    columns: ['name', 'user', 'vhost', 'consumer_count', 'messages_unacknowledged', 'prefetch_count'],
    byVhost: false,
  },
  {
    noun: 'consumer',
    plural: 'consumers',
    columns: ['queue.name', 'consumer_tag', 'ack_required', 'prefetch_count', 'channel_details.name'],
    byVhost: true,
  },
];

const connections: Listing = {
  noun: 'connection',
  plural: 'connections',
  columns: ['name', 'user', 'vhost', 'state', 'channels'],
  byVhost: false,
};

/** `naru queue list` and the like: what is in a running broker, through its admin API. */
export function listingCommands(program: Command): Command[] {
  return [queueCommand(program), connectionCommand(program), ...others.map((listing) => nounCommand(program, listing))];
}

function queueCommand(program: Command): Command {
  const parent = nounCommand(program, queues, 'List, purge and delete queues of a running broker');
  const command = subcommands(parent);
  const vhostOption = ['--vhost <vhost>', 'virtual host', '/'] as const;
  command('purge <name>', 'Drop the messages of a queue that nobody has')
    .alias('purge_queue')
    .option(...vhostOption)
    .action(async (name: string, options: InVhost) => {
      await ask(options, 'DELETE', `${path('queues', options.vhost, name)}/contents`);
      print(`purged ${name}`);
    });
  command('remove <name>', 'Remove a queue with its messages')
    .alias('delete_queue')
    .option(...vhostOption)
    .action(async (name: string, options: InVhost) => {
      await ask(options, 'DELETE', path('queues', options.vhost, name));
      print(`removed ${name}`);
    });
  return parent;
}

function connectionCommand(program: Command): Command {
  const parent = nounCommand(program, connections, 'List and close connections of a running broker');
  const command = subcommands(parent);
  command('close <name> [reason]', 'Close a connection, and tell its client why')
    .alias('close_connection')
    .action(async (name: string, reason: string | undefined, options: Shared) => {
      const headers = { 'x-reason': reason ?? 'closed by an operator' };
      await ask(options, 'DELETE', path('connections', name), undefined, headers);
      print(`closed ${name}`);
    });
  return parent;
}

function nounCommand(
  program: Command,
  { noun, plural, columns, byVhost }: Listing,
  description = `List ${plural} of a running broker`,
): Command {
  const parent = new Command(noun).copyInheritedSettings(program).description(description);
  const list = subcommands(parent)('list', `List ${plural}: ${columns.join(', ')}`).alias(`list_${plural}`);
  if (byVhost) list.option('--vhost <vhost>', 'virtual host', '/');
  list.action(async (options: InVhost) => {
    const where = byVhost ? path(plural, options.vhost) : path(plural);
    for (const item of await read<readonly Shape[]>(options, where)) print(...columns.map((name) => shown(item, name)));
  });
  return parent;
}

function shown(item: Shape, column: string): string {
  let value: unknown = item;
  for (const name of column.split('.')) value = (value as Shape | undefined)?.[name];
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
