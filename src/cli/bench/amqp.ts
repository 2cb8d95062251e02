import type { Channel } from 'amqplib';
import { AmqpLink, type Publisher } from '../amqp-link.js';
import { plainMessage } from '../input.js';
import { ownAmqp, type WireOptions } from '../place.js';
import type { Subject } from './subject.js';

const prefetch = 1000;

export class AmqpSubject implements Subject {
  readonly front = 'amqp';
  readonly batch = 500;
  /** Confirms of one channel are waited for together. */
  readonly inFlight = 1;
  private readonly queue: string;
  private readonly options: WireOptions;
  private link: AmqpLink | null = null;
  private channel: Channel | null = null;
  private publisher: Publisher | null = null;

  constructor(queue: string, options: WireOptions) {
    this.queue = queue;
    this.options = options;
  }

  async prepare(): Promise<void> {
    this.link = await AmqpLink.open(await ownAmqp(this.options, '/'));
    this.channel = await this.link.channel();
    this.publisher = await this.link.publisher();
    await this.channel.assertQueue(this.queue, { durable: true });
    await this.channel.prefetch(prefetch);
  }

  async produce(payloads: readonly Buffer[]): Promise<void> {
    for (const payload of payloads) await this.publisher!.publish('', this.queue, plainMessage(payload));
    await this.publisher!.confirmed();
  }

  /** All of them by one consumer. */
  async consume(count: number): Promise<number> {
    const channel = this.channel!;
    let taken = 0;
    let consumerTag = '';
    await new Promise<void>((resolve, reject) => {
      this.link!.onEnd(reject);
      const take = (message: Parameters<Channel['ack']>[0] | null): void => {
        if (message === null) return;
        taken++;
        if (taken % 100 === 0 || taken === count) channel.ack(message, true);
        if (taken === count) resolve();
      };
      channel.consume(this.queue, take).then((consuming) => {
        consumerTag = consuming.consumerTag;
      }, reject);
    });
    await channel.cancel(consumerTag);
    return taken;
  }

  async close(): Promise<void> {
    await this.channel?.deleteQueue(this.queue).catch(() => {});
    await this.link?.close();
  }
}
