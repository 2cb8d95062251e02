import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/lib/random.js';
import { bodyFrames, headerFrame, methodFrame, type Received } from '../amqp/wire-frames.js';
import type { MethodValues } from '../amqp-codec/codec/table.js';
import { AmqpLink } from './amqp-link.js';
import type { AmqpTopology, QueueName } from './amqp-topology.js';
import type { Judge, QueueHistory, Route } from './queue-history.js';
import { encodeValue, identityIn, identityOf } from './record.js';

export interface AmqpRoute {
  readonly exchange: string;
  readonly key: string;
  readonly queues: readonly QueueName[];
}

export interface AmqpPublisherPlan {
  readonly name: string;
  readonly routes: readonly AmqpRoute[];
  readonly bytesMin: number;
  readonly bytesMax: number;
  readonly inFlightMax: number;
  readonly bytesPerSecond: number;
}

interface Open {
  readonly route: Route;
  readonly number: number;
  returned: boolean;
}

const channel = 1;
const persistent = { deliveryMode: 2 } as const;
const cutShare = 0.004;
const refusedPauseMs = 30;

/** The frames of one message. */
export function publishFrames(
  link: AmqpLink,
  on: number,
  exchange: string,
  routingKey: string,
  mandatory: boolean,
  body: Buffer,
): Buffer[] {
  return [
    methodFrame(on, 'basic.publish', { exchange, routingKey, mandatory }),
    headerFrame(on, body.length, persistent),
    ...bodyFrames(on, body, link.frameMax),
  ];
}

/** Small ones often, large ones sometimes. */
export function bytesBetween(random: SeededRandom, min: number, max: number): number {
  return Math.floor(min + random.fraction() ** 6 * (max - min));
}

/**
 * Publishes with confirms, over one connection after another: it cuts them now and then, in the middle of a message or
 * behind one. Each connection has routes of its own, as there is no order between connections.
 */
export class AmqpPublisher {
  readonly plan: AmqpPublisherPlan;
  private readonly history: QueueHistory;
  private readonly judge: Judge;
  private readonly topology: AmqpTopology;
  private readonly random: SeededRandom;
  private open = new Map<number, Open>();
  private lastTag = 0;
  private confirmedTo = 0;
  private wake: (() => void) | undefined;

  constructor(
    plan: AmqpPublisherPlan,
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

  /** Publishes until the broker is gone. */
  async drive(port: number): Promise<void> {
    for (;;) {
      const link = await AmqpLink.open(port, this.judge);
      if (link === undefined) return;
      this.open = new Map();
      this.lastTag = 0;
      this.confirmedTo = 0;
      link.heard = (_channel, received) => this.heard(received);
      const wasCut = await this.publish(link);
      if (!wasCut && this.judge.mayRefuse !== true) return;
      if (!wasCut) await sleep(refusedPauseMs);
    }
  }

  /** Answers true when it was this side that ended the connection. */
  private async publish(link: AmqpLink): Promise<boolean> {
    const routes = this.plan.routes.map(({ queues }) =>
      this.history.route(queues.map((name) => this.topology.of(name))),
    );
    void link.closed.then(() => this.wake?.());
    try {
      await link.call(channel, 'confirm.select');
    } catch {
      return false;
    }
    const startedMs = performance.now();
    let bytes = 0;
    while (link.open) {
      const aheadMs = (bytes * 1000) / this.plan.bytesPerSecond - (performance.now() - startedMs);
      if (aheadMs > 1) await sleep(aheadMs);
      while (link.open && this.open.size < this.plan.inFlightMax) {
        if (this.random.chance(cutShare)) {
          this.cut(link, routes);
          await link.closed;
          return true;
        }
        bytes += this.one(link, routes);
      }
      if (link.open && this.open.size > 0) await this.answered();
    }
    return false;
  }

  private answered(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private one(link: AmqpLink, routes: readonly Route[]): number {
    const index = this.random.below(routes.length);
    const route = routes[index]!;
    const number = this.history.sending(route);
    const frames = this.frames(link, index, route, number);
    this.open.set(++this.lastTag, { route, number, returned: false });
    link.send(...frames);
    return frames.reduce((sum, frame) => sum + frame.length, 0);
  }

  private frames(link: AmqpLink, index: number, route: Route, number: number): Buffer[] {
    const { exchange, key, queues } = this.plan.routes[index]!;
    const { bytesMin, bytesMax } = this.plan;
    const body = encodeValue(route.id, number, bytesBetween(this.random, bytesMin, bytesMax));
    return publishFrames(link, channel, exchange, key, queues.length === 0 || this.random.chance(0.5), body);
  }

  /** What the broker has only a part of is nowhere, ever. */
  private cut(link: AmqpLink, routes: readonly Route[]): void {
    this.history.counts.cuts++;
    if (this.random.chance(0.7)) {
      const index = this.random.below(routes.length);
      const route = routes[index]!;
      const number = this.history.sending(route);
      const bytes = Buffer.concat(this.frames(link, index, route, number));
      link.send(bytes.subarray(0, this.random.below(bytes.length)));
      this.history.forbidden(route, number);
    }
    link.cut();
  }

  private heard(received: Received): void {
    const { name } = received;
    if (name === 'basic.ack') {
      const { deliveryTag, multiple } = received.values as MethodValues['basic.ack'];
      for (let tag = multiple ? this.confirmedTo + 1 : deliveryTag; tag <= deliveryTag; tag++)
        this.confirm(tag, multiple);
      if (multiple) this.confirmedTo = deliveryTag;
      this.wake?.();
    } else if (name === 'basic.nack' && this.judge.mayRefuse === true) this.refused(received);
    else if (name === 'basic.return') this.returned(received.body);
    else this.judge.violation(`${this.plan.name}: the broker sent ${name}`);
  }

  /** Nobody knows whether it is there. */
  private refused(received: Received): void {
    const { deliveryTag, multiple } = received.values as MethodValues['basic.nack'];
    for (const tag of [...this.open.keys()])
      if (tag === deliveryTag || (multiple && tag < deliveryTag)) this.open.delete(tag);
    this.wake?.();
  }

  private confirm(tag: number, multiple: boolean): void {
    const open = this.open.get(tag);
    if (open === undefined) {
      if (!multiple) this.judge.violation(`${this.plan.name}: number ${tag} is confirmed, and is not open`);
      return;
    }
    this.open.delete(tag);
    this.history.confirmed(open.route, open.number);
    if (open.route.lanes.length === 0 && !open.returned) {
      this.judge.violation(`${this.plan.name}: number ${tag} leads nowhere, and is confirmed without a return`);
    }
  }

  private returned(body: Buffer): void {
    this.history.counts.returned++;
    const identity = identityIn(body, 0, body.length);
    for (const open of this.open.values()) {
      if (identityOf(open.route.id, open.number) !== identity) continue;
      open.returned = true;
      if (open.route.lanes.length > 0)
        this.judge.violation(`${this.plan.name}: a message that has a queue is returned`);
      return;
    }
    this.judge.violation(`${this.plan.name}: what is returned is not what was published`);
  }
}
