import { missingLibrdkafka, type Outcome, runLibrdkafka, runRawGroup } from '../generators/generator.js';
import type { Sample, Scenario, Target, Workload } from '../scenario.js';
import { warmUp } from './produce.js';
import { makeTopics, removeTopics } from './topics.js';

const members = 50;
const partitions = 100;
const heartbeat = 200;

type Rebalance = (brokers: string, topic: string, group: string, members: number) => Promise<Outcome>;

function workload(generator: string, missing: () => string | undefined, rebalance: Rebalance): Workload {
  return {
    name: `${members} members, ${partitions} partitions`,
    generator,
    variants: [],
    missing,
    lasts: () => 12,
    async measure({ running, topic }: Target): Promise<Sample> {
      const { address } = running;
      await makeTopics(address, [topic], partitions);
      // The first group of a broker also makes it set its offsets topic up.
      await rebalance(address, topic, `${topic}-before`, 2);
      const { coldMs, leaveMs } = await rebalance(address, topic, topic, members);
      await removeTopics(address, [topic]);
      if (coldMs === undefined || leaveMs === undefined || coldMs < 0 || leaveMs < 0) {
        throw new Error('the group did not settle');
      }
      return { coldMs, leaveMs };
    },
  };
}

export const kafkaGroups: Scenario = {
  name: 'kafka-groups',
  title: 'Kafka: rebalancing a group',
  peers: ['kafka'],
  roundsMax: 1,
  workloads: [
    workload(
      `raw, a heartbeat every ${heartbeat} ms`,
      () => undefined,
      (brokers, _topic, group, count) => runRawGroup({ brokers, group, members: count, heartbeat }),
    ),
    workload(`librdkafka, heartbeat.interval.ms=${heartbeat}`, missingLibrdkafka, (brokers, topic, group, count) =>
      runLibrdkafka('group', { brokers, topic, group, members: count, partitions, heartbeat }),
    ),
  ],
  warmUp,
};
