import { sampleOf } from '../generators/generator.js';
import { missingPerfTest, runPerfTest } from '../generators/perf-test.js';
import { forgetPeak, peakResidentMb } from '../process.js';
import type { Effort, Sample, Scenario, Target, Workload } from '../scenario.js';
import { amqpAddress, amqpWorkload, type QueueKind, queueKinds } from './workload.js';

function perfTest(type: QueueKind): Workload {
  return {
    name: `100 B, prefetch 1000, ${type} queue`,
    generator: 'PerfTest',
    variants: [],
    missing: missingPerfTest,
    lasts: ({ warmupSeconds, seconds }) => warmupSeconds + seconds + 5,
    async measure(target: Target, { warmupSeconds, seconds }: Effort): Promise<Sample> {
      const { pid } = target.running;
      forgetPeak(pid);
      const shape = { type, size: 100, prefetch: 1000, seconds: warmupSeconds + seconds + 3 };
      const load = { address: amqpAddress(target), queue: target.topic, brokerPid: pid, ...shape };
      return { ...sampleOf(await runPerfTest(load)), peakMb: peakResidentMb(pid) };
    },
  };
}

/** Persistent messages, published with confirms and consumed with an ack for each, as fast as it goes. */
export const amqpEndToEnd: Scenario = {
  name: 'amqp-end-to-end',
  title: 'AMQP: published with confirms, consumed with acks',
  peers: ['rabbitmq'],
  workloads: [
    ...queueKinds.flatMap((kind) =>
      [16, 100, 1024].map((size) => amqpWorkload(`${size} B, prefetch 1000`, 'e2e', kind, { size, prefetch: 1000 })),
    ),
    ...queueKinds.map((kind) => amqpWorkload('100 B, prefetch 100', 'e2e', kind, { size: 100, prefetch: 100 })),
    amqpWorkload('100 B, 500 queues, prefetch 1000', 'e2e', 'classic', {
      size: 100,
      prefetch: 1000,
      queues: 500,
      window: 4000,
    }),
    ...queueKinds.map(perfTest),
  ],
};
