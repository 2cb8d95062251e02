import type { Source } from '../../../broker/queue/source.js';
import { brokerErrorOf } from '../../../broker/refusal.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpChannel } from './channel.js';
import type { AmqpConsumer } from './consumer.js';
import { Content } from './content.js';
import type { Target } from './publishing.js';
import { settle } from './settling.js';
import type { Settle } from './unacked.js';

interface Publish {
  readonly target: Target;
  readonly mandatory: boolean;
  readonly content: Buffer;
  readonly body: Buffer;
}

/** Deliveries that are settled when the transaction is: tags from `tag` on belong to the offsets of [from, to). */
export interface Settled {
  readonly tag: number;
  readonly queue: Source;
  readonly consumer: AmqpConsumer | null;
  readonly from: number;
  readonly to: number;
}

type Outcome = 'ack' | 'requeue' | 'reject';

/**
 * What a channel in tx mode keeps until it commits. All of it is then done in one stretch, and so becomes durable in one
 * bundle, whatever queues it is about: after a crash there is all of it or nothing. What would be refused is refused
 * before, when it is asked for or at the latest before anything of the commit is done.
 */
export class Transaction {
  private readonly channel: AmqpChannel;
  private publishes: Publish[] = [];
  private settled: (Settled & { readonly outcome: Outcome })[] = [];
  /** Of its consumers' deliveries, those that are taken out of the channel's for the time being. */
  heldCount = 0;
  private bytes = 0;

  constructor(channel: AmqpChannel) {
    this.channel = channel;
  }

  publish(target: Target, mandatory: boolean, content: Content, body: Buffer, at: number, length: number): void {
    this.channel.session.publishing.refuse(this.channel, target, content);
    this.take(content.length + length);
    this.publishes.push({
      target,
      mandatory,
      content: Buffer.from(content.bytes.subarray(content.at, content.at + content.length)),
      body: Buffer.from(body.subarray(at, at + length)),
    });
  }

  /** Who never commits must not fill the memory: it is the only place where this could be. */
  private take(bytes: number): void {
    const { uncommitted, settings } = this.channel.session.context;
    const limit = settings.transactionBytesMax;
    if (uncommitted.bytes + bytes > limit) {
      throw new AmqpError(replyCodes.preconditionFailed, `transactions hold more than ${limit} bytes`);
    }
    uncommitted.bytes += bytes;
    this.bytes += bytes;
  }

  ack(tag: number, multiple: boolean, method: number): void {
    this.hold(tag, multiple, 'ack', method);
  }

  giveBack(tag: number, multiple: boolean, requeue: boolean): void {
    this.hold(tag, multiple, requeue ? 'requeue' : 'reject', 0);
  }

  /** An unknown tag, or one that was settled before, is told at once, as without a transaction. */
  private hold(first: number, multiple: boolean, outcome: Outcome, method: number): void {
    const keep: Settle = (queue, consumer, from, to, tag) => {
      this.settled.push({ tag, queue, consumer, from, to, outcome });
      if (consumer !== null) this.heldCount += to - from;
    };
    settle(this.channel, first, multiple, keep, method);
  }

  commit(): void {
    const { channel, publishes, settled } = this;
    const { session } = channel;
    const { refusal } = session.context.broker.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
    this.refuseChanged(publishes);
    this.forget();
    this.publishAll(publishes);
    for (const each of settled) this.settle(each, each.outcome);
  }

  /** What was right when it was published may not be any more: permissions, exchanges, who waits for an answer. */
  private refuseChanged(publishes: readonly Publish[]): void {
    const { channel } = this;
    const content = new Content();
    for (const { target, content: properties } of publishes) {
      content.read(properties, 0, properties.length);
      channel.session.publishing.refuse(channel, target, content);
    }
  }

  private publishAll(publishes: readonly Publish[]): void {
    const { channel } = this;
    const { publishing } = channel.session;
    const content = new Content();
    for (const { target, mandatory, content: properties, body } of publishes) {
      content.read(properties, 0, properties.length);
      publishing.take(channel, target, mandatory, content, body, 0, body.length);
    }
    publishing.flush();
  }

  private settle({ queue, consumer, from, to }: Settled, outcome: Outcome): void {
    const { holder, traffic } = this.channel;
    if (consumer !== null) consumer.unsettled -= to - from;
    if (outcome === 'ack') traffic.acknowledged += to - from;
    if (queue.gone) return;
    if (outcome === 'ack') queue.ack(holder, from, to);
    else if (outcome === 'requeue') queue.release(holder, from, to);
    else queue.reject(holder, from, to);
    queue.wanted();
  }

  /** What was published is gone, and what was settled waits again. */
  rollback(): void {
    const { settled } = this;
    this.forget();
    this.channel.unacked.restore(settled);
  }

  private forget(): void {
    this.channel.session.context.uncommitted.bytes -= this.bytes;
    this.bytes = 0;
    this.publishes = [];
    this.settled = [];
    this.heldCount = 0;
  }
}
