import type { Source } from '../../../broker/queue/source.js';
import { MethodId } from '../codec/methods.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpChannel } from './channel.js';
import type { Settle } from './unacked.js';

/**
 * What a connection's acks settle. Acks that follow one another on one queue become one range, which takes effect at
 * the end of the turn, or before anything else that might look: a thousand acks cost the ledger one operation.
 */
export class Settling {
  private queue: Source | null = null;
  private channel: AmqpChannel | null = null;
  private from = 0;
  private to = 0;
  /** Of the channel whose acks are being looked at. */
  private nextChannel: AmqpChannel | null = null;

  /** basic.ack; a transaction keeps it until it commits. */
  acked(channel: AmqpChannel, tag: number, multiple: boolean): void {
    if (channel.transaction !== null) channel.transaction.ack(tag, multiple, MethodId.basicAck);
    else this.ack(channel, tag, multiple);
  }

  ack(channel: AmqpChannel, tag: number, multiple: boolean): void {
    this.nextChannel = channel;
    settle(channel, tag, multiple, this.gather, MethodId.basicAck);
  }

  /** basic.nack and basic.reject. */
  giveBack(channel: AmqpChannel, tag: number, multiple: boolean, requeue: boolean): void {
    const { holder } = channel;
    this.flush();
    const give: Settle = (queue, consumer, from, to) => {
      if (consumer !== null) consumer.unsettled -= to - from;
      if (queue.gone) return;
      if (requeue) queue.release(holder, from, to);
      else queue.reject(holder, from, to);
      queue.wanted();
    };
    settle(channel, tag, multiple, give, 0);
  }

  private readonly gather: Settle = (queue, consumer, from, to) => {
    if (consumer !== null) consumer.unsettled -= to - from;
    if (this.queue === queue && this.to === from && this.channel === this.nextChannel) {
      this.to = to;
      return;
    }
    this.flush();
    this.queue = queue;
    this.channel = this.nextChannel;
    this.from = from;
    this.to = to;
  };

  /** Lets the gathered acks take effect. */
  flush(): void {
    const { queue } = this;
    if (queue === null) return;
    const channel = this.channel!;
    this.queue = null;
    channel.traffic.acknowledged += this.to - this.from;
    if (queue.gone) return;
    queue.ack(channel.holder, this.from, this.to);
    queue.wanted();
  }
}

/** Takes deliveries out of the channel's, and says which. */
export function settle(channel: AmqpChannel, tag: number, multiple: boolean, each: Settle, method: number): void {
  const { unacked } = channel;
  if (!multiple) {
    if (!unacked.settle(tag, each)) throw unknownTag(tag, method);
  } else if (tag === 0) {
    unacked.settleAll(each);
  } else {
    if (!unacked.has(tag)) throw unknownTag(tag, method);
    unacked.settleTo(tag, each);
  }
  // A limit of the channel as a whole held its other consumers back too.
  if (channel.prefetch > 0) for (const consumer of channel.consumers.values()) consumer.queue.wanted();
}

function unknownTag(tag: number, method: number): AmqpError {
  return new AmqpError(replyCodes.preconditionFailed, `unknown delivery tag ${tag}`, method);
}
