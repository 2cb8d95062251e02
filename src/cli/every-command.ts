import type { Command } from 'commander';
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
import { policyCommand } from './policy.js';
import { produceCommands } from './produce.js';
import { queueCommand } from './queue.js';
import { startCommand } from './start-command.js';
import { topicCommand } from './topic.js';
import { transferCommands } from './transfer.js';
import { userCommand } from './user.js';
import { vhostCommand } from './vhost.js';

/** All commands, with their options and help. */
export function addCommands(program: Command): Command {
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
