import type { Scenario } from '../scenario.js';
import { amqpWorkload, queueKinds } from './workload.js';

/** Persistent messages that nobody consumes: the queue grows. */
export const amqpPublish: Scenario = {
  name: 'amqp-publish',
  title: 'AMQP: published with confirms into a queue that grows',
  peers: ['rabbitmq'],
  workloads: queueKinds.flatMap((kind) =>
    [100, 1024].map((size) => amqpWorkload(`${size} B`, 'publish', kind, { size })),
  ),
};
