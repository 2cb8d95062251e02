import { type Arguments, missingRawLoad, runAgainstSink, runRawLoad, sampleOf } from '../generators/generator.js';
import { forgetPeak, peakResidentMb } from '../process.js';
import { type Effort, moreWarmupAtRate, type Sample, type Target, type Workload } from '../scenario.js';

/** What kind of queue a workload runs on: RabbitMQ's differ in whether they sync before they confirm. */
export type QueueKind = 'classic' | 'quorum';
export const queueKinds: readonly QueueKind[] = ['classic', 'quorum'];

export function amqpAddress(target: Target): string {
  const { amqp } = target.running;
  if (amqp === undefined) throw new Error(`${target.peer.title} does not speak AMQP`);
  return amqp;
}

export function amqpWorkload(
  name: string,
  mode: 'e2e' | 'publish',
  type: QueueKind,
  shape: Arguments,
  shown: (sample: Sample) => Sample = (sample) => sample,
): Workload {
  const workload: Workload = {
    name: `${name}, ${type} queue${shape['queues'] === undefined ? '' : 's'}`,
    generator: 'raw',
    variants: [],
    missing: missingRawLoad,
    async measure(target: Target, { warmupSeconds, seconds }: Effort): Promise<Sample> {
      const address = amqpAddress(target);
      const warmup = shape['rate'] === undefined ? warmupSeconds : warmupSeconds + moreWarmupAtRate;
      const { pid } = target.running;
      forgetPeak(pid);
      const load = { address, pid, prefix: target.topic, type, warmup, seconds, ...shape };
      const outcome = await runRawLoad('amqp', mode, load);
      return shown({ ...sampleOf(outcome), peakMb: peakResidentMb(pid) });
    },
  };
  // One queue of the sink is like the other: it has no fan-out, and a rate that was given says nothing.
  if (shape['rate'] !== undefined || shape['exchange'] === 'fanout' || type !== 'classic') return workload;
  return {
    ...workload,
    sink: async ({ warmupSeconds: warmup, seconds }) =>
      sampleOf(await runAgainstSink('amqp', mode, { warmup, seconds: Math.min(seconds, 2), ...shape })),
  };
}

/** A rate that was given says nothing. */
export function withoutRate(sample: Sample): Sample {
  const { rate: _rate, generatorCpuPerMillion: _cpu, ...rest } = sample as Record<string, number>;
  return rest as Sample;
}
