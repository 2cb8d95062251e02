import { Command } from 'commander';
import { systemClock } from '../lib/clock.js';
import { StoreError } from '../store/files.js';
import { FileToWrite } from '../store/user-file.js';
import { RequestError, withShared } from './admin-request.js';
import { AmqpLink, deliveryOf, refused } from './amqp-link.js';
import { written } from './consume.js';
import { examples, explain } from './help.js';
import { type Input, inputFrom, messagesIn } from './input.js';
import { KafkaLink } from './kafka-link.js';
import { vhostOption } from './listing.js';
import { lineOf, type Message } from './message.js';
import { bytesShown, durationShown, printJson } from './output.js';
import { ownAmqp, ownKafka, type WireOptions } from './place.js';
import { Progress } from './progress.js';
import { QueueFeed } from './queue-feed.js';
import { sourceOf } from './source.js';
import { beginning, end, TopicReader } from './topic-reader.js';

interface TransferOptions extends WireOptions {
  readonly vhost: string;
  readonly overwrite?: boolean | undefined;
  readonly repartition?: boolean | undefined;
}

/** `naru export` and `naru import`. */
export function transferCommands(program: Command): Command[] {
  const fronts = (command: Command): Command =>
    withShared(command)
      .option('--kafka <address>', 'where Kafka’s front is, unless the admin API tells (NARU_KAFKA)')
      .option('--amqp <url>', 'where AMQP’s front is, unless the admin API tells (NARU_AMQP)')
      .option(...vhostOption);
  const exporting = fronts(
    new Command('export')
      .copyInheritedSettings(program)
      .description('Write all messages of a topic or queue as lines of JSON, and leave them where they are')
      .argument('<source>', 'topic or queue; topic:NAME or queue:NAME to be sure')
      .argument('[file]', 'compressed when its name ends in .gz; none or - is the output'),
  )
    .option('--overwrite', 'also when the file is there')
    .action(exportAll);
  explain(exporting, 'What a queue has is handed out and given back for that: afterwards it counts as redelivered.');
  examples(exporting, 'naru export orders orders.jsonl.gz', 'naru export queue:jobs | jq .value');
  const importing = fronts(
    new Command('import')
      .copyInheritedSettings(program)
      .description('Send what was exported to a topic or queue, with keys, headers, times and properties')
      .argument('<target>', 'topic or queue that is there; topic:NAME or queue:NAME to be sure')
      .argument('[file]', 'compressed when its name ends in .gz; none or - is the input'),
  )
    .option('--repartition', 'choose partitions by the keys instead of keeping them')
    .action(importAll);
  examples(importing, 'naru import orders orders.jsonl.gz', 'zstdcat old.jsonl.zst | naru import orders --repartition');
  return [exporting, importing];
}

/** Lines into a file or to the output, and how far that is. */
class Sink {
  readonly progress: Progress;
  private readonly source: string;
  private readonly file: FileToWrite | null;

  constructor(source: string, path: string | undefined, overwrite: boolean) {
    this.source = source;
    this.file = path === undefined || path === '-' ? null : created(path, overwrite);
    this.progress = new Progress(source, systemClock);
  }

  async write(messages: readonly Message[]): Promise<void> {
    let text = '';
    for (const message of messages) text += `${lineOf(message, this.source)}\n`;
    if (text === '') return;
    this.progress.messages += messages.length;
    this.progress.bytes += text.length;
    if (this.file === null) await written(text);
    else await this.file.write(text);
  }

  async close(): Promise<void> {
    this.progress.close();
    await this.file?.close();
  }
}

function created(path: string, overwrite: boolean): FileToWrite {
  try {
    return FileToWrite.create(path, overwrite);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const there = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EEXIST';
    throw new RequestError(there ? `${path} is there already: --overwrite writes it anew` : error.message, {
      cause: error,
    });
  }
}

async function exportAll(text: string, file: string | undefined, options: TransferOptions): Promise<void> {
  const { kind, name } = await sourceOf(text, options, options.vhost);
  if (kind === 'exchange') throw new RequestError(`${name} is an exchange, which keeps nothing: naru tail ${name}`);
  const sink = new Sink(name, file, options.overwrite === true);
  try {
    if (kind === 'topic') await exportTopic(name, sink, options);
    else await exportQueue(name, sink, options);
  } catch (error) {
    if (error instanceof StoreError) throw new RequestError(error.message, { cause: error });
    throw error;
  } finally {
    await sink.close();
  }
  told('exported', name, sink.progress, options, file === undefined || file === '-');
}

async function exportTopic(topic: string, sink: Sink, options: TransferOptions): Promise<void> {
  const link = await KafkaLink.open(await ownKafka(options));
  try {
    const starts = await link.offsets(topic, beginning);
    const ends = await link.offsets(topic, end);
    sink.progress.total = ends.reduce((sum, offset, at) => sum + offset - starts[at]!, 0);
    const reader = new TopicReader(link, systemClock);
    await reader.add(topic, new Map(starts.entries()), ends);
    for await (const fetched of reader.fetches()) {
      for (const { messages } of fetched) await sink.write(messages);
      // Offsets of markers and of what was compacted away count as well: they are behind too.
      sink.progress.at = reader.position(topic) - starts.reduce((sum, start) => sum + start, 0);
    }
  } finally {
    await link.close();
  }
}

const silenceMs = 1000;

/** Has them handed out and gives them back: so they count as redelivered afterwards. */
async function exportQueue(queue: string, sink: Sink, options: TransferOptions): Promise<void> {
  const link = await AmqpLink.open(await ownAmqp(options, options.vhost));
  try {
    const channel = await link.channel();
    const { messageCount } = await channel.checkQueue(queue);
    sink.progress.total = messageCount;
    if (messageCount === 0) return;
    await new Promise<void>((resolve, reject) => {
      let [left, heardMs, writing] = [messageCount, systemClock.monotonic(), Promise.resolve()];
      link.onEnd(reject);
      channel.on('error', reject);
      const watch = (): void => {
        systemClock.after(silenceMs, () => {
          if (systemClock.monotonic() - heardMs >= silenceMs) writing.then(resolve, reject);
          else watch();
        });
      };
      watch();
      const hear = (raw: Parameters<Parameters<typeof channel.consume>[1]>[0]): void => {
        if (raw === null || left <= 0) return;
        left--;
        heardMs = systemClock.monotonic();
        const { message } = deliveryOf(raw);
        sink.progress.at++;
        writing = writing.then(() => sink.write([message]));
        if (left === 0) writing.then(resolve, reject);
      };
      channel.consume(queue, hear, { noAck: false }).catch(reject);
    });
    await channel.close();
  } catch (error) {
    throw error instanceof StoreError ? error : refused(link.address, error);
  } finally {
    await link.close();
  }
}

async function importAll(text: string, file: string | undefined, options: TransferOptions): Promise<void> {
  const { kind, name } = await sourceOf(text, options, options.vhost);
  if (kind === 'exchange') throw new RequestError(`${name} is an exchange: naru publish ${name} --file ${file ?? '-'}`);
  const input = inputFrom(file);
  const progress = new Progress(name, systemClock);
  progress.total = input.sizeBytes ?? 0;
  try {
    if (kind === 'topic') await importTopic(name, input, progress, options);
    else await importQueue(name, input, progress, options);
  } finally {
    progress.close();
  }
  told('imported', name, progress, options, false);
}

async function importTopic(topic: string, input: Input, progress: Progress, options: TransferOptions): Promise<void> {
  const link = await KafkaLink.open(await ownKafka(options));
  try {
    const partitions = (await link.describe([topic])).get(topic)!.leaders.length;
    for await (const run of messagesIn(input, 'json')) {
      const batch = run.map((each) => {
        const message = { ...asRecord(each), partition: options.repartition === true ? null : each.partition };
        if (message.partition === null || message.partition < partitions) return { topic, message };
        throw new RequestError(
          `a line has partition ${message.partition}, and ${topic} has ${partitions}: give it more, or --repartition`,
        );
      });
      await link.produce(batch);
      advanced(progress, input, run);
    }
  } finally {
    await link.close();
  }
}

/** What was exported from a queue, for a topic: the routing key is the key, headers that are text or bytes are headers. */
function asRecord(message: Message): Message {
  const { queue } = message;
  if (queue === null) return message;
  const given = (queue.properties['headers'] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...message,
    key: queue.routingKey === '' ? null : Buffer.from(queue.routingKey),
    headers: Object.entries(given).map(([name, value]) => [name, headerBytes(value)] as const),
    queue: null,
  };
}

function headerBytes(value: unknown): Buffer | null {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

async function importQueue(queue: string, input: Input, progress: Progress, options: TransferOptions): Promise<void> {
  const link = await AmqpLink.open(await ownAmqp(options, options.vhost));
  try {
    const feed = await QueueFeed.open(link, queue);
    for await (const run of messagesIn(input, 'json')) {
      for (const message of run) await feed.publish(message);
      const unrouted = await feed.confirmed();
      if (unrouted > 0) throw new RequestError(`${unrouted} messages went nowhere: the queue ${queue} went away`);
      advanced(progress, input, run);
    }
    await feed.close();
  } catch (error) {
    throw refused(link.address, error);
  } finally {
    await link.close();
  }
}

function advanced(progress: Progress, input: Input, run: readonly Message[]): void {
  progress.messages += run.length;
  progress.at = input.readBytes();
  for (const { value } of run) progress.bytes += value?.length ?? 0;
}

/** Beside the data when that goes to the output. */
function told(
  what: string,
  name: string,
  { messages, bytes, elapsedMs }: Progress,
  { json }: TransferOptions,
  beside: boolean,
): void {
  if (json === true && !beside) {
    printJson({ done: what, name, messages, bytes, ms: Math.round(elapsedMs) });
    return;
  }
  const line = `${what} ${messages} messages of ${name} (${bytesShown(bytes)} in ${durationShown(elapsedMs)})\n`;
  if (beside) process.stderr.write(line);
  else process.stdout.write(line);
}
