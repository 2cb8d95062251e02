import type { Scenario } from '../scenario.js';
import { amqpWorkload, withoutRate } from './workload.js';

const rate = 10_000;

/** Each message sent at its time and read by a consumer that waits for it. */
export const amqpLatency: Scenario = {
  name: 'amqp-latency',
  title: `AMQP: latency at ${rate.toLocaleString('en-US')} messages/s of 100 B`,
  peers: ['rabbitmq'],
  workloads: (['classic', 'quorum'] as const).map((kind) =>
    amqpWorkload('persistent, confirmed, acked', 'e2e', kind, { size: 100, prefetch: 1000, rate }, withoutRate),
  ),
};
