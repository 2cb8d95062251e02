import type { Scenario } from '../scenario.js';
import { sqsWorkload, warmUpSqs } from './workload.js';

const connections = 16;

/** Messages sent, received and deleted in batches of ten, as fast as it goes. */
export const sqsEndToEnd: Scenario = {
  name: 'sqs-end-to-end',
  title: `SQS: sent, received and deleted in batches of 10 over ${connections} connections`,
  peers: ['elasticmq'],
  workloads: [100, 1024].map((size) => sqsWorkload(`${size} B`, 'e2e', { size, batch: 10, connections })),
  warmUp: warmUpSqs,
};
