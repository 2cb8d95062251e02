import type { Broker } from '../../broker/broker.js';
import type { ConsumerGroup } from '../../broker/group/consumer-group.js';
import { type NamedPartitions, readAssignment, readSubscription } from '../../broker/group/consumer-protocol.js';
import type { GroupDescription } from '../../broker/group/group-request.js';
import type { Partitions } from '../../broker/group/partitions.js';
import type { Partition } from '../../broker/partition.js';
import type { ShareGroup } from '../../broker/share/share-group.js';

export type GroupKind = 'classic' | 'consumer' | 'share';

export interface GroupMember {
  readonly id: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly host: string;
  readonly topics: readonly string[];
  readonly assigned: readonly NamedPartitions[];
}

/** How far a group is with a partition. */
export interface Progress {
  readonly topic: string;
  readonly index: number;
  /** Undefined when the topic is gone. */
  readonly partition: Partition | undefined;
  /** Null where nothing is committed. */
  readonly offset: number | null;
  readonly committedMs: number | null;
  readonly metadata: string;
  readonly lag: number | null;
}

/** One group in the words of all three kinds. */
export interface KnownGroup {
  readonly name: string;
  readonly kind: GroupKind;
  readonly state: string;
  readonly protocolType: string;
  /** How partitions are shared out. */
  readonly protocol: string;
  readonly epoch: number;
  readonly memberCount: number;
  members(): GroupMember[];
  /** In the order of topics and partitions. */
  progress(): Progress[];
}

/** Names of all groups. */
export function groupNames({ groups, shares }: Broker): string[] {
  const names = Array.from(groups.sizes(), ([name]) => name);
  for (const { id } of shares) names.push(id);
  return names;
}

/** What is known of the group of that name, whatever its kind. */
export function groupOf(broker: Broker, name: string): KnownGroup | null {
  const classic = broker.groups.describe(name);
  if (classic !== null) return new ClassicKnown(broker, classic);
  const consumers = broker.groups.consumers.get(name);
  if (consumers !== undefined) return new ConsumersKnown(broker, consumers);
  const share = broker.shares.get(name);
  return share === undefined ? null : new ShareKnown(broker, share);
}

const classicStates = {
  empty: 'Empty',
  preparing: 'PreparingRebalance',
  completing: 'CompletingRebalance',
  stable: 'Stable',
  dead: 'Dead',
} as const;

const consumerStates = {
  empty: 'Empty',
  assigning: 'Assigning',
  reconciling: 'Reconciling',
  stable: 'Stable',
  dead: 'Dead',
} as const;

class ClassicKnown implements KnownGroup {
  readonly kind = 'classic';
  readonly name: string;
  readonly epoch: number;
  private readonly broker: Broker;
  private readonly group: GroupDescription;

  constructor(broker: Broker, group: GroupDescription) {
    this.broker = broker;
    this.group = group;
    this.name = group.id;
    this.epoch = group.generation;
  }

  get state(): string {
    return classicStates[this.group.state];
  }

  get protocolType(): string {
    return this.group.protocolType;
  }

  get protocol(): string {
    return this.group.protocol;
  }

  get memberCount(): number {
    return this.group.members.length;
  }

  members(): GroupMember[] {
    // What other protocols tell their members is theirs to read.
    const isConsumers = this.group.protocolType === 'consumer';
    return this.group.members.map(({ memberId, instanceId, clientId, clientHost, metadata, assignment }) => ({
      id: memberId,
      instanceId,
      clientId,
      host: clientHost,
      topics: isConsumers && metadata.length > 0 ? (readSubscription(metadata)?.topicNames ?? []) : [],
      assigned: isConsumers ? (readAssignment(assignment) ?? []) : [],
    }));
  }

  progress(): Progress[] {
    return committedBy(this.broker, this.name, this.members());
  }
}

class ConsumersKnown implements KnownGroup {
  readonly kind = 'consumer';
  readonly protocolType = 'consumer';
  readonly name: string;
  private readonly broker: Broker;
  private readonly group: ConsumerGroup;

  constructor(broker: Broker, group: ConsumerGroup) {
    this.broker = broker;
    this.group = group;
    this.name = group.id;
  }

  get state(): string {
    return consumerStates[this.group.state];
  }

  get protocol(): string {
    return this.group.assignor;
  }

  get epoch(): number {
    return this.group.epoch;
  }

  get memberCount(): number {
    return [...this.group.everyone()].length;
  }

  members(): GroupMember[] {
    return this.group.describe().members.map((member) => ({
      id: member.memberId,
      instanceId: member.instanceId,
      clientId: member.clientId,
      host: member.clientHost,
      topics: member.topicNames,
      assigned: named(this.broker, member.assignment),
    }));
  }

  progress(): Progress[] {
    return committedBy(this.broker, this.name, this.members());
  }
}

class ShareKnown implements KnownGroup {
  readonly kind = 'share';
  readonly protocolType = 'share';
  readonly protocol = '';
  readonly name: string;
  private readonly broker: Broker;
  private readonly group: ShareGroup;

  constructor(broker: Broker, group: ShareGroup) {
    this.broker = broker;
    this.group = group;
    this.name = group.id;
  }

  get state(): string {
    return this.group.size > 0 ? 'Stable' : 'Empty';
  }

  get epoch(): number {
    return this.group.epoch;
  }

  get memberCount(): number {
    return this.group.size;
  }

  members(): GroupMember[] {
    return this.group.describe().map(({ id, clientId, clientHost, topicNames, assignment }) => ({
      id,
      instanceId: null,
      clientId,
      host: clientHost,
      topics: topicNames,
      assigned: named(this.broker, assignment),
    }));
  }

  progress(): Progress[] {
    const list: Progress[] = [];
    for (const [topicId, partitions] of this.group.partitions) {
      const topic = this.broker.catalog.topicById(topicId);
      if (topic === undefined) continue;
      for (const [index, share] of partitions) {
        list.push({
          topic: topic.name,
          index,
          partition: share.partition,
          offset: share.startOffset,
          committedMs: null,
          metadata: '',
          lag: share.lag,
        });
      }
    }
    return list.sort(inOrder);
  }
}

function named({ catalog }: Broker, partitions: Partitions): NamedPartitions[] {
  const list: NamedPartitions[] = [];
  for (const [topicId, indexes] of partitions) {
    const topic = catalog.topicById(topicId);
    if (topic !== undefined) list.push([topic.name, indexes]);
  }
  return list;
}

/** What is committed, and what members have without a commit. */
function committedBy({ groups, catalog }: Broker, group: string, members: readonly GroupMember[]): Progress[] {
  const list: Progress[] = [];
  const seen = new Set<string>();
  for (const [topic, partitions] of groups.offsets.topics(group)) {
    for (const [index, { offset, commitTimestampMs, metadata }] of partitions) {
      const partition = catalog.topic(topic)?.partitions[index];
      const lag = partition === undefined ? null : Math.max(0, partition.highWatermark - offset);
      list.push({ topic, index, partition, offset, committedMs: commitTimestampMs, metadata, lag });
      seen.add(`${index} ${topic}`);
    }
  }
  for (const { assigned } of members) {
    for (const [topic, indexes] of assigned) {
      for (const index of indexes) {
        if (seen.has(`${index} ${topic}`)) continue;
        const partition = catalog.topic(topic)?.partitions[index];
        list.push({ topic, index, partition, offset: null, committedMs: null, metadata: '', lag: null });
        seen.add(`${index} ${topic}`);
      }
    }
  }
  return list.sort(inOrder);
}

function inOrder(one: Progress, other: Progress): number {
  if (one.topic !== other.topic) return one.topic < other.topic ? -1 : 1;
  return one.index - other.index;
}
