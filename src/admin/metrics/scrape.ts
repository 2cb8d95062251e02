import type { Broker } from '../../broker/broker.js';
import type { Partition } from '../../broker/partition.js';
import type { Queue } from '../../broker/queue/queue.js';
import { type Work, workIn, workInAll } from '../../broker/share/work.js';
import type { Topic } from '../../broker/topic.js';
import type { Clock } from '../../lib/clock.js';
import type { LoopLag } from '../../lib/loop-lag.js';
import type { AmqpFacts, FrontFacts } from '../../protocols/watching.js';

/** What the process tells for metrics, besides its broker. */
export interface MetricsFacts {
  readonly uptimeMs: number;
  readonly fronts: readonly FrontFacts[];
  /** Null while that front is not there. */
  readonly amqp: AmqpFacts | null;
  readonly kafka: KafkaFacts | null;
}

export interface KafkaFacts {
  readonly brokers: readonly { readonly id: number; readonly address: string }[];
  leaderOf(partition: Partition): number;
}

/** One scrape: what it is about, gathered once for all families. */
export interface Scrape {
  readonly broker: Broker;
  readonly facts: MetricsFacts;
  readonly lag: LoopLag;
  readonly clock: Clock;
  /** What there is to do in all queues. */
  readonly work: Work;
  /** What is told of one by one: as many as may be. */
  readonly queues: readonly QueueSeen[];
  readonly topics: readonly Topic[];
  readonly committed: readonly CommittedBy[];
  /** How many of each kind were left out. */
  readonly omitted: Readonly<Record<'queue' | 'partition' | 'group', number>>;
}

export interface QueueSeen {
  readonly queue: Queue;
  readonly work: Work;
}

/** A group's place in one partition. */
export interface CommittedBy {
  readonly group: string;
  readonly topic: string;
  readonly partition: Partition;
  readonly offset: number;
}

/** Looks at everything once. What there is more of than `objectsMax` is left out, and counted. */
export function scrapeOf(broker: Broker, facts: MetricsFacts, lag: LoopLag, objectsMax: number): Scrape {
  const work = workInAll(broker.topicQueues, broker.queues.all());
  const queues: QueueSeen[] = [];
  for (const queue of broker.queues.all()) {
    if (queues.length >= objectsMax) break;
    queues.push({ queue, work: workIn(broker.topicQueues, queue) });
  }
  const topics: Topic[] = [];
  let [told, partitions] = [0, 0];
  for (const topic of broker.catalog.topics()) {
    const { length } = topic.partitions;
    partitions += length;
    if (told + length > objectsMax) continue;
    told += length;
    topics.push(topic);
  }
  const committed: CommittedBy[] = [];
  let offsets = 0;
  for (const group of broker.groups.offsets.groups()) {
    for (const [topic, places] of broker.groups.offsets.topics(group)) {
      const found = broker.catalog.topic(topic)?.partitions;
      if (found === undefined) continue;
      for (const [index, { offset }] of places) {
        const partition = found[index];
        if (partition === undefined) continue;
        offsets++;
        if (committed.length < objectsMax) committed.push({ group, topic, partition, offset });
      }
    }
  }
  const omitted = {
    queue: broker.queues.count - queues.length,
    partition: partitions - told,
    group: offsets - committed.length,
  };
  return { broker, facts, lag, clock: broker.storage.clock, work, queues, topics, committed, omitted };
}
