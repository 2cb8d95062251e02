import { Command } from 'commander';
import { systemClock } from '../../lib/clock.js';
import { RequestError, withShared } from '../admin-request.js';
import { examples, explain } from '../help.js';
import { vhostOption } from '../listing.js';
import { durationShown, printJson } from '../output.js';
import { type WireOptions, withoutPassword } from '../place.js';
import { Progress } from '../progress.js';

export interface MirrorOptions extends WireOptions {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly topics: string;
  readonly groups: string | undefined;
  readonly queues: string;
  readonly once: boolean | undefined;
  readonly name: string | undefined;
  readonly management: string | undefined;
  readonly definitions: string | boolean;
  readonly vhost: string;
}

/** One mirror at work: what it copied, what it has to say, and when it is to end. */
export class MirrorRun {
  readonly options: MirrorOptions;
  /** Copies into Naru, not out of it. */
  readonly inward: boolean;
  /** The other broker. */
  readonly address: string;
  /** The group of Naru that keeps how far this is. */
  readonly group: string;
  readonly progress: Progress;
  private stopping = false;
  private readonly hearers: (() => void)[] = [];

  constructor(options: MirrorOptions, inward: boolean, address: string) {
    this.options = options;
    this.inward = inward;
    this.address = address;
    const { name = placeNameOf(address) } = options;
    this.group = `mirror.${inward ? 'from' : 'to'}.${name}`;
    this.progress = new Progress(`${inward ? 'from' : 'to'} ${withoutPassword(address)}`, systemClock);
  }

  get once(): boolean {
    return this.options.once === true;
  }

  get stopped(): boolean {
    return this.stopping;
  }

  onStop(heard: () => void): void {
    this.hearers.push(heard);
    if (this.stopping) heard();
  }

  stop(): void {
    this.stopping = true;
    for (const heard of this.hearers) heard();
  }

  copied(messages: number, bytes: number): void {
    this.progress.messages += messages;
    this.progress.bytes += bytes;
  }

  /** Something to know, which is no reason to end. */
  note(text: string): void {
    this.progress.close();
    process.stderr.write(`naru: ${text}\n`);
  }
}

/** What is in the name of a group of an address. */
function placeNameOf(address: string): string {
  return withoutPassword(address)
    .replace(/^\w+:\/\//, '')
    .replace(/[?].*$/, '')
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** `naru mirror`: moves in from another broker, or out to one, while both are in use. */
export function mirrorCommand(program: Command): Command {
  const command = new Command('mirror')
    .copyInheritedSettings(program)
    .description('Copy live from a running Kafka or RabbitMQ into Naru, or out of Naru into one');
  withShared(command)
    .option('--from <address>', 'copy from there into Naru: kafka://host:9092 or amqp://user:password@host:5672/vhost')
    .option('--to <address>', 'copy from Naru to there')
    .option('--topics <patterns>', 'of Kafka: these topics, with commas between; * stands for any letters', '*')
    .option(
      '--groups <patterns>',
      'of Kafka: let these groups go on there where they were, while nobody is in them there',
    )
    .option('--queues <patterns>', 'of RabbitMQ: these queues', '*')
    .option('--once', 'end when what is there is copied, instead of following')
    .option('--name <name>', 'under which Naru keeps how far this is, instead of the address')
    .option('--management <url>', 'of RabbitMQ: its management API, else port 15672 of the same host')
    .option('--definitions <file>', 'of RabbitMQ: take queues, exchanges and bindings from what it exported')
    .option('--no-definitions', 'of RabbitMQ: copy only messages of queues that are named and on both sides')
    .option('--kafka <address>', 'where Naru’s Kafka front is, unless the admin API tells (NARU_KAFKA)')
    .option('--amqp <url>', 'where Naru’s AMQP front is, unless the admin API tells (NARU_AMQP)')
    .option(...vhostOption)
    .action(mirror);
  for (const text of explained) explain(command, text);
  return examples(
    command,
    'naru mirror --from kafka://old:9092 --topics "orders,payments.*"',
    'naru mirror --from kafka://old:9092 --groups "*"',
    'naru mirror --to kafka://new:9092 --once',
    'naru mirror --from amqp://guest:guest@rabbit:5672',
    'naru mirror --from kafkas://me:secret@old:9094?mechanism=PLAIN',
  );
}

const explained: readonly string[] = [
  `Of Kafka, topics are made with their partitions and settings, and records keep partition, key, headers and time. Of RabbitMQ, queues, exchanges, bindings and policies are made first; then the messages of queues are moved: they are acknowledged there when they are durable here. Streams are copied. Messages keep routing key, headers and properties; their exchange is named naru.feed.<queue> unless it was the default one.`,
  `How far it is, Naru keeps as offsets of the group mirror.from.<name> or mirror.to.<name>; a mirror that is started again goes on there. Every message arrives at least once: after a crash, those since the last second may arrive again.`,
  `With --groups, groups go on at the other side where they were: at the first record of the time of the one they would read next. Stop their members, see that the mirror has caught up, end it, and start them there.`,
];

async function mirror(options: MirrorOptions): Promise<void> {
  const { from, to } = options;
  const address = from ?? to;
  if (address === undefined || (from !== undefined && to !== undefined)) {
    throw new RequestError('say one of --from and --to: the address of the other broker');
  }
  const run = new MirrorRun(options, from !== undefined, address);
  const stop = (): void => run.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    if (/^amqps?:\/\//.test(address)) {
      const { mirrorRabbit } = await import('./rabbit.js');
      await mirrorRabbit(run);
    } else {
      const { mirrorKafka } = await import('./kafka.js');
      await mirrorKafka(run);
    }
  } finally {
    run.progress.close();
  }
  const { messages, elapsedMs } = run.progress;
  if (options.json === true) printJson({ done: 'copied', messages, group: run.group, ms: Math.round(elapsedMs) });
  else process.stdout.write(`copied ${messages} messages in ${durationShown(elapsedMs)}; kept as ${run.group}\n`);
}
