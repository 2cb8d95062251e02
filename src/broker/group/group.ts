import { assert } from '../../lib/assert.js';
import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';
import type { Random } from '../../lib/random.js';
import {
  type GroupDescription,
  type GroupOptions,
  type GroupRefusal,
  type GroupState,
  type JoinAnswer,
  type JoinedMember,
  type JoinRequest,
  type JoinWaiter,
  joinRefused,
  noBytes,
  noMemberId,
  type SyncAnswer,
  type SyncRequest,
  type SyncWaiter,
  syncRefused,
} from './group-request.js';
import { Member, type MemberProperties } from './member.js';
import type { StoredGroup, StoredMember } from './offset-records.js';
import { Roster } from './roster.js';

/** What a group needs from outside. `store` calls `done` once, possibly at once; `true` when the group is durable. */
export interface GroupSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly options: GroupOptions;
  store(group: Group, stored: StoredGroup, done: (stored: boolean) => void): void;
}

/** Longer names go into member ids shortened, so that an id fits where names must. */
const nameInMemberIdMax = 255;

/**
 * The classic consumer group.
 *
 *     empty ──join──▶ preparing ──all joined, or time is up──▶ completing ──leader's sync is durable──▶ stable
 *       ▲                │  ▲                                      │                                      │
 *       └─nobody is left─┘  └──── a join that changes something, a leave, a session that ran out ─────────┘
 *
 * A new generation begins with `completing`; whatever carries another generation is refused. Joins wait until the
 * generation begins, syncs until the leader's assignment is durable. Members that wait need no heartbeats; all others
 * are removed when their session runs out. A member that does not sync within the rebalance time-out is removed too.
 *
 * A static member (one with an instance id) that comes back under a new member id takes over its own place in any
 * state: in `stable` without a rebalance when the chosen protocol stays, otherwise with one. The old id is fenced.
 *
 * Requests are decided at once. Their answers are handed out when the decision is complete, so that a caller may
 * come back from within its answer.
 */
export class Group {
  readonly id: string;
  state: GroupState = 'empty';
  generation = 0;
  /** `null` until the first member: only offsets are kept. */
  protocolType: string | null = null;
  protocol: string | null = null;
  stateTimestampMs: number;
  private readonly around: GroupSurroundings;
  private readonly members = new Roster();
  /** Ids that were given out by the first step of a join, until the second. */
  private readonly promised = new Map<string, Deadline>();
  private readonly notSynced = new Set<string>();
  private readonly joinDeadline: Deadline;
  private readonly syncDeadline: Deadline;
  /** The first members of an empty group wait a while for others, longer while others come. */
  private gathering = false;
  private gatheringLeftMs = 0;
  private othersCame = false;
  private readonly outbox: (() => void)[] = [];

  constructor(id: string, around: GroupSurroundings) {
    this.id = id;
    this.around = around;
    this.stateTimestampMs = around.clock.now();
    this.joinDeadline = new Deadline(around.clock, () => this.entered(() => this.joinTimeIsUp()));
    this.syncDeadline = new Deadline(around.clock, () => this.entered(() => this.syncTimeIsUp()));
  }

  get leader(): string | null {
    return this.members.leader;
  }

  /** Nobody is in it, and nobody was given an id to come back with. */
  get idle(): boolean {
    return this.state === 'empty' && this.promised.size === 0;
  }

  /** Runs one decision to its end, then hands out the answers it led to. */
  private entered(decide: () => void): void {
    decide();
    this.completeJoinIfAllCame();
    for (let answer = this.outbox.shift(); answer !== undefined; answer = this.outbox.shift()) answer();
  }

  join(request: JoinRequest, waiter: JoinWaiter): void {
    this.entered(() => {
      const refusal = this.joinRefusal(request);
      if (refusal !== null) this.answerJoin(waiter, joinRefused(refusal, request.memberId));
      else if (!this.hasRoomFor(request.memberId)) this.turnAway(request.memberId, waiter);
      else if (request.memberId === noMemberId) this.joinNew(request, waiter);
      else this.joinKnown(request, waiter);
    });
  }

  private joinRefusal(request: JoinRequest): GroupRefusal | null {
    const { options } = this.around;
    if (this.state === 'dead') return 'unavailable';
    if (
      request.sessionTimeoutMs < options.sessionTimeoutMinMs ||
      request.sessionTimeoutMs > options.sessionTimeoutMaxMs
    ) {
      return 'invalid-session-timeout';
    }
    if (request.protocolType === '' || request.protocols.length === 0) return 'inconsistent-protocol';
    if (this.members.size === 0) return null;
    if (request.protocolType !== this.protocolType) return 'inconsistent-protocol';
    return this.members.canAgreeOn(request.protocols) ? null : 'inconsistent-protocol';
  }

  /** While preparing, only those count who came: the others may not come back. */
  private hasRoomFor(memberId: string): boolean {
    const { membersMax } = this.around.options;
    if (this.state === 'empty') return true;
    const member = this.members.get(memberId);
    if (this.state !== 'preparing') return member !== undefined || this.members.size < membersMax;
    return (member !== undefined && member.joining !== null) || this.members.joiningCount < membersMax;
  }

  private turnAway(memberId: string, waiter: JoinWaiter): void {
    const member = this.members.get(memberId);
    if (member !== undefined) this.dismiss(member, 'group-full');
    this.breakPromise(memberId);
    this.answerJoin(waiter, joinRefused('group-full', noMemberId));
  }

  private joinNew(request: JoinRequest, waiter: JoinWaiter): void {
    const { random, options } = this.around;
    const name = (request.instanceId ?? request.clientId).slice(0, nameInMemberIdMax);
    const memberId = `${name}-${random.uuid()}`;
    if (request.instanceId !== null) {
      const present = this.members.idOfInstance(request.instanceId);
      if (present === undefined) this.addMember(memberId, request, waiter);
      else this.takeOver(this.members.get(present)!, memberId, request, waiter);
    } else if (!request.requireMemberId) {
      this.addMember(memberId, request, waiter);
    } else if (this.promised.size >= options.promisedMembersMax) {
      this.answerJoin(waiter, joinRefused('group-full', noMemberId));
    } else {
      this.promise(memberId, request.sessionTimeoutMs);
      this.answerJoin(waiter, joinRefused('member-id-required', memberId));
    }
  }

  private promise(memberId: string, timeoutMs: number): void {
    const deadline = new Deadline(this.around.clock, () => this.entered(() => this.breakPromise(memberId)));
    deadline.set(timeoutMs);
    this.promised.set(memberId, deadline);
  }

  private breakPromise(memberId: string): boolean {
    const deadline = this.promised.get(memberId);
    if (deadline === undefined) return false;
    deadline.clear();
    return this.promised.delete(memberId);
  }

  private joinKnown(request: JoinRequest, waiter: JoinWaiter): void {
    if (request.instanceId === null && this.breakPromise(request.memberId)) {
      this.addMember(request.memberId, request, waiter);
      return;
    }
    const refusal = this.identify(request.memberId, request.instanceId);
    if (refusal !== null || this.state === 'empty') {
      this.answerJoin(waiter, joinRefused(refusal ?? 'unknown-member', request.memberId));
      return;
    }
    const member = this.members.get(request.memberId)!;
    // The same metadata again means that the answer was lost on the way. A leader that joins a stable group wants to
    // assign anew: something it watches has changed.
    const unchanged = member.matches(request.protocols);
    const isLeader = this.members.leader === member.id;
    if (unchanged && (this.state === 'completing' || (this.state === 'stable' && !isLeader))) {
      this.answerJoin(waiter, this.joined(member, isLeader));
      return;
    }
    member.update(request);
    this.awaitJoin(member, waiter);
    this.rebalance();
  }

  private addMember(memberId: string, request: JoinRequest, waiter: JoinWaiter): void {
    const member = this.createMember(memberId, request);
    if (this.members.size === 0) this.protocolType = request.protocolType;
    if (this.state === 'preparing' && this.generation === 0) this.othersCame = true;
    this.members.add(member);
    this.awaitJoin(member, waiter);
    member.session.set(this.around.options.newMemberTimeoutMs);
    this.rebalance();
  }

  private createMember(memberId: string, properties: MemberProperties): Member {
    return new Member(memberId, properties, this.around.clock, (member) =>
      this.entered(() => this.sessionIsOver(member)),
    );
  }

  /** A static member is back and has lost its id: its place goes on under a new one. */
  private takeOver(member: Member, memberId: string, request: JoinRequest, waiter: JoinWaiter): void {
    const formerId = member.id;
    const formerLeader = this.members.leader ?? noMemberId;
    this.refuseWaiting(member, 'fenced-instance');
    this.members.rename(member, memberId);
    if (this.notSynced.delete(formerId)) this.notSynced.add(memberId);
    member.update(request);
    this.awaitJoin(member, waiter);
    member.touch();
    if (this.state !== 'stable' || this.members.selectProtocol() !== this.protocol) {
      // In `completing` the leader may already assign to the old id, so that the new one would get nothing.
      this.rebalance();
      return;
    }
    const { generation } = this;
    this.around.store(this, this.toStored(), (stored) =>
      this.entered(() => {
        // If a rebalance began meanwhile, this join is part of it and answered there.
        if (this.state !== 'stable' || this.generation !== generation || member.joining !== waiter) return;
        member.joining = null;
        member.touch();
        this.answerJoin(
          waiter,
          stored
            ? this.takenOver(member, formerLeader, request.canSkipAssignment)
            : joinRefused('storage-failed', noMemberId),
        );
      }),
    );
  }

  /**
   * A leader that comes back to a stable group must not assign again: nobody would take the assignment. Who can be
   * told so is told; others are given the leader's old id, which is nobody's.
   */
  private takenOver(member: Member, formerLeader: string, canSkipAssignment: boolean): JoinAnswer {
    const isLeader = this.members.leader === member.id;
    if (canSkipAssignment) return { ...this.joined(member, isLeader), skipAssignment: isLeader };
    return { ...this.joined(member, false), leader: formerLeader };
  }

  private joined(member: Member, withMembers: boolean): JoinAnswer {
    return {
      refusal: null,
      memberId: member.id,
      generation: this.generation,
      protocolType: this.protocolType,
      protocol: this.protocol,
      leader: this.members.leader ?? noMemberId,
      skipAssignment: false,
      members: withMembers ? this.joinedMembers() : [],
    };
  }

  private joinedMembers(): JoinedMember[] {
    return Array.from(this.members, (member) => ({
      memberId: member.id,
      instanceId: member.instanceId,
      metadata: member.metadataFor(this.protocol),
    }));
  }

  /** A request sent again takes the place of the one before, whose connection is most likely gone. */
  private awaitJoin(member: Member, waiter: JoinWaiter): void {
    if (member.joining !== null) {
      this.answerJoin(member.joining, joinRefused('rebalance-in-progress', member.id));
    }
    member.joining = waiter;
  }

  /** Begins a rebalance, unless one is being prepared. */
  private rebalance(): void {
    if (this.state === 'preparing' || this.state === 'dead') return;
    if (this.state === 'completing') this.releaseSyncs('rebalance-in-progress');
    this.notSynced.clear();
    this.syncDeadline.clear();
    const { initialRebalanceDelayMs } = this.around.options;
    const timeoutMs = this.members.rebalanceTimeoutMs;
    this.gathering = this.state === 'empty' && initialRebalanceDelayMs > 0;
    this.gatheringLeftMs = Math.max(0, timeoutMs - initialRebalanceDelayMs);
    this.othersCame = false;
    this.enter('preparing');
    this.joinDeadline.set(this.gathering ? initialRebalanceDelayMs : timeoutMs);
  }

  private joinTimeIsUp(): void {
    if (this.state !== 'preparing') return;
    if (this.gathering && this.othersCame && this.gatheringLeftMs > 0) {
      const waitMs = Math.min(this.around.options.initialRebalanceDelayMs, this.gatheringLeftMs);
      this.gatheringLeftMs -= waitMs;
      this.othersCame = false;
      this.joinDeadline.set(waitMs);
      return;
    }
    this.completeJoin();
  }

  private completeJoinIfAllCame(): void {
    if (this.state !== 'preparing' || this.gathering || this.promised.size > 0) return;
    if (this.members.allJoining) this.completeJoin();
  }

  /** Begins the next generation with those who came, and with static members, who have until their session ends. */
  private completeJoin(): void {
    this.gathering = false;
    for (const member of this.members) {
      if (member.joining === null && member.instanceId === null) this.dismiss(member, 'unknown-member');
    }
    if (!this.members.electLeader() && this.members.size > 0) {
      this.joinDeadline.set(this.members.rebalanceTimeoutMs);
      return;
    }
    this.joinDeadline.clear();
    this.generation++;
    this.protocol = this.members.selectProtocol();
    if (this.members.size === 0) {
      this.enter('empty');
      // Should this be lost, the former generation is restored and its members time out.
      this.around.store(this, this.toStored(), () => {});
      return;
    }
    this.enter('completing');
    for (const member of this.members) {
      const waiter = member.joining;
      member.joining = null;
      if (waiter !== null) this.answerJoin(waiter, this.joined(member, member.id === this.members.leader));
      member.isNew = false;
      member.touch();
      this.notSynced.add(member.id);
    }
    this.syncDeadline.set(this.members.rebalanceTimeoutMs);
  }

  sync(request: SyncRequest, waiter: SyncWaiter): void {
    this.entered(() => {
      const refusal = this.syncRefusal(request);
      if (refusal !== null) {
        this.answerSync(waiter, syncRefused(refusal));
        return;
      }
      const member = this.members.get(request.memberId)!;
      if (this.notSynced.delete(member.id) && this.notSynced.size === 0) this.syncDeadline.clear();
      if (this.state === 'stable') {
        member.touch();
        this.answerSync(waiter, this.synced(member));
        return;
      }
      if (member.syncing !== null) this.answerSync(member.syncing, syncRefused('rebalance-in-progress'));
      member.syncing = waiter;
      if (member.id === this.members.leader) this.storeAssignments(request.assignments);
    });
  }

  private syncRefusal(request: SyncRequest): GroupRefusal | null {
    if (this.state === 'dead') return 'unavailable';
    const refusal = this.identify(request.memberId, request.instanceId);
    if (refusal !== null) return refusal;
    if (request.generation !== this.generation) return 'illegal-generation';
    if (request.protocolType !== null && request.protocolType !== this.protocolType) return 'inconsistent-protocol';
    if (request.protocol !== null && request.protocol !== this.protocol) return 'inconsistent-protocol';
    if (this.state === 'empty') return 'unknown-member';
    return this.state === 'preparing' ? 'rebalance-in-progress' : null;
  }

  private storeAssignments(assignments: ReadonlyMap<string, Buffer>): void {
    const { generation } = this;
    this.around.store(this, this.toStored(assignments), (stored) =>
      this.entered(() => {
        if (this.state !== 'completing' || this.generation !== generation) return;
        if (!stored) {
          this.releaseSyncs('storage-failed');
          this.rebalance();
          return;
        }
        // Members cannot have changed: that would have begun a rebalance.
        for (const member of this.members) member.assignment = assignments.get(member.id) ?? noBytes;
        this.enter('stable');
        for (const member of this.members) {
          if (member.syncing === null) continue;
          this.answerSync(member.syncing, this.synced(member));
          member.syncing = null;
          member.touch();
        }
      }),
    );
  }

  private releaseSyncs(refusal: GroupRefusal): void {
    for (const member of this.members) {
      member.assignment = noBytes;
      if (member.syncing === null) continue;
      this.answerSync(member.syncing, syncRefused(refusal));
      member.syncing = null;
      member.touch();
    }
  }

  private synced(member: Member): SyncAnswer {
    return {
      refusal: null,
      protocolType: this.protocolType,
      protocol: this.protocol,
      assignment: member.assignment,
    };
  }

  private syncTimeIsUp(): void {
    if (this.state !== 'completing' && this.state !== 'stable') return;
    for (const memberId of this.notSynced) {
      const member = this.members.get(memberId);
      if (member !== undefined) this.dismiss(member, 'unknown-member');
    }
    this.rebalance();
  }

  heartbeat(memberId: string, instanceId: string | null, generation: number): GroupRefusal | null {
    if (this.state === 'dead') return 'unavailable';
    const refusal = this.identify(memberId, instanceId);
    if (refusal !== null) return refusal;
    if (generation !== this.generation) return 'illegal-generation';
    if (this.state === 'empty') return 'unknown-member';
    this.members.get(memberId)!.touch();
    return this.state === 'preparing' ? 'rebalance-in-progress' : null;
  }

  /** Without a member id the instance alone is named: an administrator removes it. */
  leave(memberId: string, instanceId: string | null): GroupRefusal | null {
    if (this.state === 'dead') return 'unavailable';
    let refusal: GroupRefusal | null = null;
    this.entered(() => {
      if (memberId !== noMemberId && this.breakPromise(memberId)) return;
      const id = memberId === noMemberId && instanceId !== null ? this.members.idOfInstance(instanceId) : memberId;
      refusal = id === undefined ? 'unknown-member' : this.identify(id, instanceId);
      if (refusal !== null) return;
      this.dismiss(this.members.get(id!)!, 'unknown-member');
      this.rebalanceIfItCounts();
    });
    return refusal;
  }

  private sessionIsOver(member: Member): void {
    // Who waits for others cannot be blamed for silence; the session runs again when the wait is over.
    if (!member.isNew && (member.joining !== null || member.syncing !== null)) return;
    if (this.members.get(member.id) !== member) return;
    this.dismiss(member, 'unknown-member');
    this.rebalanceIfItCounts();
  }

  private rebalanceIfItCounts(): void {
    if (this.state === 'stable' || this.state === 'completing') this.rebalance();
  }

  private dismiss(member: Member, refusal: GroupRefusal): void {
    this.refuseWaiting(member, refusal);
    member.session.clear();
    this.notSynced.delete(member.id);
    this.members.remove(member);
  }

  private refuseWaiting(member: Member, refusal: GroupRefusal): void {
    if (member.joining !== null) {
      const memberId = refusal === 'fenced-instance' ? member.id : noMemberId;
      this.answerJoin(member.joining, joinRefused(refusal, memberId));
    }
    if (member.syncing !== null) this.answerSync(member.syncing, syncRefused(refusal));
    member.joining = null;
    member.syncing = null;
  }

  /**
   * Whether a commit may be made; a member's commit counts as a sign of life. `inTransaction`: a transaction carries
   * the offsets, and its producer need not name a member (KIP-447).
   */
  commitRefusal(
    memberId: string,
    instanceId: string | null,
    generation: number,
    inTransaction = false,
  ): GroupRefusal | null {
    if (this.state === 'dead') return 'unavailable';
    if (inTransaction && generation < 0 && memberId === noMemberId && instanceId === null) return null;
    // An administrator, or a consumer that shares out partitions by itself.
    if (generation < 0 && this.state === 'empty') return null;
    if (generation < 0 && memberId === noMemberId && instanceId === null) return 'unknown-member';
    const refusal = this.identify(memberId, instanceId);
    if (refusal !== null) return refusal;
    if (generation !== this.generation) return 'illegal-generation';
    if (this.state === 'completing' && !inTransaction) return 'rebalance-in-progress';
    // While preparing a commit is welcome: it is the last chance before the partitions go elsewhere.
    this.members.get(memberId)?.touch();
    return null;
  }

  private identify(memberId: string, instanceId: string | null): GroupRefusal | null {
    if (instanceId !== null) {
      const current = this.members.idOfInstance(instanceId);
      if (current === undefined) return 'unknown-member';
      return current === memberId ? null : 'fenced-instance';
    }
    return this.members.has(memberId) ? null : 'unknown-member';
  }

  private answerJoin(waiter: JoinWaiter, answer: JoinAnswer): void {
    this.outbox.push(() => waiter(answer));
  }

  private answerSync(waiter: SyncWaiter, answer: SyncAnswer): void {
    this.outbox.push(() => waiter(answer));
  }

  private enter(state: GroupState): void {
    this.state = state;
    this.stateTimestampMs = this.around.clock.now();
  }

  toStored(assignments: ReadonlyMap<string, Buffer> | null = null): StoredGroup {
    return {
      protocolType: this.protocolType ?? '',
      generation: this.generation,
      protocol: this.protocol,
      leader: this.members.leader,
      stateTimestampMs: this.stateTimestampMs,
      members: Array.from(this.members, (member) => {
        const assignment = assignments === null ? member.assignment : (assignments.get(member.id) ?? noBytes);
        return member.store(this.protocol, assignment);
      }),
    };
  }

  /** Takes over what was stored: members go on in their generation without noticing, if they come in time. */
  restore(stored: StoredGroup, rebalances = false): void {
    assert(this.state === 'empty' && this.generation === 0, 'a group is restored before it is used');
    this.protocolType = stored.protocolType === '' ? null : stored.protocolType;
    this.generation = stored.generation;
    this.protocol = stored.protocol;
    for (const member of stored.members) this.restoreMember(member);
    if (stored.leader !== null && this.members.has(stored.leader)) this.members.leader = stored.leader;
    this.state = this.members.size > 0 ? 'stable' : 'empty';
    if (stored.stateTimestampMs >= 0) this.stateTimestampMs = stored.stateTimestampMs;
    if (rebalances || this.members.size > this.around.options.membersMax) this.entered(() => this.rebalance());
  }

  private restoreMember(stored: StoredMember): void {
    const protocols = this.protocol === null ? [] : [{ name: this.protocol, metadata: stored.subscription }];
    const member = this.createMember(stored.memberId, { ...stored, protocols });
    member.assignment = stored.assignment;
    member.isNew = false;
    this.members.add(member);
    member.touch();
  }

  /** What each member said with the first of its protocols, in whatever state the group is. */
  subscriptions(): Buffer[] {
    return Array.from(this.members, (member) => member.protocols[0]?.metadata ?? noBytes);
  }

  describe(): GroupDescription {
    const protocol = this.state === 'stable' ? this.protocol : null;
    return {
      id: this.id,
      state: this.state,
      generation: this.generation,
      protocolType: this.protocolType ?? '',
      protocol: protocol ?? '',
      members: Array.from(this.members, (member) => member.describe(protocol)),
    };
  }

  everyone(): Iterable<Member> {
    return this.members;
  }

  /** Everybody who waits is told to look elsewhere; no timer is left. */
  close(refusal: GroupRefusal = 'unavailable'): void {
    this.entered(() => {
      this.enter('dead');
      for (const member of this.members) this.dismiss(member, refusal);
      for (const memberId of this.promised.keys()) this.breakPromise(memberId);
      this.notSynced.clear();
      this.joinDeadline.clear();
      this.syncDeadline.clear();
    });
  }
}
