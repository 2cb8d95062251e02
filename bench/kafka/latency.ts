import { missingLibrdkafka, runLibrdkafka, sampleOf } from '../generators/generator.js';
import { runProducerPerformance } from '../generators/perf-tools.js';
import { kafka } from '../peers/kafka.js';
import { type Effort, moreWarmupAtRate, type Sample, type Scenario, type Target, type Workload } from '../scenario.js';
import { warmUp } from './produce.js';
import { makeTopics, removeTopics, synced } from './topics.js';

const rate = 5000;
const recordBytes = 100;

/** The rate is given: it says nothing. */
function withoutRate(sample: Sample): Sample {
  const { rate: _rate, generatorCpuPerMillion: _cpu, ...rest } = sample as Record<string, number>;
  return rest as Sample;
}

/** Each record sent at once (linger.ms=0) and read back by a consumer that waits for it. */
function librdkafka(acks: 'all' | '1'): Workload {
  return {
    name: `acks=${acks}`,
    generator: 'librdkafka, linger.ms=0',
    variants: acks === 'all' ? [synced] : [],
    missing: missingLibrdkafka,
    lasts: ({ quick, warmupSeconds, seconds }) => moreWarmupAtRate + warmupSeconds + (quick ? seconds : seconds * 2),
    async measure(target: Target, { warmupSeconds: warmup, seconds, quick }: Effort): Promise<Sample> {
      const { address: brokers, pid } = target.running;
      await makeTopics(brokers, [target.topic], 1, target.topicConfigs);
      const load = {
        rate,
        size: recordBytes,
        acks,
        linger: 0,
        warmup: warmup + moreWarmupAtRate,
        seconds: quick ? seconds : seconds * 2,
      };
      const outcome = await runLibrdkafka('latency', { brokers, pid, topic: target.topic, ...load });
      await removeTopics(brokers, [target.topic]);
      return withoutRate(sampleOf(outcome));
    },
  };
}

/** Its producer gathers for 5 ms; times are whole milliseconds. */
function perfTool(): Workload {
  return {
    name: 'acks=all',
    generator: 'kafka-producer-perf-test',
    variants: [synced],
    missing: () => kafka.missing(),
    async measure(target: Target, { warmupSeconds, seconds }: Effort): Promise<Sample> {
      const { address, pid: brokerPid } = target.running;
      const { topic } = target;
      await makeTopics(address, [topic], 1, target.topicConfigs);
      const warmupRecords = rate * warmupSeconds;
      const load = { acks: 'all', recordBytes, records: warmupRecords + rate * seconds, warmupRecords };
      const outcome = await runProducerPerformance({ address, topic, brokerPid, throughput: rate, ...load });
      await removeTopics(address, [topic]);
      return withoutRate(sampleOf(outcome));
    },
  };
}

export const kafkaLatency: Scenario = {
  name: 'kafka-latency',
  title: `Kafka: latency at ${rate.toLocaleString('en-US')} records/s of ${recordBytes} B`,
  peers: ['kafka'],
  workloads: [librdkafka('all'), librdkafka('1'), perfTool()],
  warmUp,
};
