import type { Channel, ConsumeMessage } from 'amqplib';
import { systemClock } from '../../lib/clock.js';
import { RequestError } from '../admin-request.js';
import { type AmqpLink, deliveryOf } from '../amqp-link.js';
import { QueueFeed } from '../queue-feed.js';
import type { CopiedQueue } from './definitions-copy.js';
import type { MirrorRun } from './mirror.js';
import type { StreamPlaces } from './stream-places.js';

const prefetch = 1000;
const silenceMs = 1500;

/** Takes what a queue has to the queue of that name on the other side; acknowledges what is durable there. */
export class QueueMove {
  readonly queue: CopiedQueue;
  private readonly mirror: MirrorRun;
  private readonly source: AmqpLink;
  private readonly target: AmqpLink;
  private readonly places: StreamPlaces | null;
  private gathered: ConsumeMessage[] = [];
  private wake: () => void = () => {};
  private heardMs = systemClock.monotonic();
  private ending = false;
  private failure: Error | null = null;

  constructor(mirror: MirrorRun, source: AmqpLink, target: AmqpLink, queue: CopiedQueue, places: StreamPlaces | null) {
    this.mirror = mirror;
    this.source = source;
    this.target = target;
    this.queue = queue;
    this.places = places;
  }

  stop(): void {
    this.ending = true;
    this.wake();
  }

  async run(): Promise<void> {
    const { name, isStream } = this.queue;
    const channel = await this.source.channel();
    const feed = await QueueFeed.open(this.target, name);
    channel.on('error', (error: Error) => this.fail(error));
    await channel.prefetch(prefetch);
    const { messageCount } = await channel.checkQueue(name);
    let left = this.mirror.once && !isStream ? messageCount : Number.POSITIVE_INFINITY;
    if (this.mirror.once) this.watchSilence();
    if (left === 0) this.ending = true;
    else this.mirror.progress.total += this.mirror.once ? messageCount : 0;
    const from = isStream ? await this.places!.next(name) : null;
    const offset = isStream ? { arguments: { 'x-stream-offset': from ?? 'first' } } : {};
    const { consumerTag } = await channel.consume(name, (message) => this.hear(message), { noAck: false, ...offset });
    while (!this.ending) {
      await this.something();
      const run = this.gathered.splice(0, Math.min(this.gathered.length, left));
      if (run.length === 0) continue;
      await this.copy(run, channel, feed);
      left -= run.length;
      if (left <= 0) break;
    }
    if (this.failure !== null) throw this.failure;
    await channel.cancel(consumerTag);
    await channel.close();
    await feed.close();
  }

  /** The whole run is acknowledged when it is confirmed, or not at all. */
  private async copy(run: readonly ConsumeMessage[], channel: Channel, feed: QueueFeed): Promise<void> {
    let bytes = 0;
    for (const raw of run) {
      const { message } = deliveryOf(raw);
      await feed.publish(this.queue.isStream ? withoutPlace(message) : message);
      bytes += raw.content.length;
    }
    const unrouted = await feed.confirmed();
    if (unrouted > 0) throw new RequestError(`${this.target.address} has no queue ${this.queue.name} any more`);
    if (this.queue.isStream) await this.places!.keep(this.queue.name, placeOf(run.at(-1)!) + 1);
    channel.ack(run.at(-1)!, true);
    this.mirror.copied(run.length, bytes);
    this.mirror.progress.at += run.length;
  }

  private hear(message: ConsumeMessage | null): void {
    if (message === null)
      this.fail(new RequestError(`${this.source.address} ended the consumer of ${this.queue.name}`));
    else this.gathered.push(message);
    this.heardMs = systemClock.monotonic();
    this.wake();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.stop();
  }

  /** Until there is something to copy, or it is over. */
  private something(): Promise<void> {
    if (this.gathered.length > 0 || this.ending) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** A stream has no count of what is left, and another consumer may have had what was counted. */
  private watchSilence(): void {
    systemClock.after(silenceMs, () => {
      if (this.ending) return;
      if (this.gathered.length === 0 && systemClock.monotonic() - this.heardMs >= silenceMs) this.stop();
      else this.watchSilence();
    });
  }
}

const placeHeader = 'x-stream-offset';

function placeOf(raw: ConsumeMessage): number {
  return Number((raw.properties.headers as Readonly<Record<string, unknown>> | undefined)?.[placeHeader]);
}

type Copied = ReturnType<typeof deliveryOf>['message'];

/** Where it lay is not part of it. */
function withoutPlace(message: Copied): Copied {
  const queue = message.queue!;
  const { [placeHeader]: _place, ...headers } = (queue.properties['headers'] ?? {}) as Record<string, unknown>;
  return { ...message, queue: { ...queue, properties: { ...queue.properties, headers } } };
}
