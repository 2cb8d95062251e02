import { Command } from 'commander';
import { optionRows } from '../config/options.js';
import { explain } from './help.js';
import { flagsGiven, flagsOf } from './option-flags.js';

/** `naru start` */
export function startCommand(program: Command): Command {
  const command = new Command('start')
    .copyInheritedSettings(program)
    .description('Run the broker until SIGTERM or SIGINT')
    .usage('[--data DIR | --memory] [options]');
  for (const row of optionRows) for (const option of flagsOf(row)) command.addOption(option);
  explain(
    command,
    'Each option can also be set by the environment variable in brackets or by its name in the file given with --config; ' +
      'flags win over the environment, and that over the file. See docs/config.md.',
  );
  // Loaded only when it runs: help and version need none of the broker.
  return command.action(async () => {
    const { start } = await import('./start.js');
    await start(flagsGiven(command));
  });
}
