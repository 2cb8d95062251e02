import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/lib/random.js';
import type { MethodValues } from '../amqp-codec/codec/table.js';
import { AmqpConsumer } from './amqp-consumer.js';
import { AmqpLink } from './amqp-link.js';
import { AmqpPublisher, type AmqpPublisherPlan, type AmqpRoute } from './amqp-publisher.js';
import { AmqpTopology, type QueueName } from './amqp-topology.js';
import { AmqpTransactor } from './amqp-transactor.js';
import type { BrokerProcess } from './broker-process.js';
import type { FrontLoad } from './front-load.js';
import { type Judge, type QueueCounts, QueueHistory } from './queue-history.js';

const channel = 1;
const settleWithinMs = 10_000;
const deadWithinMs = 3000;
/** Draining acks so many with one transaction. */
const drainedAtOnce = 500;

const direct: readonly AmqpRoute[] = [
  { exchange: 't.direct', key: 'classic', queues: ['classic'] },
  { exchange: 't.direct', key: 'quorum', queues: ['quorum'] },
];
const fanout: AmqpRoute = { exchange: 't.fanout', key: '', queues: ['fan-a', 'fan-b', 'fan-c'] };
const topic: readonly AmqpRoute[] = [
  { exchange: 't.topic', key: 'orders.eu', queues: ['topic-orders', 'topic-eu'] },
  { exchange: 't.topic', key: 'orders.us.new', queues: ['topic-orders'] },
  { exchange: 't.topic', key: 'news.eu', queues: ['topic-eu'] },
  { exchange: 't.topic', key: 'nowhere', queues: [] },
];
const worked: AmqpRoute = { exchange: 't.direct', key: 'stream', queues: ['stream::one', 'stream::two'] };
const left: AmqpRoute = { exchange: 't.direct', key: 'left', queues: ['left'] };
const transacted: AmqpRoute = { exchange: '', key: 'tx-in', queues: ['tx-in'] };

const small = { bytesMin: 20, bytesMax: 2000, inFlightMax: 100, bytesPerSecond: 300_000 };
const large = { bytesMin: 1000, bytesMax: 300_000, inFlightMax: 10, bytesPerSecond: 2e6 };
const one = { bytesMin: 20, bytesMax: 300_000, inFlightMax: 1, bytesPerSecond: 1e6 };

const publishers: readonly AmqpPublisherPlan[] = [
  { name: 'direct', routes: direct, ...small },
  { name: 'fanout', routes: [fanout], ...small },
  { name: 'fanout-large', routes: [fanout], ...large },
  { name: 'topic', routes: topic, ...small },
  { name: 'mixed', routes: [...direct, fanout, ...topic], ...large },
  { name: 'one-by-one', routes: [...direct, fanout], ...one },
  { name: 'left', routes: [left], bytesMin: 20, bytesMax: 200, inFlightMax: 20, bytesPerSecond: 20_000 },
  { name: 'stream', routes: [worked], ...small, bytesPerSecond: 150_000 },
  { name: 'stream-large', routes: [worked], ...large, bytesPerSecond: 300_000 },
  { name: 'transacted', routes: [transacted], ...small, bytesPerSecond: 100_000 },
];

const consumers: readonly { queues: readonly QueueName[]; prefetch: number }[] = [
  { queues: ['classic'], prefetch: 200 },
  { queues: ['classic', 'quorum'], prefetch: 20 },
  { queues: ['quorum'], prefetch: 100 },
  { queues: ['fan-a', 'fan-b'], prefetch: 100 },
  { queues: ['fan-b', 'fan-c'], prefetch: 50 },
  { queues: ['topic-orders', 'topic-eu'], prefetch: 300 },
  { queues: ['tx-a', 'tx-b', 'marks'], prefetch: 100 },
  { queues: ['stream::one'], prefetch: 100 },
  { queues: ['stream::one'], prefetch: 30 },
  { queues: ['stream::two', 'fan-c'], prefetch: 100 },
  { queues: ['stream::two'], prefetch: 20 },
  { queues: ['dead'], prefetch: 10 },
];

/** Publishers, consumers and transactions on AMQP, and what they were promised. */
export class AmqpLoad implements FrontLoad {
  readonly name = 'amqp';
  readonly history: QueueHistory;
  private readonly judge: Judge;
  private readonly topology: AmqpTopology;
  private readonly workers: readonly { drive(port: number): Promise<void> }[];

  constructor(judge: Judge, random: SeededRandom) {
    this.judge = judge;
    const history = new QueueHistory(judge);
    this.history = history;
    const topology = new AmqpTopology(history);
    this.topology = topology;
    this.workers = [
      ...publishers.map((plan) => new AmqpPublisher(plan, history, judge, topology, random)),
      ...consumers.map(({ queues, prefetch }) => {
        const rejectShare = queues.every((name) => topology.of(name).dead !== null) ? 0.05 : 0;
        return new AmqpConsumer(
          { queues, prefetch, requeueShare: 0.05, rejectShare },
          history,
          judge,
          topology,
          random,
        );
      }),
      new AmqpTransactor(history, judge, topology, random),
      new AmqpTransactor(history, judge, topology, random),
    ];
  }

  private async link(broker: BrokerProcess): Promise<AmqpLink> {
    const link = await AmqpLink.open(broker.amqpPort, this.judge);
    if (link === undefined) throw new Error('the broker does not take an AMQP connection');
    return link;
  }

  async begin(broker: BrokerProcess): Promise<void> {
    const link = await this.link(broker);
    await this.topology.declare(link);
    link.cut();
    await link.closed;
  }

  get queueCounts(): QueueCounts {
    return this.history.counts;
  }

  get answered(): number {
    return this.queueCounts.confirmed;
  }

  drives(broker: BrokerProcess): Promise<void>[] {
    return this.workers.map((worker) => worker.drive(broker.amqpPort));
  }

  killed(): void {
    this.history.killed();
  }

  stopping(): void {
    this.history.stopping();
  }

  async check(broker: BrokerProcess, whole: boolean): Promise<void> {
    if (whole) await this.drain(broker);
  }

  async finish(broker: BrokerProcess): Promise<void> {
    await this.drain(broker);
  }

  /** Takes all that there is, and holds it against what had to be there, and against the counts. */
  private async drain(broker: BrokerProcess): Promise<void> {
    const link = await this.link(broker);
    await link.call(channel, 'tx.select');
    const counts = await this.settledCounts(link);
    for (const [name] of this.topology.queues) await this.drainQueue(link, name, counts.get(name)!);
    // Dead letters wait where they died while there is no room where they go.
    const untilMs = performance.now() + deadWithinMs;
    while (this.history.awaitsDeadLetters && performance.now() < untilMs) {
      await sleep(30);
      await this.drainQueue(link, 'dead', 0);
    }
    const left = await this.lookAtAll(link);
    for (const [name, count] of left) {
      if (count !== 0) this.judge.violation(`${name}: says it has ${count} messages, drained as it is`);
    }
    this.history.drained();
    link.cut();
    await link.closed;
  }

  private async lookAtAll(link: AmqpLink): Promise<Map<QueueName, number>> {
    const counts = new Map<QueueName, number>();
    for (const name of this.topology.queues.keys()) {
      const { messageCount } = await link.call(channel, 'queue.declare', { queue: name, passive: true });
      counts.set(name, messageCount);
    }
    return counts;
  }

  /** Connections that were cut, and dead letters on their way, take a moment: until nothing changes any more. */
  private async settledCounts(link: AmqpLink): Promise<Map<QueueName, number>> {
    const untilMs = performance.now() + settleWithinMs;
    let before = await this.lookAtAll(link);
    for (;;) {
      await sleep(30);
      const counts = await this.lookAtAll(link);
      if ([...counts].every(([name, count]) => before.get(name) === count) || performance.now() > untilMs)
        return counts;
      before = counts;
    }
  }

  private async drainQueue(link: AmqpLink, name: QueueName, expected: number): Promise<void> {
    const queue = this.topology.of(name);
    let count = 0;
    for (;;) {
      link.tell(channel, 'basic.get', { queue: name });
      const received = await link.next(channel, ['basic.get-ok', 'basic.get-empty']);
      const isEmpty = received.name === 'basic.get-empty';
      if (!isEmpty) {
        count++;
        this.history.counts.drained++;
        const { deliveryTag, redelivered } = received.values as MethodValues['basic.get-ok'];
        const place = this.history.delivered(queue, received.body, redelivered, null);
        if (place !== undefined) this.history.settling(place, 'ack');
        link.tell(channel, 'basic.ack', { deliveryTag });
      }
      if (isEmpty || count % drainedAtOnce === 0) await link.call(channel, 'tx.commit');
      if (isEmpty) break;
    }
    if (name === 'dead' ? count < expected : count !== expected) {
      this.judge.violation(`${name}: said it had ${expected} messages, and ${count} could be had`);
    }
  }

  told(): readonly (readonly [string, string])[] {
    const { counts } = this.history;
    return [
      ['messages published', `${counts.sent}, of which confirmed ${counts.confirmed}`],
      ['deliveries', `${counts.delivered}, of which again ${counts.redelivered}, drained ${counts.drained}`],
      ['acks and rejects', `${counts.settled}, of which known to count ${counts.promised}`],
      ['dead letters', String(counts.deadLetters)],
      ['transactions', `${counts.committed} committed, ${counts.inDoubt} without an answer`],
      ['messages returned', String(counts.returned)],
      ['connections cut', String(counts.cuts)],
    ];
  }
}
