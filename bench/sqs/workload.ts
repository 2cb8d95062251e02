import { type Arguments, missingRawSqs, runAgainstSink, runRawLoad, sampleOf } from '../generators/generator.js';
import { forgetPeak, peakResidentMb } from '../process.js';
import type { Effort, Sample, Target, Workload } from '../scenario.js';

export type SqsMode = 'e2e' | 'send' | 'wake' | 'idle';

export function sqsWorkload(
  name: string,
  mode: SqsMode,
  shape: Arguments,
  shown: (sample: Sample) => Sample = (sample) => sample,
): Workload {
  const workload: Workload = {
    name,
    generator: 'raw',
    variants: [],
    missing: missingRawSqs,
    async measure(target: Target, { warmupSeconds: warmup, seconds }: Effort): Promise<Sample> {
      const { pid, sqs } = target.running;
      if (sqs === undefined) throw new Error(`${target.peer.title} does not speak SQS`);
      forgetPeak(pid);
      const load = { address: sqs, pid, prefix: target.topic, warmup, seconds, ...shape };
      const outcome = await runRawLoad('sqs', mode, load);
      return shown({ ...sampleOf(outcome), peakMb: peakResidentMb(pid) });
    },
  };
  if (mode !== 'e2e') return workload;
  return {
    ...workload,
    sink: async () => sampleOf(await runAgainstSink('sqs', mode, { ...shape, seconds: 1, warmup: 0.2 })),
  };
}

/** A program of the Java VM compiles what it does often: both get time for that. */
export async function warmUpSqs(target: Target, { quick }: Effort): Promise<void> {
  const { pid, sqs } = target.running;
  if (sqs === undefined) return;
  await runRawLoad('sqs', 'e2e', { address: sqs, pid, prefix: target.topic, warmup: 0, seconds: quick ? 5 : 15 });
}

/** A rate that was given says nothing. */
export function withoutRate(sample: Sample): Sample {
  const { rate: _rate, generatorCpuPerMillion: _cpu, ...rest } = sample as Record<string, number>;
  return rest as Sample;
}
