import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/lib/random.js';
import type { MethodValues } from '../amqp-codec/codec/table.js';
import { AmqpLink, LinkGone } from './amqp-link.js';
import { bytesBetween, publishFrames } from './amqp-publisher.js';
import type { AmqpTopology } from './amqp-topology.js';
import { type Judge, type Place, type Published, type QueueHistory, type Route, Taker } from './queue-history.js';
import { encodeValue } from './record.js';

interface Delivery {
  readonly tag: number;
  readonly place: Place;
}

const channel = 1;
const prefetch = 40;
const refusedPauseMs = 30;

/** Takes from one queue and publishes to two others, in transactions: all of one counts, or nothing. */
export class AmqpTransactor {
  private readonly history: QueueHistory;
  private readonly judge: Judge;
  private readonly topology: AmqpTopology;
  private readonly random: SeededRandom;
  private lying: Delivery[] = [];
  private transactions = 0;

  constructor(history: QueueHistory, judge: Judge, topology: AmqpTopology, random: SeededRandom) {
    this.history = history;
    this.judge = judge;
    this.topology = topology;
    this.random = random;
  }

  async drive(port: number): Promise<void> {
    for (;;) {
      const link = await AmqpLink.open(port, this.judge);
      if (link === undefined) return;
      const wasCut = await this.work(link);
      // Before anybody else can be handed them: the end of a socket is told only some time later.
      for (const { place } of this.lying) this.history.released(place);
      this.lying = [];
      link.cut();
      await link.closed;
      if (!wasCut && this.judge.mayRefuse !== true) return;
      if (!wasCut) await sleep(refusedPauseMs);
    }
  }

  private async work(link: AmqpLink): Promise<boolean> {
    const { history, topology } = this;
    const routes = [history.route([topology.of('tx-a')]), history.route([topology.of('tx-b')])];
    const taker = new Taker();
    link.heard = (_channel, received) => {
      if (received.name !== 'basic.deliver') {
        this.judge.violation(`a transaction was sent ${received.name}`);
        return;
      }
      const { deliveryTag, redelivered } = received.values as MethodValues['basic.deliver'];
      const place = history.delivered(topology.of('tx-in'), received.body, redelivered, taker);
      if (place === undefined) return;
      history.hold(place);
      this.lying.push({ tag: deliveryTag, place });
    };
    try {
      await link.call(channel, 'tx.select');
      await link.call(channel, 'basic.qos', { prefetchCount: prefetch });
      await link.call(channel, 'basic.consume', { queue: 'tx-in', consumerTag: 'tx-in' });
      while (link.open) {
        if (this.lying.length === 0) await Promise.race([sleep(3), link.closed]);
        else if (await this.transaction(link, routes)) return true;
      }
    } catch (error) {
      if (!(error instanceof LinkGone)) throw error;
    }
    return false;
  }

  /** Answers true when it cut the connection. */
  private async transaction(link: AmqpLink, routes: readonly Route[]): Promise<boolean> {
    const { history, random } = this;
    const published = this.publish(link, routes);
    const acked = this.lying.slice(0, 1 + random.below(this.lying.length));
    const multiple = random.chance(0.5);
    if (multiple) link.tell(channel, 'basic.ack', { deliveryTag: acked.at(-1)!.tag, multiple });
    else for (const { tag } of acked) link.tell(channel, 'basic.ack', { deliveryTag: tag });
    const chance = random.fraction();
    if (chance < 0.1) {
      for (const { route, number } of published) history.forbidden(route, number);
      await link.call(channel, 'tx.rollback');
      return false;
    }
    if (chance < 0.12) {
      history.counts.cuts++;
      for (const { route, number } of published) history.forbidden(route, number);
      return true;
    }
    const name = `transaction ${++this.transactions}`;
    const transaction = history.committing(
      name,
      published,
      acked.map(({ place }) => place),
    );
    this.lying = this.lying.slice(acked.length);
    if (chance < 0.14) {
      history.counts.cuts++;
      link.tell(channel, 'tx.commit');
      return true;
    }
    await link.call(channel, 'tx.commit');
    history.committed(transaction);
    return false;
  }

  private publish(link: AmqpLink, routes: readonly Route[]): Published[] {
    const published: Published[] = [];
    for (let left = 1 + this.random.below(3); left > 0; left--) {
      for (const [index, route] of routes.entries()) {
        const number = this.history.sending(route);
        published.push({ route, number });
        const body = encodeValue(route.id, number, bytesBetween(this.random, 20, 150_000));
        const [exchange, key] = index === 0 ? ['t.direct', 'tx-a'] : ['', 'tx-b'];
        link.send(...publishFrames(link, channel, exchange!, key!, false, body));
      }
    }
    return published;
  }
}
