import { missingLibrdkafka, type Outcome, runLibrdkafka, runRaw, sampleOf, withSink } from '../generators/generator.js';
import { runConsumerPerformance } from '../generators/perf-tools.js';
import { forgetCached } from '../page-cache.js';
import { kafka } from '../peers/kafka.js';
import { forgetPeak, peakResidentMb } from '../process.js';
import type { Effort, Sample, Scenario, Target, Workload } from '../scenario.js';
import { size, warmUp } from './produce.js';
import { makeTopics, removeTopics } from './topics.js';

interface Filled {
  readonly address: string;
  readonly topic: string;
  readonly pid: number;
  readonly records: number;
  readonly effort: Effort;
}

interface Kind {
  readonly name: string;
  readonly generator: string;
  readonly recordBytes: number;
  /** Read from the disk: the broker is started again and its files taken out of the page cache. */
  readonly cold: boolean;
  readonly missing: () => string | undefined;
  readonly generate: (filled: Filled) => Promise<Outcome>;
  /** Whether the sink can stand in for the broker. */
  readonly sink: boolean;
}

const batchBytes = 16_384;
const aMoment = { warmup: 0, seconds: 0.2 };

/** So that a pass takes some seconds. */
function recordsOf(recordBytes: number, { quick }: Effort): number {
  const megabytes = quick ? 500 : 1500;
  return Math.floor((megabytes * 1e6) / (recordBytes + 10));
}

function workload(kind: Kind): Workload {
  const { name, generator, recordBytes, missing } = kind;
  const whole: Workload = {
    name: `${name}, ${size(recordBytes)}`,
    generator,
    variants: [],
    missing,
    // It is filled first.
    lasts: ({ warmupSeconds, seconds }, { name }) => warmupSeconds + seconds + (kind.cold && name === 'kafka' ? 16 : 6),
    async measure(target: Target, effort: Effort): Promise<Sample> {
      const { topic } = target;
      const records = recordsOf(recordBytes, effort);
      await makeTopics(target.running.address, [topic], 1);
      // Somebody reads the topic already: what goes to one that nobody reads, Naru does not put into the page cache.
      const at = { brokers: target.running.address, topic, size: recordBytes, batch: batchBytes };
      await runRaw('produce', { ...at, acks: 1, connections: 1, count: 1 });
      if (!kind.cold) await runRaw('fetch', { ...at, connections: 1, ...aMoment });
      await runRaw('produce', { ...at, acks: 1, connections: 2, count: records });
      if (kind.cold) {
        await target.stop();
        forgetCached(target.folder);
        await target.start();
      }
      const { pid, address } = target.running;
      forgetPeak(pid);
      const outcome = await kind.generate({ address, topic, pid, records, effort });
      const peakMb = peakResidentMb(pid);
      await removeTopics(address, [topic]);
      return { ...sampleOf(outcome), peakMb };
    },
  };
  if (!kind.sink) return whole;
  return {
    ...whole,
    sink: (effort) =>
      withSink({ partitions: 1, recordBytes, batchBytes }, async (address) =>
        sampleOf(await kind.generate({ address, topic: 't', pid: 0, records: recordsOf(recordBytes, effort), effort })),
      ),
  };
}

function raw(recordBytes: number): Workload {
  return workload({
    name: 'just written',
    generator: 'raw',
    recordBytes,
    cold: false,
    missing: () => undefined,
    generate: ({ address, topic, pid, effort: { warmupSeconds: warmup, seconds } }) =>
      runRaw('fetch', { brokers: address, topic, pid, warmup, seconds, connections: 2 }),
    sink: true,
  });
}

function rawFromDisk(recordBytes: number): Workload {
  return workload({
    name: 'from disk',
    generator: 'raw',
    recordBytes,
    cold: true,
    missing: () => undefined,
    generate: ({ address, topic, pid, records }) =>
      runRaw('fetch', { brokers: address, topic, pid, connections: 1, loop: 'no', count: Math.floor(records * 0.98) }),
    sink: false,
  });
}

function librdkafka(recordBytes: number): Workload {
  return workload({
    name: 'just written',
    generator: 'librdkafka',
    recordBytes,
    cold: false,
    missing: missingLibrdkafka,
    generate: ({ address, topic, pid, records }) => {
      const amounts = { count: Math.floor(records * 0.98), skip: Math.floor(records * 0.1) };
      return runLibrdkafka('consume', { brokers: address, topic, pid, ...amounts });
    },
    sink: true,
  });
}

function perfTool(recordBytes: number): Workload {
  return workload({
    name: 'just written',
    generator: 'kafka-consumer-perf-test',
    recordBytes,
    cold: false,
    missing: () => kafka.missing(),
    generate: ({ address, topic, pid, records }) =>
      runConsumerPerformance(address, topic, Math.floor(records * 0.98), pid),
    sink: false,
  });
}

/** Produced and read at the same time, by two generators: the rate is what was read. */
function following(recordBytes: number): Workload {
  return {
    name: `while it is written, acks=all, ${size(recordBytes)}`,
    generator: 'raw',
    variants: [],
    missing: () => undefined,
    async measure({ running, topic }: Target, { warmupSeconds: warmup, seconds }: Effort): Promise<Sample> {
      const { pid, address: brokers } = running;
      await makeTopics(brokers, [topic], 1);
      forgetPeak(pid);
      const whole = { brokers, topic, warmup, seconds };
      const reading = runRaw('fetch', { ...whole, pid, connections: 1, loop: 'no' });
      const writing = runRaw('produce', { ...whole, seconds: seconds + 1, acks: 'all', size: recordBytes });
      const outcome = await reading;
      const peakMb = peakResidentMb(pid);
      await writing;
      await removeTopics(brokers, [topic]);
      return { ...sampleOf(outcome), peakMb };
    },
  };
}

export const kafkaConsume: Scenario = {
  name: 'kafka-consume',
  title: 'Kafka: consume',
  peers: ['kafka'],
  workloads: [100, 1024].flatMap((recordBytes) => [
    raw(recordBytes),
    librdkafka(recordBytes),
    perfTool(recordBytes),
    following(recordBytes),
    rawFromDisk(recordBytes),
  ]),
  warmUp,
};
