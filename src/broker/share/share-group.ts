import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';
import type { GroupConfig, KnownGroupConfigs } from '../group/group-config.js';
import type { GroupRefusal } from '../group/group-request.js';
import { noPartitions, type Partitions, partitionsOf, samePartitions } from '../group/partitions.js';
import type { KnownTopics } from '../group/subscription.js';
import type { SharePartition } from './share-partition.js';

export const joiningEpoch = 0;
export const leavingEpoch = -1;

export interface ShareHeartbeat {
  readonly memberId: string;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly epoch: number;
  /** null when they are as before. */
  readonly topicNames: readonly string[] | null;
}

export interface ShareAnswer {
  readonly refusal: GroupRefusal | null;
  readonly message: string | null;
  readonly epoch: number;
  /** null when it is as the member knows it. */
  readonly assignment: Partitions | null;
}

export interface ShareMember {
  readonly id: string;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly topicNames: readonly string[];
  readonly epoch: number;
  readonly assignment: Partitions;
}

class Member {
  readonly id: string;
  rackId: string | null;
  clientId: string;
  clientHost: string;
  topicNames: readonly string[] = [];
  epoch = 0;
  previousEpoch = 0;
  /** As the member was told last. */
  known: Partitions = noPartitions;
  target: Partitions = noPartitions;
  readonly session: Deadline;

  constructor(request: ShareHeartbeat, clock: Clock, sessionOver: () => void) {
    this.id = request.memberId;
    this.rackId = request.rackId;
    this.clientId = request.clientId;
    this.clientHost = request.clientHost;
    this.session = new Deadline(clock, sessionOver);
  }
}

export interface ShareGroupLimits {
  readonly membersMax: number;
}

/**
 * The members of a share group. Each partition of the topics they ask for goes to at least one of them, and to more
 * when there are more members than partitions: a partition has no owner, for each record is locked by itself.
 *
 * Members are not durable: after a restart they join again. How far the records are done with is, in `partitions`.
 */
export class ShareGroup {
  readonly id: string;
  epoch = 0;
  /** By topic id and index. */
  readonly partitions: Map<string, Map<number, SharePartition>> = new Map();
  /** Who takes records without being assigned any partition, over fronts that know no such thing. */
  private readonly guests = new Set<ShareMember>();
  private readonly members = new Map<string, Member>();
  private readonly topics: KnownTopics;
  private readonly clock: Clock;
  private readonly limits: ShareGroupLimits;
  private readonly configs: KnownGroupConfigs;
  private topicChanges = -1;

  constructor(id: string, topics: KnownTopics, clock: Clock, limits: ShareGroupLimits, configs: KnownGroupConfigs) {
    this.id = id;
    this.topics = topics;
    this.clock = clock;
    this.limits = limits;
    this.configs = configs;
  }

  get config(): GroupConfig {
    return this.configs.of(this.id);
  }

  get size(): number {
    return this.members.size + this.guests.size;
  }

  get isUnused(): boolean {
    return this.size === 0 && this.partitions.size === 0;
  }

  /** What its members ask for. */
  topicNames(): Set<string> {
    const names = new Set<string>();
    for (const member of this.members.values()) for (const name of member.topicNames) names.add(name);
    return names;
  }

  describe(): ShareMember[] {
    const members = Array.from(
      this.members.values(),
      ({ id, rackId, clientId, clientHost, topicNames, epoch, target }) => {
        return { id, rackId, clientId, clientHost, topicNames, epoch, assignment: target };
      },
    );
    return [...members, ...this.guests];
  }

  attend(guest: ShareMember): void {
    this.guests.add(guest);
  }

  depart(guest: ShareMember): void {
    this.guests.delete(guest);
  }

  heartbeat(request: ShareHeartbeat): ShareAnswer {
    const { memberId, epoch, topicNames } = request;
    let member = this.members.get(memberId);
    if (epoch === leavingEpoch) return this.leave(member, memberId);
    const fault = this.faultOf(member, request);
    if (fault !== null) return fault;
    if (member === undefined) {
      member = new Member(request, this.clock, () => this.remove(memberId));
      this.members.set(memberId, member);
      this.topicChanges = -1;
    } else if (epoch === joiningEpoch) {
      member.rackId = request.rackId;
      member.clientId = request.clientId;
      member.clientHost = request.clientHost;
    }
    const subscribes = topicNames !== null && !sameNames(topicNames, member.topicNames);
    if (subscribes) {
      member.topicNames = [...topicNames];
      this.topicChanges = -1;
    }
    this.assignAnew();
    member.session.set(this.config.shareSessionTimeoutMs);
    if (member.epoch !== this.epoch) {
      member.previousEpoch = member.epoch;
      member.epoch = this.epoch;
    }
    const tells = epoch === joiningEpoch || subscribes || !samePartitions(member.known, member.target);
    member.known = member.target;
    return { refusal: null, message: null, epoch: member.epoch, assignment: tells ? member.target : null };
  }

  private faultOf(member: Member | undefined, { memberId, epoch }: ShareHeartbeat): ShareAnswer | null {
    if (epoch === joiningEpoch) {
      if (member !== undefined || this.members.size < this.limits.membersMax) return null;
      return shareRefused(
        'group-full',
        `The share group has reached its maximum capacity of ${this.limits.membersMax}.`,
      );
    }
    if (member === undefined) {
      return shareRefused('unknown-member', `Member ${memberId} is not a member of group ${this.id}.`);
    }
    // The answer with the newer epoch may not have reached it.
    if (epoch === member.epoch || (epoch === member.previousEpoch && epoch > 0)) return null;
    return shareRefused('fenced-epoch', `Member ${memberId} has the epoch ${member.epoch}, and not ${epoch}.`);
  }

  private leave(member: Member | undefined, memberId: string): ShareAnswer {
    if (member === undefined) {
      return shareRefused('unknown-member', `Member ${memberId} is not a member of group ${this.id}.`);
    }
    this.remove(memberId);
    return { refusal: null, message: null, epoch: leavingEpoch, assignment: null };
  }

  private remove(memberId: string): void {
    this.members.get(memberId)?.session.clear();
    this.members.delete(memberId);
    this.topicChanges = -1;
    this.assignAnew();
  }

  /** When members, what they ask for or topics are not what they were. */
  private assignAnew(): void {
    if (this.topicChanges === this.topics.changes) return;
    this.topicChanges = this.topics.changes;
    const wanted = new Map<string, Member[]>();
    for (const member of this.members.values()) {
      for (const name of member.topicNames) {
        const list = wanted.get(name) ?? [];
        list.push(member);
        wanted.set(name, list);
      }
    }
    const shares = new Map<Member, [string, number[]][]>();
    let turn = 0;
    for (const [name, members] of wanted) {
      const topic = this.topics.topic(name);
      if (topic === undefined) continue;
      const count = topic.partitions.length;
      const rounds = Math.max(count, members.length);
      for (let round = 0; round < rounds; round++) {
        const member = members[(turn + round) % members.length]!;
        const share = shares.get(member) ?? [];
        share.push([topic.id, [round % count]]);
        shares.set(member, share);
      }
      // The next topic begins where this one ended, so that the first members do not get the odd ones of all.
      turn += rounds;
    }
    this.epoch++;
    for (const member of this.members.values()) {
      const target = partitionsOf(shares.get(member) ?? []);
      if (!samePartitions(target, member.target)) member.target = target;
    }
  }

  close(): void {
    for (const member of this.members.values()) member.session.clear();
    this.members.clear();
    this.guests.clear();
  }
}

export function shareRefused(refusal: GroupRefusal, message: string): ShareAnswer {
  return { refusal, message, epoch: 0, assignment: null };
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}
