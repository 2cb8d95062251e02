import { compilePattern } from '../../lib/safe-pattern.js';
import { assignors } from './assignor.js';
import { ConsumerGroup, type ConsumerSurroundings, type RestoredConsumerGroup } from './consumer-group.js';
import {
  consumerKeys,
  readConsumer,
  readConsumerGroup,
  readConsumerKey,
  readMemberTarget,
  readStanding,
  readTarget,
} from './consumer-records.js';
import { type ConsumerHeartbeat, joiningEpoch } from './consumer-request.js';
import type { GroupRefusal } from './group-request.js';
import { awayEpoch } from './reconciliation.js';

/** All groups of the protocol of KIP-848, by id. */
export class ConsumerGroups {
  private readonly around: ConsumerSurroundings;
  private readonly byId = new Map<string, ConsumerGroup>();
  private readonly loaded = new Map<string, RestoredConsumerGroup>();

  constructor(around: ConsumerSurroundings) {
    this.around = around;
  }

  get size(): number {
    return this.byId.size;
  }

  [Symbol.iterator](): IterableIterator<ConsumerGroup> {
    return this.byId.values();
  }

  get(id: string): ConsumerGroup | undefined {
    return this.byId.get(id);
  }

  create(id: string): ConsumerGroup {
    const group = new ConsumerGroup(id, this.around);
    this.byId.set(id, group);
    return group;
  }

  /** Forgets a group that the caller deletes from the log. */
  forget(group: ConsumerGroup): void {
    group.close();
    this.byId.delete(group.id);
  }

  /** What a record of `__consumer_offsets` says, in the order of the log; those about something else are passed over. */
  apply(key: Buffer, value: Buffer | null): void {
    const about = readConsumerKey(key);
    if (about === null) return;
    const group = this.loading(about.group);
    switch (about.kind) {
      case consumerKeys.group:
        group.stored = value === null ? null : readConsumerGroup(value);
        break;
      case consumerKeys.target:
        group.targetEpoch = value === null ? 0 : readTarget(value);
        break;
      case consumerKeys.member:
        put(group.members, about.memberId, value === null ? null : readConsumer(value));
        break;
      case consumerKeys.memberTarget:
        put(group.targets, about.memberId, value === null ? null : readMemberTarget(value));
        break;
      case consumerKeys.standing:
        put(group.standings, about.memberId, value === null ? null : readStanding(value));
        break;
    }
  }

  private loading(id: string): RestoredConsumerGroup {
    let group = this.loaded.get(id);
    if (group === undefined) {
      group = { stored: null, targetEpoch: 0, members: new Map(), targets: new Map(), standings: new Map() };
      this.loaded.set(id, group);
    }
    return group;
  }

  start(): void {
    for (const [id, loaded] of this.loaded) if (loaded.stored !== null) this.create(id).restore(loaded);
    this.loaded.clear();
  }

  close(): void {
    for (const group of this.byId.values()) group.close();
    this.byId.clear();
  }
}

function put<T>(into: Map<string, T>, id: string, value: T | null): void {
  if (value === null) into.delete(id);
  else into.set(id, value);
}

/** What is wrong with a heartbeat, whatever the group: the reason and words for people. `null` when nothing is. */
export function malformed(group: string, request: ConsumerHeartbeat): readonly [GroupRefusal, string] | null {
  const { memberId, instanceId, rackId, epoch, topicRegex, assignor } = request;
  if (group === '') return ['invalid-request', "GroupId can't be empty."];
  if (memberId === '') return ['invalid-request', "MemberId can't be empty."];
  if (instanceId === '') return ['invalid-request', "InstanceId can't be empty."];
  if (rackId === '') return ['invalid-request', "RackId can't be empty."];
  if (epoch < awayEpoch) return ['invalid-request', 'MemberEpoch is invalid.'];
  if (epoch === awayEpoch && instanceId === null) return ['invalid-request', "InstanceId can't be null."];
  if (epoch === joiningEpoch) {
    const wrong = malformedJoin(request);
    if (wrong !== null) return ['invalid-request', wrong];
  }
  if (assignor !== null && !assignors.has(assignor)) {
    const supported = [...assignors.keys()].join(', ');
    return ['unsupported-assignor', `ServerAssignor ${assignor} is not supported. Supported assignors: ${supported}.`];
  }
  if (topicRegex !== null && topicRegex !== '' && compilePattern(topicRegex) === null) {
    return ['invalid-regex', `SubscribedTopicRegex '${topicRegex}' is not a valid RE2 expression.`];
  }
  return null;
}

function malformedJoin({ rebalanceTimeoutMs, owned, topicNames, topicRegex }: ConsumerHeartbeat): string | null {
  if (rebalanceTimeoutMs < 0) return 'RebalanceTimeoutMs must be provided in first request.';
  if (owned !== null && owned.size > 0) return 'TopicPartitions must be empty when (re-)joining.';
  if (topicNames === null && topicRegex === null) {
    return 'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.';
  }
  return null;
}
