import type { Channel, ConsumeMessage } from 'amqplib';
import { systemClock } from '../lib/clock.js';
import { AmqpLink, deliveryOf, refused } from './amqp-link.js';
import { type Printed, written } from './consume.js';

/** What becomes of a message that was printed. Those that a filter left out go back. */
export type Settling = 'ack' | 'requeue' | 'reject';

const prefetchMax = 500;
/** Another consumer may have had what was counted. */
const silenceMs = 1000;

/** To where the queue is empty, or for ever. */
export async function consumeQueue(
  url: string,
  queue: string,
  settling: Settling,
  follow: boolean,
  printed: Printed,
): Promise<void> {
  const link = await AmqpLink.open(url);
  try {
    const channel = await link.channel();
    const { messageCount } = await channel.checkQueue(queue);
    if (messageCount === 0 && !follow) return;
    const waiting = follow ? Number.POSITIVE_INFINITY : messageCount;
    const intake = new Intake(link, channel, settling, printed, waiting);
    // What is kept to the end needs room for all of it.
    if (settling !== 'requeue' && !printed.isFiltered) await channel.prefetch(Math.min(prefetchMax, printed.room));
    await intake.take(queue, false);
  } catch (error) {
    throw refused(link.address, error);
  } finally {
    await link.close();
  }
}

/** By a queue that is there only as long as somebody looks. */
export async function consumeExchange(url: string, exchange: string, key: string, printed: Printed): Promise<void> {
  const link = await AmqpLink.open(url);
  try {
    const channel = await link.channel();
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, exchange, key);
    process.stderr.write(`bound to ${exchange} by ${key}\n`);
    await new Intake(link, channel, 'ack', printed, Number.POSITIVE_INFINITY).take(queue, true);
  } catch (error) {
    throw refused(link.address, error);
  } finally {
    await link.close();
  }
}

/** What a consumer was given, until it is printed and settled. */
class Intake {
  private readonly link: AmqpLink;
  private readonly channel: Channel;
  private readonly settling: Settling;
  private readonly printed: Printed;
  private left: number;
  private gathered: ConsumeMessage[] = [];
  private busy = false;
  private over = false;
  private heardMs = systemClock.monotonic();
  private finish: (error?: Error) => void = () => {};

  constructor(link: AmqpLink, channel: Channel, settling: Settling, printed: Printed, left: number) {
    this.link = link;
    this.channel = channel;
    this.settling = settling;
    this.printed = printed;
    this.left = left;
  }

  /** Until there is no more, that was enough, or somebody presses Ctrl-C. */
  async take(queue: string, noAck: boolean): Promise<void> {
    const finished = new Promise<void>((resolve, reject) => {
      this.finish = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.link.onEnd((error) => this.finish(error));
    this.channel.on('error', (error: Error) => this.finish(error));
    const enough = (): void => this.finish();
    process.once('SIGINT', enough);
    process.once('SIGTERM', enough);
    const { consumerTag } = await this.channel.consume(queue, (message) => this.hear(message, noAck), { noAck });
    if (Number.isFinite(this.left)) this.watchSilence();
    await finished;
    this.over = true;
    await this.channel.cancel(consumerTag);
    // What was not settled goes back when the channel closes, in its order.
    await this.channel.close();
  }

  private watchSilence(): void {
    systemClock.after(silenceMs, () => {
      if (this.over) return;
      if (!this.busy && systemClock.monotonic() - this.heardMs >= silenceMs) this.finish();
      else this.watchSilence();
    });
  }

  private hear(message: ConsumeMessage | null, noAck: boolean): void {
    if (message === null) {
      this.finish(new Error('the queue was deleted'));
      return;
    }
    this.heardMs = systemClock.monotonic();
    this.gathered.push(message);
    if (this.busy) return;
    this.busy = true;
    // All that this read of the socket brings.
    systemClock.soon(() => {
      this.print(noAck).then(
        () => {},
        (error: Error) => this.finish(error),
      );
    });
  }

  private async print(noAck: boolean): Promise<void> {
    while (this.gathered.length > 0 && !this.over) {
      const run = this.gathered;
      this.gathered = [];
      const told: ConsumeMessage[] = [];
      let text = '';
      for (const raw of run) {
        if (this.printed.enough || this.left <= 0) break;
        this.left--;
        const { message } = deliveryOf(raw);
        if (!this.printed.wants(message)) continue;
        text += this.printed.text(message);
        told.push(raw);
      }
      if (text !== '') await written(text);
      if (!noAck) this.settle(told);
      if (this.printed.enough || this.left <= 0) this.finish();
    }
    this.busy = false;
  }

  private settle(told: readonly ConsumeMessage[]): void {
    if (this.settling === 'requeue') return;
    for (const raw of told) {
      if (this.settling === 'ack') this.channel.ack(raw);
      else this.channel.reject(raw, false);
    }
  }
}
