import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/lib/random.js';
import type { Received } from '../amqp/wire-frames.js';
import type { MethodValues } from '../amqp-codec/codec/table.js';
import { AmqpLink, LinkGone } from './amqp-link.js';
import { publishFrames } from './amqp-publisher.js';
import type { AmqpTopology, QueueName } from './amqp-topology.js';
import { type Judge, type Place, type QueueHistory, type Route, Taker } from './queue-history.js';
import { encodeValue } from './record.js';

export interface AmqpConsumerPlan {
  readonly queues: readonly QueueName[];
  readonly prefetch: number;
  /** How often a message is nacked, and how often rejected for good; the latter only where that makes a dead letter. */
  readonly requeueShare: number;
  readonly rejectShare: number;
}

interface Delivery {
  readonly tag: number;
  readonly place: Place;
}

/** A message of its own that is confirmed: what was said on the channel before it counts from then on. */
interface Mark {
  readonly route: Route;
  readonly number: number;
  readonly settled: readonly Place[];
  readonly seen: readonly Place[];
}

const roundMs = 5;
const marksEvery = 4;
const cutShare = 0.01;
const refusedPauseMs = 30;
const channel = 1;

/**
 * Consumes from some queues over one channel: acks one by one or many at a time, requeues, rejects, leaves some lying,
 * and is cut off now and then. Acks are not answered in AMQP. So that they can be held against the broker all the same,
 * the channel publishes marks: with a mark's confirm, the acks before it are durable.
 */
export class AmqpConsumer {
  private readonly plan: AmqpConsumerPlan;
  private readonly history: QueueHistory;
  private readonly judge: Judge;
  private readonly topology: AmqpTopology;
  private readonly random: SeededRandom;
  private lying: Delivery[] = [];
  private marks = new Map<number, Mark>();
  private lastMark = 0;
  private settled: Place[] = [];
  private seen: Place[] = [];

  constructor(
    plan: AmqpConsumerPlan,
    history: QueueHistory,
    judge: Judge,
    topology: AmqpTopology,
    random: SeededRandom,
  ) {
    this.plan = plan;
    this.history = history;
    this.judge = judge;
    this.topology = topology;
    this.random = random;
  }

  async drive(port: number): Promise<void> {
    for (;;) {
      const link = await AmqpLink.open(port, this.judge);
      if (link === undefined) return;
      const wasCut = await this.consume(link);
      this.letGo();
      if (!wasCut && this.judge.mayRefuse !== true) return;
      if (!wasCut) await sleep(refusedPauseMs);
    }
  }

  private async consume(link: AmqpLink): Promise<boolean> {
    this.marks = new Map();
    this.lastMark = 0;
    this.settled = [];
    this.seen = [];
    const route = this.history.route([this.topology.of('marks')]);
    const taker = new Taker();
    link.heard = (_channel, received) => this.heard(received, taker);
    try {
      await link.call(channel, 'confirm.select');
      await link.call(channel, 'basic.qos', { prefetchCount: this.plan.prefetch });
      for (const queue of this.plan.queues) {
        await link.call(channel, 'basic.consume', { queue, consumerTag: queue });
      }
      for (let round = 1; link.open; round++) {
        await Promise.race([sleep(roundMs), link.closed]);
        if (!link.open) return false;
        if (this.random.chance(cutShare)) {
          this.history.counts.cuts++;
          // Before anybody else can be handed them: the end of a socket is told only some time later.
          this.letGo();
          link.cut();
          await link.closed;
          return true;
        }
        this.settleSome(link);
        if (round % marksEvery === 0) this.mark(link, route);
      }
    } catch (error) {
      if (!(error instanceof LinkGone)) throw error;
    }
    return false;
  }

  private letGo(): void {
    for (const { place } of this.lying) this.history.released(place);
    this.lying = [];
  }

  private heard(received: Received, taker: Taker): void {
    if (received.name === 'basic.deliver') {
      const { consumerTag, deliveryTag, redelivered } = received.values as MethodValues['basic.deliver'];
      const queue = this.topology.of(consumerTag as QueueName);
      const place = this.history.delivered(queue, received.body, redelivered, taker);
      if (place === undefined) return;
      this.history.hold(place);
      this.lying.push({ tag: deliveryTag, place });
      this.seen.push(place);
      if (this.lying.length > this.plan.prefetch * this.plan.queues.length) {
        this.judge.violation(`${this.lying.length} messages are out, with a prefetch of ${this.plan.prefetch}`);
      }
    } else if (received.name === 'basic.ack') {
      const { deliveryTag, multiple } = received.values as MethodValues['basic.ack'];
      this.confirmed(deliveryTag, multiple);
    } else if (received.name === 'basic.nack' && this.judge.mayRefuse === true) {
      const { deliveryTag, multiple } = received.values as MethodValues['basic.nack'];
      for (const tag of [...this.marks.keys()]) {
        if (tag === deliveryTag || (multiple && tag < deliveryTag)) this.marks.delete(tag);
      }
    } else this.judge.violation(`a consumer was sent ${received.name}`);
  }

  private settleSome(link: AmqpLink): void {
    const { lying, random, plan } = this;
    if (lying.length === 0) return;
    if (random.chance(0.4)) {
      const last = random.below(lying.length);
      link.tell(channel, 'basic.ack', { deliveryTag: lying[last]!.tag, multiple: true });
      for (const { place } of lying.splice(0, last + 1)) this.settling(place, 'ack');
      return;
    }
    const left: Delivery[] = [];
    for (const delivery of lying) {
      const { tag: deliveryTag, place } = delivery;
      const chance = random.fraction();
      if (chance < 0.2) left.push(delivery);
      else if (chance < 0.2 + plan.requeueShare) {
        link.tell(channel, 'basic.nack', { deliveryTag, requeue: true });
        this.history.released(place);
      } else if (chance < 0.2 + plan.requeueShare + plan.rejectShare) {
        if (random.chance(0.5)) link.tell(channel, 'basic.reject', { deliveryTag, requeue: false });
        else link.tell(channel, 'basic.nack', { deliveryTag, requeue: false });
        this.settling(place, 'reject');
      } else {
        link.tell(channel, 'basic.ack', { deliveryTag });
        this.settling(place, 'ack');
      }
    }
    this.lying = left;
  }

  private settling(place: Place, how: 'ack' | 'reject'): void {
    this.history.settling(place, how);
    this.settled.push(place);
  }

  private mark(link: AmqpLink, route: Route): void {
    if (this.settled.length + this.seen.length === 0) return;
    const number = this.history.sending(route);
    this.marks.set(++this.lastMark, { route, number, settled: this.settled, seen: this.seen });
    this.settled = [];
    this.seen = [];
    link.send(...publishFrames(link, channel, '', 'marks', false, encodeValue(route.id, number, 20)));
  }

  private confirmed(upTo: number, multiple: boolean): void {
    for (const [tag, mark] of this.marks) {
      if (tag > upTo || (!multiple && tag !== upTo)) continue;
      this.marks.delete(tag);
      this.history.confirmed(mark.route, mark.number);
      for (const place of mark.settled) this.history.promised(place);
      for (const place of mark.seen) this.history.firm(place);
    }
  }
}
