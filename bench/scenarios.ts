import { amqpBacklog } from './amqp/backlog.js';
import { amqpEndToEnd } from './amqp/end-to-end.js';
import { amqpIdleConnections } from './amqp/idle-connections.js';
import { amqpLatency } from './amqp/latency.js';
import { amqpPublish } from './amqp/publish.js';
import { amqpFanOut, amqpTopic } from './amqp/routed.js';
import { inProcess } from './brokers/in-process.js';
import { ownProtocol } from './brokers/own-protocol.js';
import { startAndIdle } from './brokers/start-and-idle.js';
import { kafkaConsume } from './kafka/consume.js';
import { kafkaGroups } from './kafka/groups.js';
import { kafkaLatency } from './kafka/latency.js';
import { kafkaManyGroups } from './kafka/many-groups.js';
import { kafkaManyTopics } from './kafka/many-topics.js';
import { kafkaProduce } from './kafka/produce.js';
import { kafkaTransactions } from './kafka/transactions.js';
import { elasticMqPeer } from './peers/elasticmq.js';
import { kafka } from './peers/kafka.js';
import { naruUnchecked } from './peers/naru.js';
import { nats, natsSynced } from './peers/nats.js';
import type { Peer } from './peers/peer.js';
import { rabbitmq } from './peers/rabbitmq.js';
import { redis, redisSynced } from './peers/redis.js';
import type { Scenario } from './scenario.js';
import { sqsEndToEnd } from './sqs/end-to-end.js';
import { sqsIdlePolls } from './sqs/idle-polls.js';
import { sqsLatency } from './sqs/latency.js';

/** What Naru is compared with, and in what. */
export const peers: readonly Peer[] = [
  naruUnchecked,
  kafka,
  rabbitmq,
  nats,
  natsSynced,
  redis,
  redisSynced,
  elasticMqPeer,
];

/** In the order of `all`: what matters most comes first. */
export const scenarios: readonly Scenario[] = [
  amqpEndToEnd,
  amqpLatency,
  kafkaProduce,
  kafkaConsume,
  kafkaLatency,
  startAndIdle,
  sqsEndToEnd,
  sqsLatency,
  sqsIdlePolls,
  ownProtocol,
  amqpPublish,
  kafkaTransactions,
  kafkaGroups,
  kafkaManyTopics,
  amqpFanOut,
  amqpTopic,
  kafkaManyGroups,
  amqpIdleConnections,
  inProcess,
  amqpBacklog,
];
