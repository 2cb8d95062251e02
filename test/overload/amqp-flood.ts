import type { MethodValues } from '../amqp-codec/codec/table.js';
import { AmqpLink } from '../torture/amqp-link.js';
import { publishFrames } from '../torture/amqp-publisher.js';
import { consumedShare, type FrontFlood, floodBodyBytes } from './flood.js';
import type { WatchedBroker } from './watched-broker.js';

const channel = 1;
const publishers = 4;
const inFlightMax = 500;
const prefetch = 1000;
const queue = 'amqp-flood';

const judge = {
  violation: (message: string): void => {
    throw new Error(message);
  },
};

export async function opened(broker: WatchedBroker): Promise<AmqpLink> {
  const link = await AmqpLink.open(broker.amqpPort, judge);
  if (link === undefined) throw new Error('the broker does not take an AMQP connection');
  return link;
}

export class AmqpFlood implements FrontFlood {
  readonly name = 'AMQP';
  accepted = 0;
  consumed = 0;
  private stopped = false;
  private link: AmqpLink | undefined;
  private lastTag = 0;
  private ackedTag = 0;
  private wake: (() => void) | undefined;

  async begin(broker: WatchedBroker): Promise<void> {
    const link = await opened(broker);
    this.link = link;
    await link.call(channel, 'queue.declare', { queue, durable: true });
    await link.call(channel, 'basic.qos', { prefetchCount: prefetch });
    link.heard = (_channel, { name, values }) => {
      if (name !== 'basic.deliver') return;
      this.lastTag = (values as MethodValues['basic.deliver']).deliveryTag;
      if (this.lastTag - this.ackedTag >= prefetch / 4 || this.stopped) this.settle();
    };
    await link.call(channel, 'basic.consume', { queue, consumerTag: 'slow' });
  }

  /** As many as may be acked by now. */
  private settle(): void {
    const allowed = this.stopped ? this.lastTag : Math.min(this.lastTag, Math.floor(this.accepted * consumedShare));
    if (allowed > this.ackedTag) {
      this.link!.tell(channel, 'basic.ack', { deliveryTag: allowed, multiple: true });
      this.ackedTag = allowed;
      this.consumed = allowed;
    }
    if (this.consumed >= this.accepted) this.wake?.();
  }

  async flood(broker: WatchedBroker): Promise<void> {
    await Promise.all(Array.from({ length: publishers }, () => this.publish(broker)));
  }

  private async publish(broker: WatchedBroker): Promise<void> {
    const link = await opened(broker);
    await link.call(channel, 'confirm.select');
    const frames = Buffer.concat(publishFrames(link, channel, '', queue, false, Buffer.alloc(floodBodyBytes, 'f')));
    let sent = 0;
    let confirmed = 0;
    let wake: (() => void) | undefined;
    link.heard = (_channel, { name, values }) => {
      if (name !== 'basic.ack') return;
      const { deliveryTag, multiple } = values as MethodValues['basic.ack'];
      const count = multiple ? deliveryTag - confirmed : 1;
      confirmed += count;
      this.accepted += count;
      this.settle();
      wake?.();
    };
    while (!this.stopped) {
      const pieces: Buffer[] = [];
      while (sent - confirmed < inFlightMax) {
        pieces.push(frames);
        sent++;
      }
      link.send(Buffer.concat(pieces));
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    while (confirmed < sent) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    link.cut();
    await link.closed;
  }

  stop(): void {
    this.stopped = true;
  }

  async drain(): Promise<void> {
    this.settle();
    while (this.consumed < this.accepted) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  async probe(broker: WatchedBroker): Promise<void> {
    this.accepted++;
    const link = await opened(broker);
    link.send(...publishFrames(link, channel, '', queue, false, Buffer.from('probe')));
    await this.drain();
    link.cut();
    await link.closed;
    this.link!.cut();
    await this.link!.closed;
  }
}
