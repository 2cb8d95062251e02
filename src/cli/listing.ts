import { Command } from 'commander';
import { ask, path, read, type Shared, subcommands } from './admin-request.js';
import { done, fields, list } from './output.js';

export interface InVhost extends Shared {
  readonly vhost: string;
}

/** Where the default virtual host is meant unless another is named. */
export const vhostOption = ['--vhost <vhost>', 'virtual host', '/'] as const;

/** What `list` shows: the fields of each thing, as columns. */
export interface Listing {
  readonly noun: string;
  readonly plural: string;
  readonly columns: readonly string[];
  /** Whether there is one list for each virtual host. */
  readonly byVhost: boolean;
}

const others: readonly Listing[] = [
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

/** `naru connection list` and the like: what is in a running broker, through its admin API. */
export function listingCommands(program: Command): Command[] {
  return [connectionCommand(program), ...others.map((listing) => nounCommand(program, listing))];
}

function connectionCommand(program: Command): Command {
  const parent = nounCommand(program, connections, 'List and close connections of a running broker');
  const command = subcommands(parent);
  command('close <name> [reason]', 'Close a connection, and tell its client why')
    .alias('close_connection')
    .action(async (name: string, reason: string | undefined, options: Shared) => {
      const headers = { 'x-reason': reason ?? 'closed by an operator' };
      await ask(options, 'DELETE', path('connections', name), undefined, headers);
      done(options, 'closed', name);
    });
  return parent;
}

export function nounCommand(
  program: Command,
  { noun, plural, columns, byVhost }: Listing,
  description: string = `List ${plural} of a running broker`,
): Command {
  const parent = new Command(noun).copyInheritedSettings(program).description(description);
  const command = subcommands(parent)('list', `List ${plural}: ${columns.join(', ')}`).alias(`list_${plural}`);
  if (byVhost) command.option(...vhostOption);
  command.action(async (options: InVhost) => {
    const where = byVhost ? path(plural, options.vhost) : path(plural);
    list(options, fields(...columns), await read<readonly object[]>(options, where));
  });
  return parent;
}
