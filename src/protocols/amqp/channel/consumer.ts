import type { QueueConsumer } from '../../../broker/queue/consumers.js';
import type { Source } from '../../../broker/queue/source.js';
import { viewOf } from '../../../lib/short-copy.js';
import type { AmqpChannel } from './channel.js';
import { deliver } from './delivery.js';

/** What a consumer that acknowledges nothing gets between two looks at how full its connection is. */
const withoutLimit = 1024;

/** One basic.consume. */
export class AmqpConsumer implements QueueConsumer {
  readonly channel: AmqpChannel;
  readonly queue: Source;
  readonly tag: string;
  readonly tagBytes: Buffer;
  readonly tagView: DataView;
  readonly priority: number;
  readonly acknowledges: boolean;
  readonly exclusive: boolean;
  readonly arguments: ReadonlyMap<string, unknown>;
  /** 0 for no limit. */
  readonly prefetch: number;
  /** How long it may take for an ack; 0 where others say. */
  readonly timeoutMs: number;
  /** Deliveries that are not settled. */
  unsettled = 0;

  constructor(
    channel: AmqpChannel,
    queue: Source,
    tag: string,
    priority: number,
    acknowledges: boolean,
    exclusive: boolean,
    args: ReadonlyMap<string, unknown>,
  ) {
    this.channel = channel;
    this.queue = queue;
    this.tag = tag;
    this.tagBytes = Buffer.from(tag);
    this.tagView = viewOf(this.tagBytes);
    this.priority = priority;
    this.acknowledges = acknowledges;
    this.exclusive = exclusive;
    this.arguments = args;
    this.prefetch = acknowledges ? channel.consumerPrefetch : 0;
    this.timeoutMs = timeoutOf(args);
  }

  get holder(): number {
    return this.channel.holder;
  }

  room(): number {
    const { channel } = this;
    if (!channel.takesDeliveries) return 0;
    let room = this.prefetch === 0 ? withoutLimit : this.prefetch - this.unsettled;
    if (this.acknowledges && channel.prefetch > 0) room = Math.min(room, channel.prefetch - channel.unsettled);
    return room;
  }

  deliver(queue: Source, from: number, to: number, deliveries: number, attempts: number): number {
    const { channel } = this;
    const firstTag = channel.lastTag + 1;
    const reached = this.write(queue, from, to, deliveries, attempts);
    const count = reached - from;
    if (count === 0) return reached;
    channel.lastTag += count;
    const { traffic } = channel;
    if (deliveries > 1) traffic.redelivered += count;
    if (!this.acknowledges) traffic.deliveredNoAck += count;
    else {
      traffic.delivered += count;
      this.unsettled += count;
      channel.unacked.add(firstTag, count, from, queue, this);
    }
    return reached;
  }

  protected write(queue: Source, from: number, to: number, deliveries: number, attempts: number): number {
    return deliver(this.channel.session.out, queue.cursor, this, from, to, deliveries, attempts);
  }

  queueGone(): void {
    this.channel.consumerCancelled(this);
  }
}

function timeoutOf(args: ReadonlyMap<string, unknown>): number {
  const timeout = args.get('x-consumer-timeout');
  return typeof timeout === 'number' || typeof timeout === 'bigint' ? Math.max(0, Number(timeout)) : 0;
}
