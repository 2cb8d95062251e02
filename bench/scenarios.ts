import { kafkaConsume } from './kafka/consume.js';
import { kafkaGroups } from './kafka/groups.js';
import { kafkaLatency } from './kafka/latency.js';
import { kafkaManyTopics } from './kafka/many-topics.js';
import { kafkaProduce } from './kafka/produce.js';
import { kafkaTransactions } from './kafka/transactions.js';
import { kafka } from './peers/kafka.js';
import type { Peer } from './peers/peer.js';
import type { Scenario } from './scenario.js';

/** What Naru is compared with, and in what. */
export const peers: readonly Peer[] = [kafka];

export const scenarios: readonly Scenario[] = [
  kafkaProduce,
  kafkaConsume,
  kafkaLatency,
  kafkaTransactions,
  kafkaGroups,
  kafkaManyTopics,
];
