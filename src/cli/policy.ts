import { Command } from 'commander';
import { ask, path, RequestError, read, type Shared, subcommands } from './admin-request.js';
import { wholeFrom } from './arguments.js';
import { done, fields, list } from './output.js';

interface PolicyOptions extends Shared {
  readonly vhost: string;
  readonly operator: boolean | undefined;
}

interface SetOptions extends PolicyOptions {
  readonly priority: string;
  readonly applyTo: string;
}

/** `naru policy …`: how queues and exchanges of a running broker behave, through its admin API. */
export function policyCommand(program: Command): Command {
  const policies = new Command('policy')
    .copyInheritedSettings(program)
    .description('List, set and clear policies of a running broker');
  const subcommand = subcommands(policies);
  const command = (usage: string, description: string): Command =>
    subcommand(usage, description)
      .option('--vhost <vhost>', 'virtual host', '/')
      .option('--operator', 'policies of operators, which cap the others');
  const kindOf = ({ operator }: PolicyOptions): string => (operator === true ? 'operator-policies' : 'policies');

  command('list', 'List policies: name, what it applies to, pattern, definition, priority')
    .alias('list_policies')
    .action(async (options: PolicyOptions) => {
      const policies = await read<readonly object[]>(options, path(kindOf(options), options.vhost));
      list(options, fields('name', 'apply-to', 'pattern', 'definition', 'priority'), policies);
    });
  command('set <name> <pattern> <definition>', 'Set a policy; the definition is JSON, as {"max-length":1000}')
    .alias('set_policy')
    .option('--priority <number>', 'the highest that fits applies', '0')
    .option('--apply-to <what>', 'queues, classic_queues, quorum_queues, streams, exchanges or all', 'all')
    .action(async (name: string, pattern: string, definition: string, options: SetOptions) => {
      const body = {
        pattern,
        definition: jsonFrom(definition),
        priority: wholeFrom(options.priority),
        'apply-to': options.applyTo,
      };
      await ask(options, 'PUT', path(kindOf(options), options.vhost, name), body);
      done(options, 'set', name);
    });
  command('clear <name>', 'Clear a policy')
    .alias('clear_policy')
    .action(async (name: string, options: PolicyOptions) => {
      await ask(options, 'DELETE', path(kindOf(options), options.vhost, name));
      done(options, 'cleared', name);
    });
  return policies;
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestError('the definition is not JSON, such as {"max-length":1000}', { cause: error });
  }
}
