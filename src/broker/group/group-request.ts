/**
 * What members ask of a group and what they are told, in neutral words. A front maps its wire types to these, and
 * each refusal to its own error.
 */

export type GroupRefusal =
  | 'invalid-group-id'
  | 'invalid-request'
  | 'invalid-session-timeout'
  | 'unknown-group'
  | 'unknown-member'
  | 'illegal-generation'
  | 'rebalance-in-progress'
  | 'inconsistent-protocol'
  | 'member-id-required'
  | 'fenced-instance'
  | 'group-full'
  | 'group-not-empty'
  | 'metadata-too-large'
  /** The reasons of KIP-848: epochs that are behind or ahead, an instance in use, and what cannot be done. */
  | 'fenced-epoch'
  | 'stale-epoch'
  | 'unreleased-instance'
  | 'unsupported-assignor'
  | 'invalid-regex'
  | 'storage-failed'
  /** The group is being removed, the broker is closing, or there are too many groups: try again later. */
  | 'unavailable';

/** A way to share the work that a member can take part in; what it means is between the members. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

/** '' where a member does not have its id yet. */
export const noMemberId = '';
export const noGeneration = -1;

export interface JoinRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  /** In order of preference. */
  readonly protocols: readonly MemberProtocol[];
  /** A member without an id is only given one and asked to come again (KIP-394). */
  readonly requireMemberId: boolean;
  /** The caller understands `skipAssignment` (KIP-814). */
  readonly canSkipAssignment: boolean;
}

export interface JoinedMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly metadata: Buffer;
}

export interface JoinAnswer {
  readonly refusal: GroupRefusal | null;
  readonly memberId: string;
  readonly generation: number;
  readonly protocolType: string | null;
  readonly protocol: string | null;
  readonly leader: string;
  /** The leader came back to a group that keeps its assignment: it is told the members but must not assign. */
  readonly skipAssignment: boolean;
  /** Only for the leader. */
  readonly members: readonly JoinedMember[];
}

export interface SyncRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generation: number;
  /** `null` where the caller does not say; otherwise they must be those of the group. */
  readonly protocolType: string | null;
  readonly protocol: string | null;
  /** By member id; only the leader's count. */
  readonly assignments: ReadonlyMap<string, Buffer>;
}

export interface SyncAnswer {
  readonly refusal: GroupRefusal | null;
  readonly protocolType: string | null;
  readonly protocol: string | null;
  readonly assignment: Buffer;
}

/** Called exactly once, possibly before the request's call returns. */
export type JoinWaiter = (answer: JoinAnswer) => void;
export type SyncWaiter = (answer: SyncAnswer) => void;

export const noBytes: Buffer = Buffer.alloc(0);
const noMembers: readonly JoinedMember[] = [];

export function joinRefused(refusal: GroupRefusal, memberId: string): JoinAnswer {
  return {
    refusal,
    memberId,
    generation: noGeneration,
    protocolType: null,
    protocol: null,
    leader: noMemberId,
    skipAssignment: false,
    members: noMembers,
  };
}

export function syncRefused(refusal: GroupRefusal): SyncAnswer {
  return { refusal, protocolType: null, protocol: null, assignment: noBytes };
}

export type GroupState = 'empty' | 'preparing' | 'completing' | 'stable' | 'dead';

export interface MemberDescription {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** Of the group's protocol. This and the assignment are empty unless the group is stable. */
  readonly metadata: Buffer;
  readonly assignment: Buffer;
}

export interface GroupDescription {
  readonly id: string;
  readonly state: GroupState;
  readonly generation: number;
  readonly protocolType: string;
  readonly protocol: string;
  readonly members: readonly MemberDescription[];
}

export interface GroupOptions {
  readonly sessionTimeoutMinMs: number;
  readonly sessionTimeoutMaxMs: number;
  /** How long the first member of an empty group waits for others; 0 begins at once. */
  readonly initialRebalanceDelayMs: number;
  /** A new member has no id to send heartbeats with: its join is given up after this time. */
  readonly newMemberTimeoutMs: number;
  readonly membersMax: number;
  /** Member ids given out that have not come back yet. */
  readonly promisedMembersMax: number;
}

export const defaultGroupOptions: GroupOptions = {
  sessionTimeoutMinMs: 6_000,
  sessionTimeoutMaxMs: 1_800_000,
  initialRebalanceDelayMs: 3_000,
  newMemberTimeoutMs: 300_000,
  membersMax: 100_000,
  promisedMembersMax: 100_000,
};
