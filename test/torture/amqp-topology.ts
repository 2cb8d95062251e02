import type { GivenTable } from '../amqp/wire-frames.js';
import type { AmqpLink } from './amqp-link.js';
import type { QueueHistory, QueueState } from './queue-history.js';

interface Planned {
  readonly name: QueueName;
  /** A group works the stream off: its queue is named after both. */
  readonly type: 'classic' | 'quorum' | 'group';
  readonly dead: boolean;
  readonly bindings: readonly (readonly [exchange: string, key: string])[];
}

export type QueueName =
  | 'dead'
  | 'classic'
  | 'quorum'
  | 'fan-a'
  | 'fan-b'
  | 'fan-c'
  | 'topic-orders'
  | 'topic-eu'
  | 'left'
  | 'tx-in'
  | 'tx-a'
  | 'tx-b'
  | 'marks'
  | `${typeof stream}::${'one' | 'two'}`;

/** A topic that two groups work off, each all of it. */
const stream = 'stream';

const exchanges = [
  ['t.direct', 'direct'],
  ['t.fanout', 'fanout'],
  ['t.topic', 'topic'],
  ['t.dead', 'fanout'],
] as const;

/** Nobody consumes `left`: until all is drained it has what was confirmed. The queue that takes dead letters is drained last. */
const planned: readonly Planned[] = [
  { name: 'classic', type: 'classic', dead: true, bindings: [['t.direct', 'classic']] },
  { name: 'quorum', type: 'quorum', dead: true, bindings: [['t.direct', 'quorum']] },
  { name: 'fan-a', type: 'classic', dead: false, bindings: [['t.fanout', '']] },
  { name: 'fan-b', type: 'quorum', dead: false, bindings: [['t.fanout', '']] },
  { name: 'fan-c', type: 'classic', dead: false, bindings: [['t.fanout', '']] },
  { name: 'topic-orders', type: 'classic', dead: false, bindings: [['t.topic', 'orders.#']] },
  {
    name: 'topic-eu',
    type: 'quorum',
    dead: false,
    bindings: [
      ['t.topic', '*.eu'],
      ['t.topic', 'news.#'],
    ],
  },
  { name: 'left', type: 'quorum', dead: false, bindings: [['t.direct', 'left']] },
  { name: 'tx-in', type: 'quorum', dead: false, bindings: [] },
  { name: 'tx-a', type: 'classic', dead: false, bindings: [['t.direct', 'tx-a']] },
  { name: 'tx-b', type: 'quorum', dead: false, bindings: [] },
  { name: 'marks', type: 'classic', dead: false, bindings: [] },
  { name: 'stream::one', type: 'group', dead: true, bindings: [] },
  { name: 'stream::two', type: 'group', dead: false, bindings: [] },
  { name: 'dead', type: 'classic', dead: false, bindings: [['t.dead', '']] },
];

/** The exchanges, queues and bindings of a run. */
export class AmqpTopology {
  readonly queues: ReadonlyMap<QueueName, QueueState>;

  constructor(history: QueueHistory) {
    const queues = new Map<QueueName, QueueState>();
    const dead = history.queue('dead');
    for (const plan of planned) {
      queues.set(plan.name, plan.name === 'dead' ? dead : history.queue(plan.name, plan.dead ? dead : null));
    }
    this.queues = queues;
  }

  of(name: QueueName): QueueState {
    return this.queues.get(name)!;
  }

  async declare(link: AmqpLink): Promise<void> {
    for (const [exchange, type] of exchanges) {
      await link.call(1, 'exchange.declare', { exchange, type, durable: true });
    }
    await link.call(1, 'queue.declare', { queue: stream, durable: true, arguments: { 'x-queue-type': 'stream' } });
    await link.call(1, 'queue.bind', { queue: stream, exchange: 't.direct', routingKey: stream });
    for (const { name, type, dead, bindings } of planned) {
      const given: GivenTable = {
        ...(type === 'group' ? { 'x-stream-offset': 'first' } : { 'x-queue-type': type }),
        ...(dead ? { 'x-dead-letter-exchange': 't.dead' } : {}),
        ...(type === 'classic' ? {} : { 'x-delivery-limit': -1 }),
      };
      await link.call(1, 'queue.declare', { queue: name, durable: true, arguments: given });
      for (const [exchange, routingKey] of bindings) {
        await link.call(1, 'queue.bind', { queue: name, exchange, routingKey });
      }
    }
  }
}
