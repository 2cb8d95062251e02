import { Command } from 'commander';
import { ask, path, RequestError, read, type Shared, subcommands, withShared } from './admin-request.js';
import { gather, typedArguments } from './arguments.js';
import { examples } from './help.js';
import { type InVhost, type Listing, nounCommand, vhostOption } from './listing.js';
import { done, facts } from './output.js';

const exchanges: Listing = { noun: 'exchange', plural: 'exchanges', columns: ['name', 'type'], byVhost: true };

const bindings: Listing = {
  noun: 'binding',
  plural: 'bindings',
  columns: ['source', 'destination_type', 'destination', 'routing_key', 'arguments'],
  byVhost: true,
};

interface DeclareOptions extends InVhost {
  readonly type: string;
  readonly transient: boolean | undefined;
  readonly autoDelete: boolean | undefined;
  readonly internal: boolean | undefined;
  readonly alternate: string | undefined;
  readonly argument: readonly string[] | undefined;
}

interface DeleteOptions extends InVhost {
  readonly ifUnused: boolean | undefined;
}

interface BindOptions extends InVhost {
  readonly routingKey: string;
  readonly toExchange: boolean | undefined;
  readonly argument: readonly string[] | undefined;
}

interface ExchangeShape {
  readonly name: string;
  readonly vhost: string;
  readonly type: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly internal: boolean;
  readonly arguments: object;
}

interface BindingShape {
  readonly source: string;
  readonly destination: string;
  readonly destination_type: string;
  readonly routing_key: string;
  readonly arguments: object;
  readonly properties_key: string;
}

/** `naru exchange …`, `binding list`, `bind` and `unbind`. */
export function exchangeCommands(program: Command): Command[] {
  return [exchangeCommand(program), nounCommand(program, bindings), bindCommand(program), unbindCommand(program)];
}

function exchangeCommand(program: Command): Command {
  const parent = nounCommand(program, exchanges, 'List, declare, describe and delete exchanges of a running broker');
  const command = subcommands(parent);
  const declare = command('declare <name>', 'Make an exchange, or see that it is there as described')
    .option(...vhostOption)
    .option('--type <type>', 'direct, fanout, topic, headers, x-consistent-hash, x-delayed-message', 'direct')
    .option('--transient', 'gone with the broker’s process')
    .option('--auto-delete', 'gone with its last binding')
    .option('--internal', 'nobody publishes to it, only other exchanges')
    .option('--alternate <exchange>', 'where goes what has no route here')
    .option('--argument <name=value>', 'any other argument; may be repeated', gather)
    .action(async (name: string, options: DeclareOptions) => {
      const given = options.alternate === undefined ? {} : { 'alternate-exchange': options.alternate };
      const body = {
        type: options.type,
        durable: options.transient !== true,
        auto_delete: options.autoDelete === true,
        internal: options.internal === true,
        arguments: { ...given, ...typedArguments('--argument', options.argument) },
      };
      const { status } = await ask(options, 'PUT', path('exchanges', options.vhost, name), body);
      done(options, status === 201 ? 'declared' : 'already there:', name);
    });
  examples(declare, 'naru exchange declare events --type topic', 'naru bind events jobs --routing-key "order.#"');
  command('describe <name>', 'Show what an exchange is and where it leads')
    .option(...vhostOption)
    .action(describe);
  command('delete <name>', 'Delete an exchange with its bindings')
    .aliases(['remove', 'delete_exchange'])
    .option(...vhostOption)
    .option('--if-unused', 'only when it has no bindings')
    .action(async (name: string, options: DeleteOptions) => {
      const query = options.ifUnused === true ? '?if-unused=true' : '';
      await ask(options, 'DELETE', `${path('exchanges', options.vhost, name)}${query}`);
      done(options, 'removed', name);
    });
  return parent;
}

async function describe(name: string, options: InVhost): Promise<void> {
  const where = path('exchanges', options.vhost, name);
  const exchange = await read<ExchangeShape>(options, where);
  const leading = await read<readonly BindingShape[]>(options, `${where}/bindings/source`);
  const pairs: [string, unknown][] = [
    ['name', exchange.name],
    ['virtual host', exchange.vhost],
    ['type', exchange.type],
    ['durable', exchange.durable],
    ['auto-delete', exchange.auto_delete],
    ['internal', exchange.internal],
    ...Object.entries(exchange.arguments),
    ...leading.map((binding): [string, string] => ['leads to', shownBinding(binding)]),
  ];
  facts(options, pairs, { ...exchange, bindings: leading });
}

function shownBinding(binding: BindingShape): string {
  const { destination, destination_type: kind, routing_key: key } = binding;
  const given = Object.keys(binding.arguments).length === 0 ? '' : ` ${JSON.stringify(binding.arguments)}`;
  return `${kind} ${destination} by ${key || "''"}${given}`;
}

function bindingOptions(command: Command): Command {
  return withShared(command)
    .option(...vhostOption)
    .option('--routing-key <key>', 'routing key or pattern', '')
    .option('--to-exchange', 'the destination is an exchange')
    .option('--argument <name=value>', 'argument, such as x-match=any; may be repeated', gather);
}

function bindCommand(program: Command): Command {
  const command = new Command('bind')
    .copyInheritedSettings(program)
    .description('Bind an exchange to a queue or topic, or to another exchange')
    .argument('<exchange>', 'where messages come from')
    .argument('<destination>', 'queue or topic; exchange with --to-exchange');
  bindingOptions(command).action(async (source: string, destination: string, options: BindOptions) => {
    const body = { routing_key: options.routingKey, arguments: typedArguments('--argument', options.argument) };
    await ask(options, 'POST', placeOf(source, destination, options), body);
    done(options, 'bound', destination, ` to ${source}`);
  });
  return examples(
    command,
    'naru bind events jobs --routing-key "order.*.created"',
    'naru bind logs archive --to-exchange',
    'naru bind by-header jobs --argument x-match=any --argument kind=invoice',
  );
}

function unbindCommand(program: Command): Command {
  const command = new Command('unbind')
    .copyInheritedSettings(program)
    .description('Take a binding away')
    .argument('<exchange>', 'where messages come from')
    .argument('<destination>', 'queue or topic; exchange with --to-exchange');
  return bindingOptions(command).action(async (source: string, destination: string, options: BindOptions) => {
    const wanted = canonical(typedArguments('--argument', options.argument));
    const where = placeOf(source, destination, options);
    const found = (await read<readonly BindingShape[]>(options, where)).find(
      (binding) => binding.routing_key === options.routingKey && canonical(binding.arguments) === wanted,
    );
    if (found === undefined) {
      throw new RequestError(
        `${destination} is not bound to ${source} by '${options.routingKey}': naru binding list shows what is`,
      );
    }
    await ask(options, 'DELETE', `${where}/${encodeURIComponent(found.properties_key)}`);
    done(options, 'unbound', destination, ` from ${source}`);
  });
}

function placeOf(source: string, destination: string, options: Shared & BindOptions): string {
  return path('bindings', options.vhost, 'e', source, options.toExchange === true ? 'e' : 'q', destination);
}

function canonical(given: object): string {
  return JSON.stringify(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)));
}
