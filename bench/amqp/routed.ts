import type { Scenario } from '../scenario.js';
import { amqpWorkload, queueKinds } from './workload.js';

const queues = 10;

/** Each message to ten queues: the rate is that of deliveries. */
export const amqpFanOut: Scenario = {
  name: 'amqp-fan-out',
  title: `AMQP: one message to ${queues} queues, deliveries counted`,
  peers: ['rabbitmq'],
  roundsMax: 1,
  workloads: queueKinds.map((kind) =>
    amqpWorkload('100 B, fanout exchange', 'e2e', kind, { size: 100, exchange: 'fanout', queues }),
  ),
};

const topic = { size: 100, exchange: 'topic', bindings: 1000, queues };

/** Patterns with a word in front, in the middle and at the end; each key matches one of the thousand. */
export const amqpTopic: Scenario = {
  name: 'amqp-topic',
  title: 'AMQP: a topic exchange with 1,000 bindings',
  peers: ['rabbitmq'],
  roundsMax: 1,
  workloads: [
    amqpWorkload('100 B, 1,000 keys', 'e2e', 'classic', { ...topic, keys: 1000 }),
    amqpWorkload('100 B, 1,000 keys', 'e2e', 'quorum', { ...topic, keys: 1000 }),
    amqpWorkload('100 B, 100,000 keys', 'e2e', 'classic', { ...topic, keys: 100_000 }),
  ],
};
