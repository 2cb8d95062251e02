import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/load.js';
import { version } from '../lib/version.js';
import { RequestError } from './admin-request.js';
import { startCommand } from './start-command.js';

const requestFailure = 1;
const usageFailure = 2;

/** Runs the command line and answers its exit code; `start` goes on until the process ends. */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    const program = bareProgram();
    if (args[0] === 'start') program.addCommand(startCommand(program));
    else await addEverything(program);
    await program.parseAsync(args, { from: 'user' });
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

/** Loaded for all but `start`, which is to be ready soon and has no use for it. */
async function addEverything(program: Command): Promise<void> {
  const { addCommands } = await import('./every-command.js');
  // Whoever reads may have enough: `naru consume orders | head`. A broker goes on without a reader.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  addCommands(program);
}

/** Without any command. */
export function bareProgram(): Command {
  return (
    new Command('naru')
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
      })
  );
}
