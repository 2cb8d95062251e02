import { Command } from 'commander';
import { ask, path, read, type Shared, subcommands } from './admin-request.js';
import { wholeFrom } from './arguments.js';
import { done, fields, list } from './output.js';

interface AddOptions extends Shared {
  readonly description: string | undefined;
  readonly tags: string | undefined;
  readonly defaultQueueType: string | undefined;
}

/** `naru vhost …`: virtual hosts of a running broker, through its admin API. */
export function vhostCommand(program: Command): Command {
  const vhosts = new Command('vhost')
    .copyInheritedSettings(program)
    .description('List, add, limit and remove virtual hosts of a running broker');
  const command = subcommands(vhosts);

  command('list', 'List virtual hosts')
    .alias('list_vhosts')
    .action(async (options: Shared) => {
      list(options, fields('name'), await read<readonly object[]>(options, path('vhosts')));
    });
  command('add <name>', 'Add a virtual host, or describe one that is there')
    .alias('add_vhost')
    .option('--description <text>', 'what it is for')
    .option('--tags <tags>', 'tags, with commas between them')
    .option('--default-queue-type <type>', 'classic, quorum or stream')
    .action(async (name: string, { description, tags, defaultQueueType, ...options }: AddOptions) => {
      await ask(options, 'PUT', path('vhosts', name), { description, tags, default_queue_type: defaultQueueType });
      done(options, 'added', name);
    });
  command('remove <name>', 'Remove a virtual host with its queues, exchanges and permissions')
    .alias('delete_vhost')
    .action(async (name: string, options: Shared) => {
      await ask(options, 'DELETE', path('vhosts', name));
      done(options, 'removed', name);
    });
  command('limit <name> <limit> <value>', 'Limit max-connections or max-queues; -1 takes the limit away')
    .alias('set_vhost_limits')
    .action(async (name: string, limit: string, value: string, options: Shared) => {
      await ask(options, 'PUT', path('vhost-limits', name, limit), { value: wholeFrom(value) });
      done(options, 'limited', name);
    });
  return vhosts;
}
