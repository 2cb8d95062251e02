import { missingRawLoad, runRawLoad, sampleOf } from '../generators/generator.js';
import type { Effort, Sample, Scenario, Target } from '../scenario.js';
import { amqpAddress } from './workload.js';

const count = 10_000;

/** Opened one after the other, a channel on each, then left alone; without heartbeats. */
export const amqpIdleConnections: Scenario = {
  name: 'amqp-idle-connections',
  title: `AMQP: ${count.toLocaleString('en-US')} connections that do nothing`,
  peers: ['rabbitmq'],
  roundsMax: 1,
  workloads: [
    {
      name: 'a channel on each',
      generator: 'raw',
      variants: [],
      missing: missingRawLoad,
      lasts: ({ quick }, { name }) => (name === 'naru' ? 10 : 60) / (quick ? 5 : 1),
      async measure(target: Target, { quick }: Effort): Promise<Sample> {
        const load = { address: amqpAddress(target), pid: target.running.pid, seconds: quick ? 2 : 10 };
        return sampleOf(await runRawLoad('amqp', 'connections', { ...load, count: quick ? count / 10 : count }));
      },
    },
  ],
};
