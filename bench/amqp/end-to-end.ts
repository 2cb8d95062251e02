import type { Scenario } from '../scenario.js';
import { amqpWorkload, type QueueKind } from './workload.js';

const kinds: readonly QueueKind[] = ['classic', 'quorum'];

/** Persistent messages, published with confirms and consumed with an ack for each, as fast as it goes. */
export const amqpEndToEnd: Scenario = {
  name: 'amqp-end-to-end',
  title: 'AMQP: published with confirms, consumed with acks',
  peers: ['rabbitmq'],
  workloads: [
    ...kinds.flatMap((kind) =>
      [16, 100, 1024].map((size) => amqpWorkload(`${size} B, prefetch 1000`, 'e2e', kind, { size, prefetch: 1000 })),
    ),
    ...kinds.map((kind) => amqpWorkload('100 B, prefetch 100', 'e2e', kind, { size: 100, prefetch: 100 })),
    amqpWorkload('100 B, 500 queues, prefetch 1000', 'e2e', 'classic', {
      size: 100,
      prefetch: 1000,
      queues: 500,
      window: 4000,
    }),
  ],
};
