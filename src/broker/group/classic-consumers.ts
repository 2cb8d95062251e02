import type { Clock } from '../../lib/clock.js';
import type { Random } from '../../lib/random.js';
import type { ConsumerMember } from './consumer-member.js';
import {
  type ConsumerSubscription,
  type NamedPartitions,
  readSubscription,
  writeAssignment,
} from './consumer-protocol.js';
import { type ConsumerHeartbeat, joiningEpoch } from './consumer-request.js';
import {
  type GroupOptions,
  type GroupRefusal,
  type JoinRequest,
  type JoinWaiter,
  joinRefused,
  type MemberProtocol,
  noBytes,
  noMemberId,
  type SyncRequest,
  type SyncWaiter,
  syncRefused,
} from './group-request.js';
import { type Partitions, partitionsOf } from './partitions.js';
import type { KnownTopics } from './subscription.js';

/** The one type of the classic protocol whose members say what they read. */
export const consumerProtocolType = 'consumer';

/** What a member that speaks the classic protocol has said in it. */
export interface ClassicSide {
  readonly sessionTimeoutMs: number;
  readonly protocols: readonly MemberProtocol[];
}

/** The consumer group, as its classic members see it. */
export interface ConsumerGroupInside {
  readonly id: string;
  readonly epoch: number;
  readonly full: boolean;
  readonly closed: boolean;
  readonly around: {
    readonly clock: Clock;
    readonly random: Random;
    readonly topics: KnownTopics;
    readonly options: Pick<GroupOptions, 'sessionTimeoutMinMs' | 'sessionTimeoutMaxMs'>;
  };
  everyone(): Iterable<ConsumerMember>;
  find(memberId: string, instanceId: string | null): ConsumerMember | undefined;
  /** Takes in what a member says, and moves it on. */
  receive(request: ConsumerHeartbeat, classic: ClassicSide | null): ConsumerMember;
  /** Whether the member would get something now that it did not when it joined last. */
  hasMoreFor(member: ConsumerMember): boolean;
  write(done: (stored: boolean) => void): void;
}

/**
 * Members of a consumer group that speak the classic protocol, as while a group moves from one protocol to the other.
 *
 * Nobody leads them: the group shares out for them, and what a leader would have given each comes with its sync. Their
 * generation is their member epoch. A join is one step towards the target; who has another to make (the group began a new
 * epoch, there is something to give up, or something became free) is told with its heartbeat that a rebalance goes on.
 * It then has its rebalance time-out to join, and as long again to sync.
 */
export class ClassicConsumers {
  private readonly group: ConsumerGroupInside;

  constructor(group: ConsumerGroupInside) {
    this.group = group;
  }

  join(request: JoinRequest, waiter: JoinWaiter): void {
    const { group } = this;
    const subscription = readSubscription(request.protocols[0]?.metadata ?? noBytes);
    const refusal = this.joinRefusal(request, subscription);
    if (refusal !== null || subscription === null) {
      waiter(joinRefused(refusal ?? 'inconsistent-protocol', request.memberId));
      return;
    }
    const memberId = request.memberId === noMemberId ? this.newId(request) : request.memberId;
    if (request.memberId === noMemberId && request.instanceId === null && request.requireMemberId) {
      waiter(joinRefused('member-id-required', memberId));
      return;
    }
    const side = { sessionTimeoutMs: request.sessionTimeoutMs, protocols: request.protocols };
    const member = group.receive(this.heartbeatOf(request, memberId, subscription), side);
    const { epoch } = member.standing;
    member.due.set(request.rebalanceTimeoutMs);
    group.write((stored) => {
      const protocol = side.protocols[0]!.name;
      const answer = { generation: epoch, protocolType: consumerProtocolType, protocol, skipAssignment: false };
      if (stored) waiter({ ...answer, refusal: null, memberId, leader: noMemberId, members: [] });
      else waiter(joinRefused('storage-failed', memberId));
    });
  }

  private joinRefusal(request: JoinRequest, subscription: ConsumerSubscription | null): GroupRefusal | null {
    const { group } = this;
    const { sessionTimeoutMinMs, sessionTimeoutMaxMs } = group.around.options;
    if (group.closed) return 'unavailable';
    if (request.sessionTimeoutMs < sessionTimeoutMinMs || request.sessionTimeoutMs > sessionTimeoutMaxMs) {
      return 'invalid-session-timeout';
    }
    if (request.protocolType !== consumerProtocolType || subscription === null) return 'inconsistent-protocol';
    if (!this.canAgreeOn(request)) return 'inconsistent-protocol';
    const present = group.find(request.memberId, request.instanceId);
    if (present === undefined) {
      // An id that nobody has may have been given out by the first step of a join. Who reads something under it was a
      // member once, and its partitions may be with others: it has to stop before it comes back.
      const wasMember = request.instanceId !== null || subscription.owned.length > 0;
      if (wasMember && request.memberId !== noMemberId) return 'unknown-member';
      return group.full ? 'group-full' : null;
    }
    if (present.id === request.memberId || request.memberId === noMemberId) return null;
    return 'fenced-instance';
  }

  /** They do not follow one protocol, but one that was made for the other would not know what to do. */
  private canAgreeOn({ memberId, instanceId, protocols }: JoinRequest): boolean {
    const names = new Set(protocols.map(({ name }) => name));
    for (const { id, instanceId: instance, classic } of this.group.everyone()) {
      if (classic === null || id === memberId || (instance !== null && instance === instanceId)) continue;
      const theirs = new Set(classic.protocols.map(({ name }) => name));
      for (const name of names) if (!theirs.has(name)) names.delete(name);
    }
    return names.size > 0;
  }

  private newId({ instanceId, clientId }: JoinRequest): string {
    return `${(instanceId ?? clientId).slice(0, 255)}-${this.group.around.random.uuid()}`;
  }

  private heartbeatOf(request: JoinRequest, memberId: string, subscription: ConsumerSubscription): ConsumerHeartbeat {
    return {
      memberId,
      instanceId: request.instanceId,
      rackId: subscription.rackId === '' ? null : subscription.rackId,
      clientId: request.clientId,
      clientHost: request.clientHost,
      epoch: joiningEpoch,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs,
      topicNames: subscription.topicNames,
      topicRegex: '',
      assignor: null,
      owned: withIds(subscription.owned, this.group.around.topics),
      mayKnow: () => true,
    };
  }

  sync(request: SyncRequest, waiter: SyncWaiter): void {
    const member = this.group.find(request.memberId, request.instanceId);
    const refusal = this.refusalOf(member, request.memberId, request.instanceId, request.generation);
    const classic = member?.classic ?? null;
    if (refusal !== null || member === undefined || classic === null) {
      waiter(syncRefused(refusal ?? 'unknown-member'));
      return;
    }
    const { name: protocol, metadata } = classic.protocols[0]!;
    const { protocolType: type } = request;
    if ((type !== null && type !== consumerProtocolType) || (request.protocol ?? protocol) !== protocol) {
      waiter(syncRefused('inconsistent-protocol'));
      return;
    }
    // Who has something to give up has joined already: it gives that up first, and joins again then.
    if (this.group.epoch > member.standing.epoch && member.standing.state !== 'unrevoked') {
      this.expectJoin(member);
      waiter(syncRefused('rebalance-in-progress'));
      return;
    }
    member.due.clear();
    member.session.set(classic.sessionTimeoutMs);
    member.told = member.standing.assigned;
    const named = withNames(member.standing.assigned, this.group.around.topics);
    const version = readSubscription(metadata)?.version ?? 0;
    waiter({
      refusal: null,
      protocolType: consumerProtocolType,
      protocol,
      assignment: writeAssignment(version, named),
    });
  }

  heartbeat(memberId: string, instanceId: string | null, generation: number): GroupRefusal | null {
    const member = this.group.find(memberId, instanceId);
    const refusal = this.refusalOf(member, memberId, instanceId, generation);
    if (refusal !== null || member === undefined) return refusal ?? 'unknown-member';
    member.session.set(member.classic!.sessionTimeoutMs);
    const { epoch, state } = member.standing;
    if (epoch === this.group.epoch && state !== 'unrevoked' && !this.group.hasMoreFor(member)) return null;
    this.expectJoin(member);
    return 'rebalance-in-progress';
  }

  private expectJoin(member: ConsumerMember): void {
    if (!member.due.armed) member.due.set(member.rebalanceTimeoutMs);
  }

  private refusalOf(
    member: ConsumerMember | undefined,
    memberId: string,
    instanceId: string | null,
    generation: number,
  ): GroupRefusal | null {
    if (this.group.closed) return 'unavailable';
    if (member === undefined) return 'unknown-member';
    if (instanceId !== null && member.id !== memberId) return 'fenced-instance';
    if (member.classic === null) return 'unknown-member';
    return member.standing.epoch === generation ? null : 'illegal-generation';
  }
}

/** Topics that are not there (any more) are left out. */
export function withNames(partitions: Partitions, topics: KnownTopics): NamedPartitions[] {
  return [...partitions].flatMap(([topicId, numbers]): NamedPartitions[] => {
    const name = topics.topicById(topicId)?.name;
    return name === undefined ? [] : [[name, numbers]];
  });
}

/** And the other way round. */
export function withIds(named: readonly NamedPartitions[], topics: KnownTopics): Partitions {
  return partitionsOf(
    named.flatMap(([name, numbers]) => {
      const topic = topics.topic(name);
      if (topic === undefined) return [];
      return [[topic.id, numbers.filter((number) => number >= 0 && number < topic.partitions.length)] as const];
    }),
  );
}
