import { Command } from 'commander';
import { ask, path, RequestError, withShared } from './admin-request.js';
import { AmqpLink, refused } from './amqp-link.js';
import { countFrom, gather, pairsFrom, typedArguments } from './arguments.js';
import { examples } from './help.js';
import { type Cut, inputFrom, messagesIn, plainMessage } from './input.js';
import { KafkaLink } from './kafka-link.js';
import { vhostOption } from './listing.js';
import { type Header, type Message, shown } from './message.js';
import { print, printJson } from './output.js';
import { ownAmqp, ownKafka, type WireOptions } from './place.js';
import { sourceOf } from './source.js';

interface SendOptions extends WireOptions {
  readonly vhost: string;
  readonly key: string | undefined;
  readonly partition?: string | undefined;
  readonly header: readonly string[] | undefined;
  readonly property: readonly string[] | undefined;
  readonly file: string | undefined;
  readonly lines: boolean | undefined;
  readonly whole: boolean | undefined;
  readonly tombstone?: boolean | undefined;
}

/** `naru produce` to a topic or queue, `naru publish` to an exchange. */
export function produceCommands(program: Command): Command[] {
  return [produceCommand(program), publishCommand(program)];
}

function sendOptions(command: Command): Command {
  return withShared(command)
    .option('--key <key>', 'key of a record, routing key of a message')
    .option('--header <name=value>', 'header; may be repeated', gather)
    .option('--property <name=value>', 'property of AMQP, such as contentType=text/plain; may be repeated', gather)
    .option('--file <file>', 'read messages from a file, also .gz, instead of standard input')
    .option('--lines', 'each line that is read is a value, instead of JSON')
    .option('--whole', 'all that is read is one value')
    .option('--kafka <address>', 'where Kafka’s front is, unless the admin API tells (NARU_KAFKA)')
    .option('--amqp <url>', 'where AMQP’s front is, unless the admin API tells (NARU_AMQP)')
    .option(...vhostOption);
}

function produceCommand(program: Command): Command {
  const command = new Command('produce')
    .copyInheritedSettings(program)
    .description('Send messages to a topic or queue: those given, or what is read')
    .argument('<target>', 'topic or queue; topic:NAME or queue:NAME to be sure')
    .argument('[values...]', 'messages; without any they are read as lines of JSON, as consume writes them');
  sendOptions(command)
    .option('--partition <index>', 'partition of a topic, instead of the one of the key')
    .option('--tombstone', 'a record without value, which ends its key in a compacted topic')
    .action(produce);
  return examples(
    command,
    'naru produce orders "hello" --key 42 --header source=shell',
    'naru consume orders | naru produce orders-copy',
    'tail -f app.log | naru produce logs --lines',
    'naru produce customers --key 42 --tombstone',
  );
}

function publishCommand(program: Command): Command {
  const command = new Command('publish')
    .copyInheritedSettings(program)
    .description('Publish messages to an exchange: those given, or what is read')
    .argument('<exchange>', 'exchange; amq.default for the default exchange, with a queue as the key')
    .argument('[values...]', 'messages; without any they are read as lines of JSON, as consume writes them');
  sendOptions(command).action(publish);
  return examples(
    command,
    'naru publish amq.topic "paid" --key order.42.paid --property contentType=text/plain',
    'naru publish amq.default --key jobs --file jobs.jsonl.gz',
  );
}

async function produce(target: string, values: readonly string[], options: SendOptions): Promise<void> {
  const { kind, name } = await sourceOf(target, options, options.vhost);
  if (kind === 'exchange') {
    throw new RequestError(`${name} is an exchange: naru publish ${name} --key <routing key>`);
  }
  const dressed = dress(options, kind === 'queue');
  if (kind === 'queue') {
    // Its routing key is its name for whoever publishes to it by the default exchange.
    await publishAll('', () => name, messages(values, options, dressed), options);
  } else if (values.length > 0 || options.tombstone === true) {
    await produceFew(name, messages(values, options, dressed), options);
  } else {
    await produceMany(name, messages(values, options, dressed), options);
  }
}

async function publish(exchange: string, values: readonly string[], options: SendOptions): Promise<void> {
  const name = exchange === 'amq.default' ? '' : exchange;
  const keyOf = (message: Message): string => options.key ?? message.queue?.routingKey ?? message.key?.toString() ?? '';
  await publishAll(name, keyOf, messages(values, options, dress(options, true)), options);
}

/** What was given on the command line wins over what a line says. */
function dress(options: SendOptions, forQueue: boolean): (message: Message) => Message {
  const properties = typedArguments('--property', options.property);
  if (!forQueue) {
    if (options.property !== undefined) throw new RequestError('--property is for queues: a record has --header');
    const headers = pairsFrom('--header', options.header).map(([name, value]): Header => [name, Buffer.from(value)]);
    const names = new Set(headers.map(([name]) => name));
    const partition = options.partition === undefined ? null : countFrom('--partition', options.partition);
    return (message) => ({
      ...message,
      key: options.key === undefined ? message.key : Buffer.from(options.key),
      headers: headers.length === 0 ? message.headers : [...message.headers.filter(([n]) => !names.has(n)), ...headers],
      partition,
    });
  }
  const headers = typedArguments('--header', options.header);
  const bare = Object.keys(headers).length === 0 && Object.keys(properties).length === 0;
  return (message) => {
    if (bare) return message;
    const before = message.queue?.properties ?? {};
    const own =
      message.queue === null ? Object.fromEntries(message.headers) : (before['headers'] as object | undefined);
    const all = { ...own, ...headers };
    return {
      ...message,
      queue: {
        exchange: '',
        routingKey: message.queue?.routingKey ?? message.key?.toString() ?? '',
        redelivered: false,
        properties: { ...before, ...properties, ...(Object.keys(all).length === 0 ? {} : { headers: all }) },
      },
    };
  };
}

async function* messages(
  values: readonly string[],
  options: SendOptions,
  dressed: (message: Message) => Message,
): AsyncGenerator<Message[]> {
  if (options.tombstone === true) {
    if (values.length > 0) throw new RequestError('a tombstone has no value');
    if (options.key === undefined) throw new RequestError('--tombstone: of which --key?');
    yield [dressed(plainMessage(null))];
    return;
  }
  if (values.length > 0) {
    yield values.map((value) => dressed(plainMessage(Buffer.from(value))));
    return;
  }
  const input = inputFrom(options.file);
  if (options.file === undefined && process.stdin.isTTY === true) {
    process.stderr.write(`${options.lines === true ? 'A line is a message' : 'A line is JSON'}; end with Ctrl-D\n`);
  }
  const cut: Cut = options.whole === true ? 'whole' : options.lines === true ? 'lines' : 'json';
  for await (const run of messagesIn(input, cut)) yield run.map(dressed);
}

interface Produced {
  readonly topic: string;
  readonly offsets: readonly { readonly partition: number; readonly offset: number }[];
}

/** Over HTTP: that answers where they are, and needs no other client. */
async function produceFew(topic: string, runs: AsyncIterable<Message[]>, options: SendOptions): Promise<void> {
  const sent: object[] = [];
  for await (const run of runs) sent.push(...run.map(forHttp));
  const answer = await ask(options, 'POST', `${path('topics', topic)}/messages`, { messages: sent });
  const produced = (await answer.json()) as Produced;
  if (options.json === true) printJson(produced);
  else for (const { partition, offset } of produced.offsets) print(`produced to ${topic} ${partition}:${offset}`);
}

function forHttp({ key, value, headers, partition }: Message): object {
  return {
    ...encoded('key', key),
    ...encoded('value', value),
    // From the command line, and so text.
    headers: headers.map(([name, bytes]) => ({ key: name, value: bytes?.toString() ?? null })),
    ...(partition === null ? {} : { partition }),
  };
}

function encoded(name: string, bytes: Buffer | null): object {
  if (bytes === null) return { [name]: null };
  const told = shown(bytes);
  if (typeof told === 'string') return { [name]: told, [`${name}_encoding`]: 'string' };
  return { [name]: told!.base64, [`${name}_encoding`]: 'base64' };
}

async function produceMany(topic: string, runs: AsyncIterable<Message[]>, options: SendOptions): Promise<void> {
  const link = await KafkaLink.open(await ownKafka(options));
  let count = 0;
  try {
    for await (const run of runs) {
      await link.produce(run.map((message) => ({ topic, message })));
      count += run.length;
    }
  } finally {
    await link.close();
  }
  countTold(options, 'produced', count, topic);
}

async function publishAll(
  exchange: string,
  keyOf: (message: Message) => string,
  runs: AsyncIterable<Message[]>,
  options: SendOptions,
): Promise<void> {
  const link = await AmqpLink.open(await ownAmqp(options, options.vhost));
  let [count, unrouted, key] = [0, 0, ''];
  try {
    const publisher = await link.publisher();
    for await (const run of runs) {
      for (const message of run) {
        key = keyOf(message);
        await publisher.publish(exchange, key, message);
      }
      unrouted += await publisher.confirmed();
      count += run.length;
    }
  } catch (error) {
    throw refused(link.address, error);
  } finally {
    await link.close();
  }
  if (unrouted > 0) {
    const place = exchange === '' ? `there is no queue ${key}` : `nothing is bound to ${exchange} for them`;
    throw new RequestError(`${unrouted} of ${count} messages went nowhere: ${place}`);
  }
  countTold(options, 'published', count, exchange === '' ? key : exchange);
}

function countTold({ json }: SendOptions, what: string, count: number, target: string): void {
  if (json === true) printJson({ done: what, target, messages: count });
  else print(`${what} ${count} to ${target}`);
}
