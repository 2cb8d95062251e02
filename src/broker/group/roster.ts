import { assert } from '../../lib/assert.js';
import type { MemberProtocol } from './group-request.js';
import type { Member } from './member.js';

/** The members of a group: who leads, which instance is which member, what they can agree on. Knows no states. */
export class Roster {
  leader: string | null = null;
  private readonly byId = new Map<string, Member>();
  private readonly idByInstance = new Map<string, string>();

  get size(): number {
    return this.byId.size;
  }

  /** In the order they joined. */
  [Symbol.iterator](): IterableIterator<Member> {
    return this.byId.values();
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  get(id: string): Member | undefined {
    return this.byId.get(id);
  }

  idOfInstance(instanceId: string): string | undefined {
    return this.idByInstance.get(instanceId);
  }

  add(member: Member): void {
    assert(!this.byId.has(member.id), 'a member joins once');
    this.byId.set(member.id, member);
    if (member.instanceId !== null) this.idByInstance.set(member.instanceId, member.id);
    this.leader ??= member.id;
  }

  remove(member: Member): void {
    this.byId.delete(member.id);
    if (member.instanceId !== null) this.idByInstance.delete(member.instanceId);
    if (this.leader === member.id) this.leader = this.byId.keys().next().value ?? null;
  }

  /** The same member under another id, in the same place of the order. */
  rename(member: Member, id: string): void {
    const members = [...this.byId.values()];
    this.byId.clear();
    if (this.leader === member.id) this.leader = id;
    member.id = id;
    for (const each of members) this.byId.set(each.id, each);
    if (member.instanceId !== null) this.idByInstance.set(member.instanceId, id);
  }

  get allJoining(): boolean {
    for (const member of this.byId.values()) if (member.joining === null) return false;
    return true;
  }

  get joiningCount(): number {
    let count = 0;
    for (const member of this.byId.values()) if (member.joining !== null) count++;
    return count;
  }

  /** The slowest member sets the pace. */
  get rebalanceTimeoutMs(): number {
    let longestMs = 0;
    for (const member of this.byId.values()) longestMs = Math.max(longestMs, member.rebalanceTimeoutMs);
    return longestMs;
  }

  /** A leader that did not come back is replaced by one that did. False when nobody came. */
  electLeader(): boolean {
    if (this.leader !== null && this.byId.get(this.leader)?.joining) return true;
    for (const member of this.byId.values()) {
      if (member.joining === null) continue;
      this.leader = member.id;
      return true;
    }
    return false;
  }

  /** Whether somebody with these protocols could agree with all members on one. */
  canAgreeOn(protocols: readonly MemberProtocol[]): boolean {
    return protocols.some((protocol) => this.allSupport(protocol.name));
  }

  private allSupport(protocol: string): boolean {
    for (const member of this.byId.values()) if (!member.supports(protocol)) return false;
    return true;
  }

  /** Of the protocols all members have, the one most of them like best. */
  selectProtocol(): string | null {
    const votes = new Map<string, number>();
    for (const member of this.byId.values()) {
      const choice = member.protocols.find((protocol) => this.allSupport(protocol.name));
      if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
    }
    let selected: string | null = null;
    let most = 0;
    for (const [protocol, count] of votes) {
      if (count <= most) continue;
      selected = protocol;
      most = count;
    }
    return selected;
  }
}
