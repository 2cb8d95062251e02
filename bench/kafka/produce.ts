import { missingLibrdkafka, type Outcome, runLibrdkafka, runRaw, sampleOf, withSink } from '../generators/generator.js';
import { runProducerPerformance } from '../generators/perf-tools.js';
import { kafka } from '../peers/kafka.js';
import { forgetPeak, peakResidentMb } from '../process.js';
import type { Effort, Sample, Scenario, Target, Workload } from '../scenario.js';
import { makeTopics, removeTopics, synced } from './topics.js';

type Acks = 'all' | '1' | '0';

/** What a client keeps of a batch is up to it: Java's fill 16 KB, librdkafka's go on to a megabyte. */
interface Shape {
  readonly acks: Acks;
  readonly recordBytes: number;
  readonly batchBytes: number;
  readonly partitions: number;
}

type Generate = (address: string, topic: string, pid: number, effort: Effort) => Promise<Outcome>;

function named({ acks, recordBytes, partitions }: Shape): string {
  return `acks=${acks}, ${size(recordBytes)}${partitions > 1 ? `, ${partitions} partitions` : ''}`;
}

export function size(bytes: number): string {
  return bytes >= 1024 ? `${bytes / 1024} KB` : `${bytes} B`;
}

function workload(shape: Shape, generator: string, missing: () => string | undefined, generate: Generate): Workload {
  const { acks, recordBytes, batchBytes, partitions } = shape;
  return {
    name: named(shape),
    generator,
    variants: acks === 'all' && (recordBytes === 100 || generator.startsWith('raw')) ? [synced] : [],
    missing,
    async measure(target: Target, effort: Effort): Promise<Sample> {
      const { pid, address } = target.running;
      await makeTopics(address, [target.topic], partitions, target.topicConfigs);
      forgetPeak(pid);
      const outcome = await generate(address, target.topic, pid, effort);
      const peakMb = peakResidentMb(pid);
      await removeTopics(address, [target.topic]);
      return { ...sampleOf(outcome), peakMb };
    },
    sink(effort: Effort): Promise<Sample> {
      const sink = { partitions, recordBytes, batchBytes };
      return withSink(sink, async (address) => sampleOf(await generate(address, 't', 0, effort)));
    },
  };
}

function raw(shape: Shape): Workload {
  const batch = size(shape.batchBytes).replace('1000 KB', '1 MB');
  return workload(
    shape,
    `raw, ${batch} batches`,
    () => undefined,
    (brokers, topic, pid, { warmupSeconds: warmup, seconds }) => {
      const { acks, recordBytes, batchBytes, partitions } = shape;
      const load = { acks, size: recordBytes, batch: batchBytes, partitions, connections: 4, inflight: 5 };
      return runRaw('produce', { brokers, topic, pid, warmup, seconds, ...load });
    },
  );
}

function librdkafka(acks: Acks, recordBytes: number): Workload {
  const shape = { acks, recordBytes, batchBytes: 1_000_000, partitions: 1 };
  return workload(shape, 'librdkafka', missingLibrdkafka, (brokers, topic, pid, { warmupSeconds: warmup, seconds }) =>
    runLibrdkafka('produce', { brokers, topic, pid, warmup, seconds, acks, size: recordBytes }),
  );
}

/**
 * In its first seconds two fifths of all processor time go to the compiler of the tool's virtual machine: it warms up for so
 * much longer, at the rate that is guessed below.
 */
const compilingSeconds = 15;

function perfTool(acks: Acks, recordBytes: number): Workload {
  const shape = { acks, recordBytes, batchBytes: 16_384, partitions: 1 };
  const perSecond = recordBytes > 500 ? 100_000 : 500_000;
  return workload(
    shape,
    'kafka-producer-perf-test',
    () => kafka.missing(),
    (address, topic, brokerPid, effort) => {
      const warmupRecords = perSecond * (effort.warmupSeconds + compilingSeconds);
      const records = warmupRecords + perSecond * effort.seconds;
      const amounts = { acks, recordBytes, records, warmupRecords, throughput: -1 };
      return runProducerPerformance({ address, topic, brokerPid, ...amounts });
    },
  );
}

const javaBatch = 16_384;

export const kafkaProduce: Scenario = {
  name: 'kafka-produce',
  title: 'Kafka: produce',
  peers: ['kafka'],
  workloads: [
    ...[100, 1024].flatMap((recordBytes) =>
      (['all', '1', '0'] as const).map((acks) => raw({ acks, recordBytes, batchBytes: javaBatch, partitions: 1 })),
    ),
    raw({ acks: 'all', recordBytes: 100, batchBytes: 1_024_000, partitions: 1 }),
    raw({ acks: 'all', recordBytes: 100, batchBytes: javaBatch, partitions: 100 }),
    ...[100, 1024].flatMap((recordBytes) => [librdkafka('all', recordBytes), librdkafka('1', recordBytes)]),
    ...[100, 1024].map((recordBytes) => perfTool('all', recordBytes)),
  ],
  warmUp,
};

/** A virtual machine compiles what is used often; Node does the same, in less time. */
export async function warmUp({ running, topic }: Target, { quick }: Effort): Promise<void> {
  const { address: brokers } = running;
  await makeTopics(brokers, [topic], 1);
  const load = { warmup: 0, seconds: quick ? 3 : 5, connections: 2, size: 100 };
  await runRaw('produce', { brokers, topic, acks: 'all', ...load });
  await runRaw('fetch', { brokers, topic, ...load });
  await removeTopics(brokers, [topic]);
}
