import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { ask, path, readFile, type Shared, subcommands } from './admin-request.js';
import { print, printJson } from './output.js';

interface DefinitionOptions extends Shared {
  readonly vhost: string | undefined;
}

/** `naru definitions …`: everything but messages, out of a running broker and in, in RabbitMQ's format. */
export function definitionsCommand(program: Command): Command {
  const definitions = new Command('definitions')
    .copyInheritedSettings(program)
    .description('Export and import users, virtual hosts, permissions, policies, queues, exchanges and bindings');
  const subcommand = subcommands(definitions);
  const command = (usage: string, description: string): Command =>
    subcommand(usage, description).option('--vhost <vhost>', 'of this virtual host alone');
  const whereOf = ({ vhost }: DefinitionOptions): string =>
    vhost === undefined ? path('definitions') : path('definitions', vhost);

  command('export', 'Write definitions to the output; they hold what is kept of passwords')
    .alias('export_definitions')
    .action(async (options: DefinitionOptions) => {
      const told: unknown = await (await ask(options, 'GET', whereOf(options))).json();
      printJson(told);
    });
  command('import [file]', 'Read definitions from a file, or - or none for the input')
    .alias('import_definitions')
    .action(async (file: string | undefined, options: DefinitionOptions) => {
      const json = file === undefined || file === '-' ? await text(process.stdin) : readFile('the file', file);
      await ask(options, 'POST', whereOf(options), json);
      if (options.json === true) printJson({ done: 'imported' });
      else print('imported');
    });
  return definitions;
}
