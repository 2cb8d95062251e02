import { missingLibrdkafka, runLibrdkafka, sampleOf } from '../generators/generator.js';
import type { Effort, Sample, Scenario, Target, Workload } from '../scenario.js';
import { warmUp } from './produce.js';
import { makeTopics, removeTopics, synced } from './topics.js';

const records = 100;

/** One producer, one transaction after the other; the time is from its beginning to the answer to its commit. */
function transactions(partitions: number): Workload {
  return {
    name: `${records} records of 100 B to ${partitions} partition${partitions > 1 ? 's' : ''}`,
    generator: 'librdkafka',
    variants: [synced],
    missing: missingLibrdkafka,
    async measure(target: Target, { warmupSeconds: warmup, seconds }: Effort): Promise<Sample> {
      const { address: brokers, pid } = target.running;
      const { topic } = target;
      await makeTopics(brokers, [topic], partitions, target.topicConfigs);
      const load = { records, partitions, size: 100, linger: 0, warmup, seconds };
      const outcome = await runLibrdkafka('transactions', { brokers, pid, topic, id: topic, ...load });
      await removeTopics(brokers, [topic]);
      return sampleOf(outcome);
    },
  };
}

export const kafkaTransactions: Scenario = {
  name: 'kafka-transactions',
  title: 'Kafka: transactions',
  peers: ['kafka'],
  roundsMax: 1,
  workloads: [transactions(1), transactions(10)],
  warmUp,
};
