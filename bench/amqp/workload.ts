import { type Arguments, missingRawAmqp, runRawAmqp, sampleOf } from '../generators/generator.js';
import { forgetPeak, peakResidentMb } from '../process.js';
import type { Effort, Sample, Target, Workload } from '../scenario.js';

/** What kind of queue a workload runs on: RabbitMQ's differ in whether they sync before they confirm. */
export type QueueKind = 'classic' | 'quorum';

export function amqpWorkload(
  name: string,
  mode: 'e2e' | 'publish',
  type: QueueKind,
  shape: Arguments,
  shown: (sample: Sample) => Sample = (sample) => sample,
): Workload {
  return {
    name: `${name}, ${type} queue`,
    generator: 'raw',
    variants: [],
    missing: missingRawAmqp,
    async measure(target: Target, { warmupSeconds: warmup, seconds }: Effort): Promise<Sample> {
      const { pid, amqp } = target.running;
      if (amqp === undefined) throw new Error(`${target.peer.title} does not speak AMQP`);
      forgetPeak(pid);
      const load = { address: amqp, pid, prefix: target.topic, type, warmup, seconds, ...shape };
      const outcome = await runRawAmqp(mode, load);
      return shown({ ...sampleOf(outcome), peakMb: peakResidentMb(pid) });
    },
  };
}

/** A rate that was given says nothing. */
export function withoutRate(sample: Sample): Sample {
  const { rate: _rate, generatorCpuPerMillion: _cpu, ...rest } = sample as Record<string, number>;
  return rest as Sample;
}
