import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/load.js';
import { optionRows } from '../config/options.js';
import { version } from '../lib/version.js';
import { RequestError } from './admin-request.js';
import { againCommands } from './again.js';
import { benchCommand } from './bench/bench.js';
import { completionCommand } from './completion.js';
import { consumeCommands } from './consume.js';
import { definitionsCommand } from './definitions.js';
import { doctorCommand } from './doctor.js';
import { exchangeCommands } from './exchange.js';
import { groupCommand } from './group.js';
import { explain } from './help.js';
import { listingCommands } from './listing.js';
import { mirrorCommand } from './mirror/mirror.js';
import { flagsGiven, flagsOf } from './option-flags.js';
import { policyCommand } from './policy.js';
import { produceCommands } from './produce.js';
import { queueCommand } from './queue.js';
import { topicCommand } from './topic.js';
import { transferCommands } from './transfer.js';
import { userCommand } from './user.js';
import { vhostCommand } from './vhost.js';

const requestFailure = 1;
const usageFailure = 2;

/** Runs the command line and answers its exit code; `start` goes on until the process ends. */
export async function runProgram(args: readonly string[]): Promise<number> {
  // Whoever reads may have enough: `naru consume orders | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await buildProgram().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageFailure;
    if (error instanceof ConfigError) {
      process.stderr.write(`naru: ${error.message}\n`);
      return usageFailure;
    }
    if (error instanceof RequestError) {
      process.stderr.write(`naru: ${error.message}\n`);
      return requestFailure;
    }
    throw error;
  }
}

/** All commands, with their options and help. */
export function buildProgram(): Command {
  const program = new Command('naru')
    .description('A message broker: Kafka, RabbitMQ and Amazon SQS clients over one durable log')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    // What they take is in their own help: here it would leave no room for what they do.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `naru: ${text
            .replace(/^error: /, '')
            .trimEnd()
            .replaceAll('\n', ' ')}\n`,
        ),
    });
  const add = (group: string, ...commands: readonly Command[]): void => {
    for (const command of commands) program.addCommand(command.helpGroup(`${group}:`));
  };
  add('The broker', startCommand(program), doctorCommand(program), benchCommand(program));
  add('Messages', ...produceCommands(program), ...consumeCommands(program), ...transferCommands(program));
  add('Messages that are there', ...againCommands(program));
  add('Topics and groups', topicCommand(program), groupCommand(program));
  add('Queues and exchanges', queueCommand(program), ...exchangeCommands(program));
  add('Who is there', ...listingCommands(program));
  add('Who may do what', ...[userCommand, vhostCommand, policyCommand].map((command) => command(program)));
  add('Moving in and out', mirrorCommand(program), definitionsCommand(program));
  add('This program', completionCommand(program));
  for (const text of closing) explain(program, text);
  return program;
}

const closing: readonly string[] = [
  'Commands ask a running broker at --url, or NARU_URL. `naru <command> --help` says more, with examples. At a terminal lists ' +
    'are tables; otherwise columns are parted by tabs, and --json gives JSON.',
  'Exit codes: 0 it was done; 1 it was refused or did not work; 2 the command line is wrong.',
];

function startCommand(program: Command): Command {
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
