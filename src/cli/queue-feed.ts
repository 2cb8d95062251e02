import type { Channel } from 'amqplib';
import type { AmqpLink, Publisher } from './amqp-link.js';
import type { Message } from './message.js';

/**
 * Publishes into one queue and keeps routing keys: through a fanout exchange that only this queue is bound to, and that goes
 * when the feed is closed. Messages that came by the default exchange go by it again.
 */
export class QueueFeed {
  private readonly queue: string;
  private readonly channel: Channel;
  private readonly publisher: Publisher;
  private readonly exchange: string;
  private bound = false;

  private constructor(queue: string, channel: Channel, publisher: Publisher) {
    this.queue = queue;
    this.channel = channel;
    this.publisher = publisher;
    this.exchange = `naru.feed.${queue}`;
  }

  /** Fails when the queue is not there. */
  static async open(link: AmqpLink, queue: string): Promise<QueueFeed> {
    const channel = await link.channel();
    await channel.checkQueue(queue);
    return new QueueFeed(queue, channel, await link.publisher());
  }

  async publish(message: Message): Promise<void> {
    const key = message.queue?.routingKey ?? message.key?.toString() ?? this.queue;
    if (key === this.queue) {
      await this.publisher.publish('', this.queue, message);
      return;
    }
    if (!this.bound) {
      await this.channel.assertExchange(this.exchange, 'fanout', { durable: false, autoDelete: true });
      await this.channel.bindQueue(this.queue, this.exchange, '');
      this.bound = true;
    }
    await this.publisher.publish(this.exchange, key, message);
  }

  /** Answers how many had no route. */
  confirmed(): Promise<number> {
    return this.publisher.confirmed();
  }

  async close(): Promise<void> {
    if (this.bound) await this.channel.unbindQueue(this.queue, this.exchange, '');
    await this.channel.close();
  }
}
