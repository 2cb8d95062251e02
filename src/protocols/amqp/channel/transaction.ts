import type { AmqpChannel } from './channel.js';
import { Content } from './content.js';
import type { Target } from './publishing.js';

interface Publish {
  readonly target: Target;
  readonly mandatory: boolean;
  readonly content: Buffer;
  readonly body: Buffer;
}

type Settlement =
  | { readonly kind: 'ack'; readonly tag: number; readonly multiple: boolean }
  | { readonly kind: 'return'; readonly tag: number; readonly multiple: boolean; readonly requeue: boolean };

/**
 * What a channel in tx mode keeps until it commits. All of it is then done in one stretch, and so becomes durable in one
 * bundle, whatever queues it is about.
 */
export class Transaction {
  private readonly channel: AmqpChannel;
  private publishes: Publish[] = [];
  private settlements: Settlement[] = [];

  constructor(channel: AmqpChannel) {
    this.channel = channel;
  }

  publish(target: Target, mandatory: boolean, content: Content, body: Buffer, at: number, length: number): void {
    // What is wrong with it is said now, as for any publish.
    this.channel.session.publishing.check(target);
    this.publishes.push({
      target,
      mandatory,
      content: Buffer.from(content.bytes.subarray(content.at, content.at + content.length)),
      body: Buffer.from(body.subarray(at, at + length)),
    });
  }

  ack(tag: number, multiple: boolean): void {
    this.settlements.push({ kind: 'ack', tag, multiple });
  }

  giveBack(tag: number, multiple: boolean, requeue: boolean): void {
    this.settlements.push({ kind: 'return', tag, multiple, requeue });
  }

  commit(): void {
    const { channel, publishes, settlements } = this;
    this.rollback();
    const { session } = channel;
    const { publishing } = session;
    const content = new Content();
    for (const { target, mandatory, content: properties, body } of publishes) {
      content.read(properties, 0, properties.length);
      publishing.take(channel, target, mandatory, content, body, 0, body.length);
    }
    publishing.flush();
    for (const settlement of settlements) {
      if (settlement.kind === 'ack') session.settling.ack(channel, settlement.tag, settlement.multiple);
      else session.settling.giveBack(channel, settlement.tag, settlement.multiple, settlement.requeue);
    }
    session.settling.flush();
  }

  rollback(): void {
    this.publishes = [];
    this.settlements = [];
  }
}
