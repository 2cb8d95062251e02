import {
  consumerKeys,
  type StoredConsumer,
  type StoredConsumerGroup,
  writeConsumer,
  writeConsumerGroup,
  writeConsumerKey,
  writeMemberTarget,
  writeStanding,
  writeTarget,
} from './consumer-records.js';
import type { OffsetRecord } from './offsets.js';
import type { Partitions } from './partitions.js';
import type { Standing } from './reconciliation.js';

/** A consumer group, as its records are made of it. */
export interface WrittenGroup {
  readonly id: string;
  readonly targetEpoch: number;
  toStored(): StoredConsumerGroup;
  member(id: string): WrittenMember | undefined;
}

export interface WrittenMember {
  readonly target: Partitions;
  readonly standing: Standing;
  toStored(): StoredConsumer;
}

/** What of a consumer group is not in its log yet. Members named here that are gone are deleted there. */
export class Unwritten {
  group = false;
  target = false;
  readonly members: Set<string> = new Set();
  readonly memberTargets: Set<string> = new Set();
  readonly standings: Set<string> = new Set();

  /** All there is about a member. */
  member(id: string): void {
    this.members.add(id);
    this.memberTargets.add(id);
    this.standings.add(id);
  }

  /** What was to be written and was not. */
  add(other: Unwritten): void {
    this.group ||= other.group;
    this.target ||= other.target;
    for (const id of other.members) this.members.add(id);
    for (const id of other.memberTargets) this.memberTargets.add(id);
    for (const id of other.standings) this.standings.add(id);
  }

  /** In the order Kafka replays them in: who goes is deleted from the assignments first, who comes is a member first. */
  records(of: WrittenGroup): OffsetRecord[] {
    const records: OffsetRecord[] = [];
    const write = (kind: number, memberId: string | null, value: Buffer | null): void => {
      records.push({ key: writeConsumerKey(kind, of.id, memberId), value });
    };
    for (const id of this.standings) if (of.member(id) === undefined) write(consumerKeys.standing, id, null);
    for (const id of this.memberTargets) if (of.member(id) === undefined) write(consumerKeys.memberTarget, id, null);
    for (const id of this.members) {
      const member = of.member(id);
      write(consumerKeys.member, id, member === undefined ? null : writeConsumer(member.toStored()));
    }
    if (this.group) write(consumerKeys.group, null, writeConsumerGroup(of.toStored()));
    for (const id of this.memberTargets) {
      const member = of.member(id);
      if (member !== undefined) write(consumerKeys.memberTarget, id, writeMemberTarget(member.target));
    }
    if (this.target) write(consumerKeys.target, null, writeTarget(of.targetEpoch));
    for (const id of this.standings) {
      const member = of.member(id);
      if (member !== undefined) write(consumerKeys.standing, id, writeStanding(member.standing));
    }
    return records;
  }
}
