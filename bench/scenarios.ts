import { amqpEndToEnd } from './amqp/end-to-end.js';
import { amqpLatency } from './amqp/latency.js';
import { amqpPublish } from './amqp/publish.js';
import { kafkaConsume } from './kafka/consume.js';
import { kafkaGroups } from './kafka/groups.js';
import { kafkaLatency } from './kafka/latency.js';
import { kafkaManyTopics } from './kafka/many-topics.js';
import { kafkaProduce } from './kafka/produce.js';
import { kafkaTransactions } from './kafka/transactions.js';
import { kafka } from './peers/kafka.js';
import type { Peer } from './peers/peer.js';
import { rabbitmq } from './peers/rabbitmq.js';
import type { Scenario } from './scenario.js';

/** What Naru is compared with, and in what. */
export const peers: readonly Peer[] = [kafka, rabbitmq];

export const scenarios: readonly Scenario[] = [
  kafkaProduce,
  kafkaConsume,
  kafkaLatency,
  kafkaTransactions,
  kafkaGroups,
  kafkaManyTopics,
  amqpEndToEnd,
  amqpPublish,
  amqpLatency,
];
