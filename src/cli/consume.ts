import { Command } from 'commander';
import { parseDuration } from '../config/units.js';
import { systemClock } from '../lib/clock.js';
import { RequestError, withShared } from './admin-request.js';
import { countFrom, gather, oneOf } from './arguments.js';
import { consumeExchange, consumeQueue, type Settling } from './consume-queue.js';
import { examples, explain } from './help.js';
import { KafkaLink } from './kafka-link.js';
import { vhostOption } from './listing.js';
import { lineOf, type Message } from './message.js';
import { type Filter, type FilterOptions, filterFrom } from './message-filter.js';
import { ownAmqp, ownKafka, type WireOptions } from './place.js';
import { sourceOf } from './source.js';
import { tailQueue } from './tail-queue.js';
import { beginning, end, TopicReader } from './topic-reader.js';

export interface ConsumeOptions extends WireOptions, FilterOptions {
  readonly vhost: string;
  readonly from: string | undefined;
  readonly partition: readonly string[] | undefined;
  readonly count: string | undefined;
  readonly follow: boolean | undefined;
  readonly ack?: string;
  readonly routingKey: string | undefined;
  readonly values: boolean | undefined;
  /** Takes nothing out of a queue. */
  readonly looking?: boolean;
}

/** Where what was found goes; answers false when that was enough. */
export class Printed {
  private readonly source: string;
  private readonly valuesOnly: boolean;
  private readonly filter: Filter;
  private readonly countMax: number;
  readonly isFiltered: boolean;
  count = 0;

  constructor(source: string, options: ConsumeOptions) {
    this.isFiltered = [options.key, options.header, options.grep].some((each) => each !== undefined);
    this.source = source;
    this.valuesOnly = options.values === true;
    this.filter = filterFrom(options);
    this.countMax = options.count === undefined ? Number.POSITIVE_INFINITY : countFrom('--count', options.count);
  }

  get enough(): boolean {
    return this.count >= this.countMax;
  }

  /** How many more are wanted. */
  get room(): number {
    return this.countMax - this.count;
  }

  wants(message: Message): boolean {
    return this.filter(message);
  }

  /** Its line is made here unless it comes along. */
  text(message: Message, line?: string): string {
    this.count++;
    if (this.valuesOnly) return `${message.value?.toString() ?? ''}\n`;
    return `${line ?? lineOf(message, this.source)}\n`;
  }
}

/** Resolves when the output has taken it: what is not out yet is not acknowledged. */
export function written(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

/** `naru consume`, and `naru tail`, which is the same from the end on and for ever. */
export function consumeCommands(program: Command): Command[] {
  const consume = consumeOptions(
    program,
    'consume',
    'Read messages of a topic, queue or exchange, one line of JSON each',
  )
    .option('--follow', 'wait for more at the end')
    .option('--ack <mode>', 'of a queue: ack takes messages away, requeue gives them back, reject lets them die', 'ack')
    .action((source: string, options: ConsumeOptions) => run(source, options));
  examples(
    consume,
    'naru consume orders --from 1h --header region=eu --grep refund',
    'naru consume orders --from @1200 --partition 0 --count 10',
    'naru consume jobs --ack requeue --count 5',
    'naru consume queue:jobs --values > jobs.txt',
  );
  const tail = consumeOptions(program, 'tail', 'Follow a topic, queue or exchange from its end on').action(
    (source: string, options: ConsumeOptions) =>
      run(source, { ...options, from: options.from ?? 'end', follow: true, looking: true }),
  );
  explain(
    tail,
    'Of a queue it shows what comes and takes nothing away; what others work off within a moment it may miss. To take messages ' +
      'as they come: naru consume --follow.',
  );
  examples(tail, 'naru tail orders --key "42*"', 'naru tail amq.topic --routing-key "order.#"');
  return [consume, tail];
}

function consumeOptions(program: Command, name: string, description: string): Command {
  const command = new Command(name)
    .copyInheritedSettings(program)
    .description(description)
    .argument('<source>', 'topic, queue or exchange; topic:NAME, queue:NAME or exchange:NAME to be sure');
  return withShared(command)
    .option('--from <place>', 'of a topic: beginning, end, @offset, a time, or so long ago as 1h')
    .option('--partition <index>', 'of this partition alone; may be repeated', gather)
    .option('--count <count>', 'stop after so many')
    .option('--key <pattern>', 'with this key or routing key; * stands for any letters')
    .option('--header <name=pattern>', 'with this header; may be repeated', gather)
    .option('--grep <text>', 'with this text in key, value or headers')
    .option('--routing-key <pattern>', 'of an exchange: what its temporary queue is bound by', '#')
    .option('--values', 'only the values, a line each')
    .option('--kafka <address>', 'where Kafka’s front is, unless the admin API tells (NARU_KAFKA)')
    .option('--amqp <url>', 'where AMQP’s front is, unless the admin API tells (NARU_AMQP)')
    .option(...vhostOption);
}

async function run(text: string, options: ConsumeOptions): Promise<void> {
  const { kind, name } = await sourceOf(text, options, options.vhost);
  const printed = new Printed(name, options);
  if (kind === 'topic') {
    await consumeTopic(name, options, printed);
    return;
  }
  if (kind === 'queue' && options.looking === true) {
    await tailQueue(name, options, printed);
    return;
  }
  if (options.from !== undefined && options.from !== 'end') {
    throw new RequestError(`--from is for topics: a ${kind} hands out what it has; naru rewind takes a queue back`);
  }
  const url = await ownAmqp(options, options.vhost);
  if (kind === 'exchange') {
    await consumeExchange(url, name, options.routingKey ?? '#', printed);
    return;
  }
  const settling = oneOf<Settling>('--ack', options.ack ?? 'ack', ['ack', 'requeue', 'reject']);
  await consumeQueue(url, name, settling, options.follow === true, printed);
}

async function consumeTopic(topic: string, options: ConsumeOptions, printed: Printed): Promise<void> {
  const link = await KafkaLink.open(await ownKafka(options));
  try {
    const starts = await startsOf(link, topic, options);
    const reader = new TopicReader(link, systemClock);
    await reader.add(topic, starts, options.follow === true ? null : await link.offsets(topic, end));
    process.once('SIGINT', () => reader.stop());
    process.once('SIGTERM', () => reader.stop());
    for await (const fetched of reader.fetches()) {
      let text = '';
      for (const { messages } of fetched) {
        for (const message of messages) {
          if (!printed.enough && printed.wants(message)) text += printed.text(message);
        }
      }
      if (text !== '') await written(text);
      if (printed.enough) break;
    }
  } finally {
    await link.close();
  }
}

async function startsOf(
  link: KafkaLink,
  topic: string,
  { from = 'beginning', partition }: ConsumeOptions,
): Promise<ReadonlyMap<number, number>> {
  const offsets = await placeIn(link, topic, from);
  const wanted = partition?.map((text) => countFrom('--partition', text));
  const missing = wanted?.find((index) => index >= offsets.length);
  if (missing !== undefined) {
    throw new RequestError(`topic ${topic} has partitions 0 to ${offsets.length - 1}, not ${missing}`);
  }
  return new Map([...offsets.entries()].filter(([index]) => wanted === undefined || wanted.includes(index)));
}

/** Where `--from` is in each partition. */
async function placeIn(link: KafkaLink, topic: string, from: string): Promise<number[]> {
  const starts = await link.offsets(topic, beginning);
  if (from === 'beginning' || from === 'earliest') return starts;
  if (from === 'end' || from === 'latest') return link.offsets(topic, end);
  const offset = /^@?(\d{1,15})$/.exec(from)?.[1];
  if (offset !== undefined) return starts.map((start) => Math.max(start, Number(offset)));
  const ago = parseDuration(from.replace(/^-/, ''));
  const time = ago === undefined ? Date.parse(from) : systemClock.now() - ago;
  if (Number.isNaN(time)) {
    throw new RequestError(`--from ${from}: give beginning, end, @offset, a time, or so long ago as 1h`);
  }
  return link.offsets(topic, Math.max(0, time));
}
