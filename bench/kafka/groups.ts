import { missingLibrdkafka, runLibrdkafka } from '../generators/generator.js';
import type { Sample, Scenario, Target } from '../scenario.js';
import { warmUp } from './produce.js';
import { makeTopics, removeTopics } from './topics.js';

const members = 50;
const partitions = 100;

export const kafkaGroups: Scenario = {
  name: 'kafka-groups',
  title: 'Kafka: rebalancing a group',
  peers: ['kafka'],
  workloads: [
    {
      name: `${members} members, ${partitions} partitions`,
      generator: 'librdkafka, heartbeat.interval.ms=200',
      variants: [],
      missing: missingLibrdkafka,
      async measure({ running, topic }: Target): Promise<Sample> {
        const { address: brokers, pid } = running;
        await makeTopics(brokers, [topic], partitions);
        const load = { members, partitions, heartbeat: 200 };
        // The first group of a broker also makes it set its offsets topic up.
        await runLibrdkafka('group', { brokers, pid, topic, ...load, members: 1, group: `${topic}-before` });
        const outcome = await runLibrdkafka('group', { brokers, pid, topic, ...load, group: topic });
        await removeTopics(brokers, [topic]);
        const { coldMs, leaveMs } = outcome;
        if (coldMs === undefined || leaveMs === undefined || coldMs < 0 || leaveMs < 0) {
          throw new Error('the group did not settle');
        }
        return { coldMs, leaveMs };
      },
    },
  ],
  warmUp,
};
