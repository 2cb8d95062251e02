import { Command } from 'commander';
import { systemClock } from '../lib/clock.js';
import { ask, path, RequestError, read, type Shared, withShared } from './admin-request.js';
import { countFrom, gather, oneOf, pairFrom } from './arguments.js';
import { examples } from './help.js';
import { type InVhost, vhostOption } from './listing.js';
import { done, print, printJson } from './output.js';
import { type Peeked, peekedLine } from './peeked.js';
import { Progress } from './progress.js';
import { sourceOf } from './source.js';
import { pause } from './waiting.js';

interface PeekOptions extends InVhost {
  readonly count: string;
  readonly newest: boolean | undefined;
  readonly state: string;
  readonly key: string | undefined;
  readonly header: readonly string[] | undefined;
  readonly grep: string | undefined;
}

interface RewindOptions extends InVhost {
  readonly toTime: string | undefined;
  readonly toOffset: string | undefined;
  readonly byArrival: boolean | undefined;
  readonly dryRun: boolean | undefined;
}

interface RedriveOptions extends InVhost {
  readonly to: string | undefined;
  readonly count: string | undefined;
  readonly rate: string | undefined;
  readonly wait: boolean;
}

interface Task {
  readonly id: string;
  readonly status: string;
  readonly messages: number | null;
  readonly moved: number;
  readonly failure: string | null;
}

const states = ['ready', 'locked', 'delayed', 'dead', 'done', 'any'];

/** What is there and what was, without a client: peek, rewind and redrive. */
export function againCommands(program: Command): Command[] {
  return [peekCommand(program), rewindCommand(program), redriveCommand(program)];
}

function peekCommand(program: Command): Command {
  const command = new Command('peek')
    .copyInheritedSettings(program)
    .description('Look at messages of a topic or queue and leave them as they are, one line of JSON each')
    .argument('<source>', 'topic or queue; topic:NAME or queue:NAME to be sure');
  withShared(command)
    .option('--count <count>', 'how many', '10')
    .option('--newest', 'the last instead of the first')
    .option('--state <state>', `of a queue, those that are ${states.join(', ')}`, 'ready')
    .option('--key <key>', 'with this key or routing key')
    .option('--header <name=value>', 'with this header, or a header of this name', gather)
    .option('--grep <text>', 'with this text in key or value')
    .option(...vhostOption)
    .action(peek);
  return examples(command, 'naru peek jobs --count 3', 'naru peek jobs --state dead', 'naru peek orders --newest');
}

async function peek(source: string, options: PeekOptions): Promise<void> {
  const { kind, name } = await sourceOf(source, options, options.vhost);
  if (kind === 'exchange') throw new RequestError(`${name} is an exchange, which keeps nothing: naru tail ${name}`);
  const query = new URLSearchParams({ count: String(countFrom('--count', options.count)), truncate: '1048576' });
  if (options.newest === true) query.set('newest', 'true');
  if (kind === 'queue') query.set('state', oneOf('--state', options.state, states));
  if (options.key !== undefined) query.set('key', options.key);
  if (options.grep !== undefined) query.set('text', options.grep);
  const [header, another] = options.header ?? [];
  if (another !== undefined) throw new RequestError('--header: peek looks for one; consume and tail for several');
  if (header?.includes('=') === true) {
    const [headerName, value] = pairFrom('--header', header);
    query.set('header', headerName);
    query.set('header_value', value);
  } else if (header !== undefined) query.set('header', header);
  const where = kind === 'queue' ? path('queues', options.vhost, name) : path('topics', name);
  const { messages } = await read<{ readonly messages: readonly Peeked[] }>(options, `${where}/messages?${query}`);
  // The newest come first from there; on a screen the last line is the newest.
  const shown = options.newest === true ? [...messages].reverse() : messages;
  for (const message of shown) print(JSON.stringify(peekedLine(message, kind, name)));
}

function rewindCommand(program: Command): Command {
  const command = new Command('rewind')
    .copyInheritedSettings(program)
    .description('Hand out again what a queue with retention has worked off (groups of topics: naru group reset)')
    .argument('<queue>');
  withShared(command)
    .option('--to-time <time>', 'what was done since: a time such as 2026-01-31T09:00:00Z, or so long ago: 1h')
    .option('--by-arrival', 'what arrived since then, instead of what was done')
    .option('--to-offset <offset>', 'what is there from this offset on')
    .option('--dry-run', 'only tell how many that would be')
    .option(...vhostOption)
    .action(rewind);
  return examples(command, 'naru rewind jobs --to-time 1h --dry-run', 'naru rewind jobs --to-time 1h');
}

async function rewind(queue: string, options: RewindOptions): Promise<void> {
  const { toTime, toOffset } = options;
  if ((toTime === undefined) === (toOffset === undefined)) {
    throw new RequestError('say where to: one of --to-time, --to-offset');
  }
  const place =
    toTime === undefined
      ? { offset: countFrom('--to-offset', toOffset!) }
      : { time: toTime, by: options.byArrival === true ? 'arrival' : 'done' };
  const body = { ...place, dry_run: options.dryRun === true };
  const answer = await ask(options, 'POST', `${path('queues', options.vhost, queue)}/rewind`, body);
  const told = (await answer.json()) as { readonly messages: number };
  if (options.json === true) printJson(told);
  else print(`${told.messages} messages of ${queue} ${options.dryRun === true ? 'would be' : 'are'} handed out again`);
}

function redriveCommand(program: Command): Command {
  const command = new Command('redrive')
    .copyInheritedSettings(program)
    .description('Move the messages of a queue of dead letters back to where they died, or elsewhere')
    .argument('<queue>');
  withShared(command)
    .option('--to <queue>', 'to this queue, instead of where each died')
    .option('--count <count>', 'only so many')
    .option('--rate <count>', 'at most so many a second')
    .option('--no-wait', 'do not wait until all are moved')
    .option(...vhostOption)
    .action(redrive);
  return examples(command, 'naru redrive dead', 'naru redrive dead --to jobs --count 100 --rate 10');
}

const lookEveryMs = 200;

async function redrive(queue: string, options: RedriveOptions): Promise<void> {
  const where = `${path('queues', options.vhost, queue)}/redrives`;
  const body = {
    ...(options.to === undefined ? {} : { destination: options.to }),
    ...(options.count === undefined ? {} : { count: countFrom('--count', options.count) }),
    ...(options.rate === undefined ? {} : { rate: countFrom('--rate', options.rate) }),
  };
  let task = (await (await ask(options, 'POST', where, body)).json()) as Task;
  if (options.wait) task = await finished(where, task, queue, options);
  if (task.failure !== null) throw new RequestError(`${task.moved} were moved, then it ended: ${task.failure}`);
  if (options.json === true) printJson(task);
  else if (options.wait) print(`moved ${task.moved} messages of ${queue}`);
  else done(options, 'moving messages of', queue);
}

async function finished(where: string, begun: Task, queue: string, options: Shared): Promise<Task> {
  const progress = new Progress(queue, systemClock);
  try {
    let task = begun;
    while (task.status === 'running') {
      await pause(systemClock, lookEveryMs);
      const tasks = await read<readonly Task[]>(options, where);
      task = tasks.find(({ id }) => id === begun.id) ?? { ...task, status: 'gone' };
      progress.messages = task.moved;
      progress.at = task.moved;
      progress.total = task.messages ?? 0;
    }
    return task;
  } finally {
    progress.close();
  }
}
