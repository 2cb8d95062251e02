import type { Partition } from '../../broker/partition.js';
import { type Exposition, labels } from './exposition.js';
import type { CommittedBy, KafkaFacts, Scrape } from './scrape.js';

type Told = readonly [name: string, help: string, value: (partition: Partition, facts: KafkaFacts) => number];

/** There is one copy of each, and it is where it belongs. */
const families: readonly Told[] = [
  ['kafka_topic_partition_current_offset', 'The next offset of a partition.', ({ highWatermark }) => highWatermark],
  ['kafka_topic_partition_oldest_offset', 'The first offset of a partition.', ({ startOffset }) => startOffset],
  ['kafka_topic_partition_leader', 'The broker that leads a partition.', (each, facts) => facts.leaderOf(each)],
  ['kafka_topic_partition_leader_is_preferred', '1 if it is led by the one that should.', () => 1],
  ['kafka_topic_partition_replicas', 'Replicas of a partition.', () => 1],
  ['kafka_topic_partition_in_sync_replica', 'Replicas of a partition that are in sync.', () => 1],
  ['kafka_topic_partition_under_replicated_partition', '1 if some are not.', () => 0],
];

/** What dashboards of kafka_exporter ask for, by its names. */
export function kafkaMetrics(out: Exposition, scrape: Scrape): void {
  const { kafka } = scrape.facts;
  if (kafka === null) return;
  const { brokers } = kafka;
  out.gauge('kafka_brokers', 'Kafka brokers that this process stands for.', brokers.length);
  out.family('kafka_broker_info', 'gauge', 'Where they are.');
  for (const { id, address } of brokers) out.sample(1, labels({ id, address }));
  out.family('kafka_topic_partitions', 'gauge', 'Partitions of a topic.');
  for (const { name, partitions } of scrape.topics) out.sample(partitions.length, labels({ topic: name }));
  const partitions = scrape.topics.flatMap((topic) => topic.partitions);
  const within = partitions.map(({ topicName, index }) => labels({ topic: topicName, partition: index }));
  for (const [name, help, value] of families) {
    out.family(name, 'gauge', help);
    for (let at = 0; at < within.length; at++) out.sample(value(partitions[at]!, kafka), within[at]);
  }
  groups(out, scrape);
}

function groups(out: Exposition, { broker, committed }: Scrape): void {
  out.family('kafka_consumergroup_members', 'gauge', 'Members of a group.');
  for (const [consumergroup, members] of broker.groups.sizes()) out.sample(members, labels({ consumergroup }));
  const within = committed.map(({ group, topic, partition }) =>
    labels({ consumergroup: group, topic, partition: partition.index }),
  );
  out.family('kafka_consumergroup_current_offset', 'gauge', 'The offset that a group has committed.');
  for (let at = 0; at < within.length; at++) out.sample(committed[at]!.offset, within[at]);
  out.family('kafka_consumergroup_lag', 'gauge', 'Records between what a group has committed and the end.');
  for (let at = 0; at < within.length; at++) out.sample(lagOf(committed[at]!), within[at]);
  const sums = new Map<string, { offset: number; lag: number }>();
  for (const each of committed) {
    const key = labels({ consumergroup: each.group, topic: each.topic });
    const sum = sums.get(key) ?? { offset: 0, lag: 0 };
    sum.offset += each.offset;
    sum.lag += lagOf(each);
    sums.set(key, sum);
  }
  out.family('kafka_consumergroup_current_offset_sum', 'gauge', 'Of all partitions of a topic.');
  for (const [key, { offset }] of sums) out.sample(offset, key);
  out.family('kafka_consumergroup_lag_sum', 'gauge', 'Of all partitions of a topic.');
  for (const [key, { lag }] of sums) out.sample(lag, key);
}

function lagOf({ partition, offset }: CommittedBy): number {
  return Math.max(0, partition.highWatermark - offset);
}
