import type { Command } from 'commander';
import { ask, path, read, type Shared, subcommands } from './admin-request.js';
import { countFrom, durationFrom, gather, oneOf, typedArguments } from './arguments.js';
import { examples } from './help.js';
import { type InVhost, type Listing, nounCommand, vhostOption } from './listing.js';
import { done, facts } from './output.js';

const listing: Listing = {
  noun: 'queue',
  plural: 'queues',
  columns: ['name', 'type', 'messages_ready', 'messages_unacknowledged', 'consumers'],
  byVhost: true,
};

interface DeclareOptions extends InVhost {
  readonly type: string;
  readonly transient: boolean | undefined;
  readonly autoDelete: boolean | undefined;
  readonly ttl: string | undefined;
  readonly retention: string | undefined;
  readonly maxLength: string | undefined;
  readonly deliveryLimit: string | undefined;
  readonly deadLetterExchange: string | undefined;
  readonly deadLetterKey: string | undefined;
  readonly argument: readonly string[] | undefined;
}

interface DeleteOptions extends InVhost {
  readonly ifUnused: boolean | undefined;
  readonly ifEmpty: boolean | undefined;
}

interface QueueShape {
  readonly name: string;
  readonly vhost: string;
  readonly type: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly arguments: object;
  readonly messages?: number;
  readonly messages_ready?: number;
  readonly messages_unacknowledged?: number;
  readonly consumers?: number;
  readonly policy?: string;
}

interface BindingShape {
  readonly source: string;
  readonly routing_key: string;
}

/** `naru queue …` */
export function queueCommand(program: Command): Command {
  const parent = nounCommand(program, listing, 'List, declare, describe, purge and delete queues of a running broker');
  const command = subcommands(parent);
  declareCommand(command);
  command('describe <name>', 'Show what a queue is, holds and is bound to')
    .option(...vhostOption)
    .action(describe);
  command('purge <name>', 'Drop the messages of a queue that nobody has')
    .alias('purge_queue')
    .option(...vhostOption)
    .action(async (name: string, options: InVhost) => {
      await ask(options, 'DELETE', `${path('queues', options.vhost, name)}/contents`);
      done(options, 'purged', name);
    });
  command('delete <name>', 'Delete a queue with its messages')
    .aliases(['remove', 'delete_queue'])
    .option(...vhostOption)
    .option('--if-unused', 'only when nobody consumes')
    .option('--if-empty', 'only when it holds nothing')
    .action(async (name: string, options: DeleteOptions) => {
      const query = new URLSearchParams();
      if (options.ifUnused === true) query.set('if-unused', 'true');
      if (options.ifEmpty === true) query.set('if-empty', 'true');
      await ask(options, 'DELETE', `${path('queues', options.vhost, name)}?${query}`);
      done(options, 'removed', name);
    });
  return parent;
}

function declareCommand(command: (usage: string, description: string) => Command): void {
  const declare = command('declare <name>', 'Make a queue, or see that it is there as described')
    .option(...vhostOption)
    .option('--type <type>', 'classic, quorum or stream (a topic)', 'classic')
    .option('--transient', 'gone with the broker’s process')
    .option('--auto-delete', 'gone with its last consumer')
    .option('--ttl <time>', 'messages die after this, such as 30s')
    .option('--retention <time>', 'keep what was acknowledged this long, to be read and rewound')
    .option('--max-length <count>', 'the oldest die when there are more')
    .option('--delivery-limit <count>', 'messages die after so many returns')
    .option('--dead-letter-exchange <exchange>', 'where what dies is published; amq.default for the default exchange')
    .option('--dead-letter-key <key>', 'with this routing key instead of its own')
    .option('--argument <name=value>', 'any other argument; may be repeated', gather)
    .action(async (name: string, options: DeclareOptions) => {
      const body = {
        durable: options.transient !== true,
        auto_delete: options.autoDelete === true,
        arguments: argumentsOf(options),
      };
      const { status } = await ask(options, 'PUT', path('queues', options.vhost, name), body);
      done(options, status === 201 ? 'declared' : 'already there:', name);
    });
  examples(
    declare,
    'naru queue declare jobs --type quorum --delivery-limit 5 --dead-letter-exchange dead',
    'naru queue declare jobs --argument x-max-priority=10',
  );
}

function argumentsOf(options: DeclareOptions): Record<string, unknown> {
  const type = oneOf('--type', options.type, ['classic', 'quorum', 'stream']);
  const given: Record<string, unknown> = type === 'classic' ? {} : { 'x-queue-type': type };
  if (options.ttl !== undefined) given['x-message-ttl'] = durationFrom('--ttl', options.ttl);
  if (options.retention !== undefined) given['x-retention-ms'] = durationFrom('--retention', options.retention);
  if (options.maxLength !== undefined) given['x-max-length'] = countFrom('--max-length', options.maxLength);
  if (options.deliveryLimit !== undefined) {
    given['x-delivery-limit'] = countFrom('--delivery-limit', options.deliveryLimit);
  }
  const { deadLetterExchange, deadLetterKey } = options;
  if (deadLetterExchange !== undefined) {
    given['x-dead-letter-exchange'] = deadLetterExchange === 'amq.default' ? '' : deadLetterExchange;
  }
  if (deadLetterKey !== undefined) given['x-dead-letter-routing-key'] = deadLetterKey;
  return { ...given, ...typedArguments('--argument', options.argument) };
}

async function describe(name: string, options: InVhost): Promise<void> {
  const queue = await read<QueueShape>(options, path('queues', options.vhost, name));
  const bindings = await bindingsOf(options, options.vhost, name);
  const pairs: [string, unknown][] = [
    ['name', queue.name],
    ['virtual host', queue.vhost],
    ['type', queue.type],
    ['durable', queue.durable],
    ['auto-delete', queue.auto_delete],
    ...Object.entries(queue.arguments),
    ['policy', queue.policy ?? ''],
    ['ready', queue.messages_ready ?? ''],
    ['unacknowledged', queue.messages_unacknowledged ?? ''],
    ['consumers', queue.consumers ?? ''],
    ...bindings.map(({ source, routing_key: key }): [string, string] => ['bound to', `${source} by ${key || "''"}`]),
  ];
  facts(
    options,
    pairs.filter(([, value]) => value !== ''),
    { ...queue, bindings },
  );
}

/** Without the one that every queue has. */
async function bindingsOf(options: Shared, vhost: string, name: string): Promise<BindingShape[]> {
  const all = await read<readonly BindingShape[]>(options, `${path('queues', vhost, name)}/bindings`);
  return all.filter(({ source }) => source !== '');
}
