import { assert } from '../../lib/assert.js';
import type { Clock } from '../../lib/clock.js';
import type { Random } from '../../lib/random.js';
import { assignors, defaultAssignor, type Subscriber } from './assignor.js';
import { ClassicConsumers, type ClassicSide, type ConsumerGroupInside } from './classic-consumers.js';
import { ConsumerMember } from './consumer-member.js';
import { consumerKeys, type StoredConsumer, type StoredConsumerGroup, writeConsumerKey } from './consumer-records.js';
import {
  type ConsumerGroupDescription,
  type ConsumerGroupOptions,
  type ConsumerGroupState,
  type ConsumerHeartbeat,
  type ConsumerWaiter,
  consumerRefused,
  joiningEpoch,
} from './consumer-request.js';
import type { GroupConfig, KnownGroupConfigs } from './group-config.js';
import type { GroupOptions, GroupRefusal } from './group-request.js';
import type { OffsetRecord } from './offsets.js';
import { noPartitions, type Partitions, samePartitions, within, without } from './partitions.js';
import { awayEpoch, reconcile, type Standing } from './reconciliation.js';
import { type KnownTopic, type KnownTopics, TopicRegexes, topicsHash } from './subscription.js';
import { Unwritten } from './unwritten.js';

/** What a consumer group needs from outside. `append` calls `done` once, in the order of the appends. */
export interface ConsumerSurroundings {
  readonly clock: Clock;
  readonly options: ConsumerGroupOptions & GroupOptions;
  readonly random: Random;
  readonly configs: KnownGroupConfigs;
  readonly topics: KnownTopics;
  append(group: string, records: readonly OffsetRecord[], done: (stored: boolean) => void): void;
  /** A member is gone: it may have been the last one to speak the protocol of KIP-848. */
  left(group: ConsumerGroup): void;
}

/** A group as it was stored: its parts come in any order. */
export interface RestoredConsumerGroup {
  stored: StoredConsumerGroup | null;
  targetEpoch: number;
  readonly members: Map<string, StoredConsumer>;
  readonly targets: Map<string, Partitions>;
  readonly standings: Map<string, Standing>;
}

interface Refused {
  readonly refusal: GroupRefusal;
  readonly message: string;
}

/** How long it may take until a changed rule about topics shows in what an expression matches. */
const lookAgainMs = 60_000;

/** A write on its way to the log, and who is told when it is there. */
interface Write {
  readonly waiters: ((stored: boolean) => void)[];
}

/**
 * The consumer group of KIP-848: members say what they read, the group says who has what.
 *
 * Whatever changes what there is to share out (a member comes or goes, reads something else, a topic grows) begins a
 * new *group epoch*. The next heartbeat of anyone computes the *target assignment* of that epoch. Each member then
 * moves towards its part of the target with its own heartbeats, as `reconciliation.ts` says, and is in the target's
 * epoch once it has nothing left to give up.
 *
 * `owners` holds that a partition is one member's at a time, from when it is given until the member said it gave it up,
 * left, or was removed: for silence (the session) or for not giving up in time (the rebalance time-out).
 *
 * Everything is decided at once, in memory, and answered when its records are durable. What could not be written is
 * written with the next change, so the log holds some state this group was in, and never less than anyone was told.
 */
export class ConsumerGroup implements ConsumerGroupInside {
  readonly id: string;
  epoch = 0;
  targetEpoch = 0;
  /** Since when the group has members, or has none. */
  sinceMs: number;
  private topicsHash = 0;
  private seenTopicChanges = -1;
  readonly around: ConsumerSurroundings;
  readonly classics: ClassicConsumers = new ClassicConsumers(this);
  private readonly members = new Map<string, ConsumerMember>();
  private readonly memberIdByInstance = new Map<string, string>();
  private readonly owners = new Map<string, Map<number, string>>();
  private readonly regexes: TopicRegexes;
  private unwritten = new Unwritten();
  private readonly writes: Write[] = [];
  closed = false;

  constructor(id: string, around: ConsumerSurroundings) {
    this.id = id;
    this.around = around;
    this.regexes = new TopicRegexes(around.topics);
    this.sinceMs = around.clock.now();
  }

  get state(): ConsumerGroupState {
    if (this.closed) return 'dead';
    if (this.members.size === 0) return 'empty';
    if (this.epoch > this.targetEpoch) return 'assigning';
    for (const { standing } of this.members.values()) {
      if (standing.state !== 'stable' || standing.epoch !== this.targetEpoch) return 'reconciling';
    }
    return 'stable';
  }

  private get config(): GroupConfig {
    return this.around.configs.of(this.id);
  }

  get full(): boolean {
    return this.members.size >= this.around.options.membersMax;
  }

  /** Nobody in it speaks the protocol of KIP-848. */
  get allClassic(): boolean {
    for (const { classic } of this.members.values()) if (classic === null) return false;
    return true;
  }

  everyone(): Iterable<ConsumerMember> {
    return this.members.values();
  }

  find(memberId: string, instanceId: string | null): ConsumerMember | undefined {
    return this.members.get(instanceId === null ? memberId : (this.memberIdByInstance.get(instanceId) ?? ''));
  }

  get empty(): boolean {
    return this.members.size === 0;
  }

  member(id: string): ConsumerMember | undefined {
    return this.members.get(id);
  }

  /** A member joins or is heard of. */
  heartbeat(request: ConsumerHeartbeat, waiter: ConsumerWaiter): void {
    const refused = this.closed ? refuse('unavailable', 'The broker is closing.') : this.refusalOf(request);
    if (refused !== null) {
      waiter(consumerRefused(refused.refusal, refused.message, request.memberId));
      return;
    }
    this.answer(this.receive(request, null), request, waiter);
  }

  receive(request: ConsumerHeartbeat, classic: ClassicSide | null): ConsumerMember {
    const member = this.enter(request, classic);
    this.touch(member);
    if (this.epoch > this.targetEpoch) this.share();
    this.advance(member, request.owned);
    return member;
  }

  private touch(member: ConsumerMember): void {
    member.session.set(member.classic?.sessionTimeoutMs ?? this.config.consumerSessionTimeoutMs);
  }

  private refusalOf(request: ConsumerHeartbeat): Refused | null {
    const { memberId, instanceId, epoch } = request;
    const present = this.find(request.memberId, request.instanceId);
    if (present === undefined) {
      if (epoch !== joiningEpoch) return refuse('unknown-member', `Member ${memberId} is not in the group.`);
      if (!this.full) return null;
      return refuse('group-full', `The group has reached its limit of ${this.around.options.membersMax} members.`);
    }
    const replaceable = present.away || present.classic !== null;
    if (instanceId !== null && epoch === joiningEpoch && replaceable) return null;
    if (present.id === memberId) return this.epochRefusal(present, request);
    return epoch === joiningEpoch
      ? refuse('unreleased-instance', `Instance ${instanceId} is still in use by another member.`)
      : refuse('fenced-instance', `Instance ${instanceId} was taken over by another member.`);
  }

  /** Who missed the answer with its new epoch comes with the one before, having no more than it was given. */
  private epochRefusal({ standing }: ConsumerMember, { epoch, owned }: ConsumerHeartbeat): Refused | null {
    if (epoch === standing.epoch) return null;
    const missedAnswer = epoch === standing.previousEpoch && owned !== null && within(owned, standing.assigned);
    if (epoch < standing.epoch && missedAnswer) return null;
    return refuse('fenced-epoch', `The member's epoch is ${standing.epoch}, not ${epoch}: it must join again.`);
  }

  /** Takes in what the request says; begins a group epoch where that changes what is to be shared out. */
  private enter(request: ConsumerHeartbeat, classic: ClassicSide | null): ConsumerMember {
    const present = this.find(request.memberId, request.instanceId);
    const goesOn = present !== undefined && !present.away && present.id === request.memberId;
    const member = goesOn ? present : this.createMember(request.memberId);
    if (present !== undefined && !goesOn) this.replace(present, member);
    const change = member.update(request);
    const changesSide = member.classic !== null || classic !== null;
    member.classic = classic;
    if (classic === null) member.due.clear();
    if (!goesOn) this.add(member);
    if (changesSide) this.unwritten.members.add(member.id);
    if (change.anything) this.unwritten.members.add(member.id);
    if (change.subscription) this.forgetRegexes();
    if (present === undefined || change.subscription || this.topicsMoved() || this.rulesMoved(member))
      this.beginEpoch();
    return member;
  }

  private createMember(id: string): ConsumerMember {
    return new ConsumerMember(
      id,
      this.around.clock,
      (member) => this.dismiss(member),
      (member) => {
        if (member.standing.state === 'unrevoked') this.dismiss(member);
      },
    );
  }

  private add(member: ConsumerMember): void {
    if (this.empty) this.sinceMs = this.around.clock.now();
    this.members.set(member.id, member);
    if (member.instanceId !== null) this.memberIdByInstance.set(member.instanceId, member.id);
    this.unwritten.member(member.id);
  }

  /** An instance is back under a new id, in the place that was kept for it. */
  private replace(former: ConsumerMember, member: ConsumerMember): void {
    this.own(former, former.standing, null);
    former.clearDeadlines();
    this.members.delete(former.id);
    this.unwritten.member(former.id);
    member.takeOver(former);
    this.own(member, null, member.standing);
  }

  private forgetRegexes(): void {
    const used = new Set<string>();
    for (const { topicRegex } of this.members.values()) if (topicRegex !== null) used.add(topicRegex);
    this.regexes.keepOnly(used);
  }

  private topicsMoved(): boolean {
    if (this.around.topics.changes === this.seenTopicChanges) return false;
    this.seenTopicChanges = this.around.topics.changes;
    return topicsHash(this.partitionCounts()) !== this.topicsHash;
  }

  /** What a member may know of changes without a topic changing, so an expression is looked at again now and then. */
  private rulesMoved(member: ConsumerMember): boolean {
    const nowMs = this.around.clock.now();
    if (member.topicRegex === null || nowMs < member.lookAgainMs) return false;
    member.lookAgainMs = nowMs + lookAgainMs;
    const ids = this.topicIdsOf(member);
    const former = member.topicIds;
    member.topicIds = ids;
    if (former === null) return [...member.target.keys()].some((id) => !ids.has(id));
    return ids.size !== former.size || [...ids].some((id) => !former.has(id));
  }

  private beginEpoch(): void {
    this.epoch++;
    this.unwritten.group = true;
  }

  private topicIdsOf(member: ConsumerMember): Set<string> {
    const ids = new Set<string>();
    const named = member.topicRegex === null ? [] : this.regexes.namesFor(member.topicRegex);
    for (const names of [member.topicNames, named]) {
      for (const name of names) {
        const topic = this.around.topics.topic(name);
        if (topic !== undefined && (names !== named || this.isKnownTo(member, topic))) ids.add(topic.id);
      }
    }
    return ids;
  }

  /** Of who was not heard of since a start it is not known who it is: it keeps what it had. */
  private isKnownTo({ mayKnow, target }: ConsumerMember, { name, id }: KnownTopic): boolean {
    return mayKnow === null ? target.has(id) : mayKnow(name);
  }

  /** Of all topics that anyone reads. */
  private partitionCounts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const member of this.members.values()) this.countPartitions(this.topicIdsOf(member), counts);
    return counts;
  }

  private countPartitions(topicIds: ReadonlySet<string>, into: Map<string, number>): void {
    for (const id of topicIds) into.set(id, this.around.topics.topicById(id)!.partitions.length);
  }

  /** Computes the target assignment of the group's epoch. */
  private share(): void {
    const counts = new Map<string, number>();
    const subscribers: Subscriber[] = [];
    for (const member of this.members.values()) {
      const topicIds = this.topicIdsOf(member);
      member.topicIds = topicIds;
      this.countPartitions(topicIds, counts);
      subscribers.push({ memberId: member.id, instanceId: member.instanceId, topicIds, former: member.target });
    }
    const assignment = assignors.get(this.assignor)!(subscribers, counts);
    for (const member of this.members.values()) {
      const target = assignment.get(member.id) ?? noPartitions;
      if (samePartitions(target, member.target)) continue;
      member.target = target;
      this.unwritten.memberTargets.add(member.id);
    }
    const hash = topicsHash(counts);
    if (hash !== this.topicsHash) this.unwritten.group = true;
    this.topicsHash = hash;
    this.seenTopicChanges = this.around.topics.changes;
    this.targetEpoch = this.epoch;
    this.unwritten.target = true;
  }

  /** What most members ask for. */
  get assignor(): string {
    const votes = new Map<string, number>();
    for (const { assignor } of this.members.values()) {
      if (assignor !== null) votes.set(assignor, (votes.get(assignor) ?? 0) + 1);
    }
    let chosen = defaultAssignor;
    for (const name of assignors.keys()) if ((votes.get(name) ?? 0) > (votes.get(chosen) ?? 0)) chosen = name;
    return chosen;
  }

  /** Moves the member on towards its target, as far as what it owns and what others own allows. */
  private advance(member: ConsumerMember, owned: Partitions | null): void {
    const target = { epoch: this.targetEpoch, partitions: member.target };
    const next = reconcile(member.standing, target, owned, (topicId, partition) =>
      this.isTaken(member, topicId, partition),
    );
    if (next === member.standing) return;
    this.stand(member, next);
    if (next.state !== 'unrevoked') member.rebalance.clear();
    else member.rebalance.set(this.rebalanceTimeoutMsOf(member));
  }

  private isTaken(member: ConsumerMember, topicId: string, partition: number): boolean {
    const owner = this.owners.get(topicId)?.get(partition);
    return owner !== undefined && owner !== member.id;
  }

  hasMoreFor(member: ConsumerMember): boolean {
    const { standing, target } = member;
    if (standing.state !== 'unreleased') return false;
    for (const [topicId, numbers] of without(target, standing.assigned)) {
      if (numbers.some((number) => !this.isTaken(member, topicId, number))) return true;
    }
    return false;
  }

  private rebalanceTimeoutMsOf({ rebalanceTimeoutMs }: ConsumerMember): number {
    return rebalanceTimeoutMs >= 0 ? rebalanceTimeoutMs : this.around.options.consumerRebalanceTimeoutMs;
  }

  private stand(member: ConsumerMember, next: Standing): void {
    this.own(member, member.standing, next);
    member.standing = next;
    this.unwritten.standings.add(member.id);
  }

  private own(member: ConsumerMember, former: Standing | null, next: Standing | null): void {
    for (const part of former === null ? [] : [former.assigned, former.revoking]) {
      for (const [topicId, numbers] of part) {
        const owners = this.owners.get(topicId);
        for (const number of numbers) owners?.delete(number);
        if (owners?.size === 0) this.owners.delete(topicId);
      }
    }
    for (const part of next === null ? [] : [next.assigned, next.revoking]) {
      for (const [topicId, numbers] of part) {
        const owners = this.owners.get(topicId) ?? new Map<number, string>();
        this.owners.set(topicId, owners);
        for (const number of numbers) {
          assert(!owners.has(number), 'a partition has one consumer in a group');
          owners.set(number, member.id);
        }
      }
    }
  }

  private isFree(standing: Standing): boolean {
    for (const part of [standing.assigned, standing.revoking]) {
      for (const [topicId, numbers] of part) {
        const owners = this.owners.get(topicId);
        if (owners !== undefined && numbers.some((number) => owners.has(number))) return false;
      }
    }
    return true;
  }

  private answer(member: ConsumerMember, request: ConsumerHeartbeat, waiter: ConsumerWaiter): void {
    const { assigned, epoch } = member.standing;
    const saysAll =
      request.rebalanceTimeoutMs >= 0 &&
      (request.topicNames !== null || request.topicRegex !== null) &&
      request.owned !== null;
    const isTold = member.told !== null && samePartitions(member.told, assigned);
    const assignment = request.epoch === joiningEpoch || saysAll || !isTold ? assigned : null;
    this.write((stored) => {
      member.told = stored ? assigned : null;
      waiter(
        stored
          ? {
              refusal: null,
              message: null,
              memberId: member.id,
              epoch,
              heartbeatIntervalMs: this.config.consumerHeartbeatIntervalMs,
              assignment,
            }
          : consumerRefused('storage-failed', 'The change could not be stored: try again.', member.id),
      );
    });
  }

  /** A member leaves for good, or with an instance that will be back. */
  leave(request: ConsumerHeartbeat, waiter: ConsumerWaiter): void {
    const { memberId, instanceId, epoch } = request;
    const present = this.find(request.memberId, request.instanceId);
    if (present === undefined) {
      waiter(consumerRefused('unknown-member', `Member ${memberId} is not in the group.`, memberId));
      return;
    }
    if (present.id !== memberId) {
      waiter(consumerRefused('fenced-instance', `Instance ${instanceId} was taken over by another member.`, memberId));
      return;
    }
    // Who goes for a while has stopped reading, but its partitions stay with it until its session ends.
    if (epoch === awayEpoch) {
      present.rebalance.clear();
      this.stand(present, { ...present.standing, epoch, state: 'stable', revoking: noPartitions });
    } else this.remove(present);
    this.write((stored) =>
      waiter(
        stored
          ? { refusal: null, message: null, memberId, epoch, heartbeatIntervalMs: 0, assignment: null }
          : consumerRefused('storage-failed', 'The change could not be stored: try again.', memberId),
      ),
    );
    if (epoch !== awayEpoch) this.around.left(this);
  }

  /** An administrator removes a member; without a member id the instance alone is named. */
  expel(memberId: string, instanceId: string | null): GroupRefusal | null {
    const id = instanceId === null ? memberId : this.memberIdByInstance.get(instanceId);
    const member = id === undefined ? undefined : this.members.get(id);
    if (member === undefined) return 'unknown-member';
    if (memberId !== '' && member.id !== memberId) return 'fenced-instance';
    this.dismiss(member);
    return null;
  }

  private dismiss(member: ConsumerMember): void {
    if (this.members.get(member.id) !== member) return;
    this.remove(member);
    this.write(() => {});
    this.around.left(this);
  }

  private remove(member: ConsumerMember): void {
    this.own(member, member.standing, null);
    member.clearDeadlines();
    this.members.delete(member.id);
    if (member.instanceId !== null) this.memberIdByInstance.delete(member.instanceId);
    this.unwritten.member(member.id);
    this.forgetRegexes();
    if (this.empty) this.sinceMs = this.around.clock.now();
    this.beginEpoch();
  }

  /** Writes what has changed. `done` also waits for what was changed before and is still on its way. */
  write(done: (stored: boolean) => void): void {
    const drained = this.unwritten;
    const records = drained.records(this);
    if (records.length === 0) {
      const last = this.writes.at(-1);
      if (last === undefined) done(true);
      else last.waiters.push(done);
      return;
    }
    this.unwritten = new Unwritten();
    const write: Write = { waiters: [done] };
    this.writes.push(write);
    this.around.append(this.id, records, (stored) => {
      this.writes.splice(this.writes.indexOf(write), 1);
      if (!stored) this.unwritten.add(drained);
      for (const waiter of write.waiters) waiter(stored);
    });
  }

  /** Whether offsets may be committed. What members of this protocol call a generation is their epoch. */
  commitRefusal(memberId: string, epoch: number): GroupRefusal | null {
    if (this.closed) return 'unavailable';
    if (epoch < 0 && this.empty) return null;
    return this.memberRefusal(memberId, epoch);
  }

  /** Whether offsets may be asked for by a member; others do not name one and may. */
  fetchRefusal(memberId: string, epoch: number): GroupRefusal | null {
    return memberId === '' && epoch < 0 ? null : this.memberRefusal(memberId, epoch);
  }

  private memberRefusal(memberId: string, epoch: number): GroupRefusal | null {
    const member = this.members.get(memberId);
    if (member === undefined) return 'unknown-member';
    if (member.standing.epoch === epoch) return null;
    return member.classic === null ? 'stale-epoch' : 'illegal-generation';
  }

  reads(topic: string): boolean {
    for (const { topicNames, topicRegex } of this.members.values()) {
      if (topicNames.includes(topic)) return true;
      if (topicRegex !== null && this.regexes.namesFor(topicRegex).includes(topic)) return true;
    }
    return false;
  }

  toStored(): StoredConsumerGroup {
    return { epoch: this.epoch, topicsHash: this.topicsHash, sinceMs: this.sinceMs };
  }

  /** Takes over what was stored: members go on where they stood, if they come in time. */
  restore(from: RestoredConsumerGroup): void {
    assert(this.empty && this.epoch === 0, 'a group is restored before it is used');
    this.epoch = from.stored?.epoch ?? 0;
    this.topicsHash = from.stored?.topicsHash ?? 0;
    this.targetEpoch = from.targetEpoch;
    for (const [id, stored] of from.members) {
      const member = this.createMember(id);
      member.restore(stored);
      member.target = from.targets.get(id) ?? noPartitions;
      this.members.set(id, member);
      if (member.instanceId !== null) this.memberIdByInstance.set(member.instanceId, id);
      this.touch(member);
      const standing = from.standings.get(id) ?? member.standing;
      // Two owners can only come of damaged data: the second one starts anew, as a fenced member does.
      if (!this.isFree(standing)) continue;
      this.own(member, null, standing);
      member.standing = standing;
      if (standing.state === 'unrevoked') member.rebalance.set(this.rebalanceTimeoutMsOf(member));
    }
    if (from.stored !== null && from.stored.sinceMs >= 0) this.sinceMs = from.stored.sinceMs;
  }

  /** Everything is to be written: the group was another kind of group until now. */
  rewrite(): void {
    this.unwritten.group = true;
    this.unwritten.target = true;
    for (const id of this.members.keys()) this.unwritten.member(id);
    this.write(() => {});
  }

  /** What deletes the group with all its members, for the caller to append. */
  dissolve(): OffsetRecord[] {
    for (const member of this.members.values()) {
      member.clearDeadlines();
      this.unwritten.member(member.id);
    }
    this.members.clear();
    return this.tombstones();
  }

  describe(): ConsumerGroupDescription {
    const { id, state, epoch, targetEpoch: assignmentEpoch, assignor } = this;
    const members = Array.from(this.members.values(), (member) => member.describe());
    return { id, state, epoch, assignmentEpoch, assignor, members };
  }

  /** What deletes an empty group, for the caller to append. */
  tombstones(): OffsetRecord[] {
    assert(this.empty, 'a group with members is not deleted');
    const records = this.unwritten.records(this).filter(({ value }) => value === null);
    records.push({ key: writeConsumerKey(consumerKeys.target, this.id), value: null });
    records.push({ key: writeConsumerKey(consumerKeys.group, this.id), value: null });
    return records;
  }

  /** No timer is left. Whoever waits for the log is told by it. */
  close(): void {
    this.closed = true;
    for (const member of this.members.values()) member.clearDeadlines();
  }
}

function refuse(refusal: GroupRefusal, message: string): Refused {
  return { refusal, message };
}
