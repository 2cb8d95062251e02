import type { GroupRefusal } from './group-request.js';
import type { Partitions } from './partitions.js';

/** What a member of a consumer group (KIP-848) says of itself, in neutral words. What is `null` is as it was. */
export interface ConsumerHeartbeat {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** 0 joins, -1 leaves, -2 leaves with an instance that will be back. */
  readonly epoch: number;
  /** -1 is as it was. */
  readonly rebalanceTimeoutMs: number;
  readonly topicNames: readonly string[] | null;
  readonly topicRegex: string | null;
  readonly assignor: string | null;
  readonly owned: Partitions | null;
  /** Whether the member may know of a topic: an expression matches no other. Asked now and later. */
  readonly mayKnow: (topic: string) => boolean;
}

export const joiningEpoch = 0;
export const leavingEpoch = -1;

export interface ConsumerAnswer {
  readonly refusal: GroupRefusal | null;
  /** For people; `null` without a refusal. */
  readonly message: string | null;
  readonly memberId: string;
  readonly epoch: number;
  readonly heartbeatIntervalMs: number;
  /** `null` when it is as it was told before. */
  readonly assignment: Partitions | null;
}

/** Called exactly once, possibly before the request's call returns. */
export type ConsumerWaiter = (answer: ConsumerAnswer) => void;

export function consumerRefused(refusal: GroupRefusal, message: string, memberId: string): ConsumerAnswer {
  return { refusal, message, memberId, epoch: 0, heartbeatIntervalMs: 0, assignment: null };
}

export type ConsumerGroupState = 'empty' | 'assigning' | 'reconciling' | 'stable' | 'dead';

export interface ConsumerDescription {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly epoch: number;
  readonly clientId: string;
  readonly clientHost: string;
  readonly topicNames: readonly string[];
  readonly topicRegex: string | null;
  readonly assignment: Partitions;
  readonly target: Partitions;
  /** It speaks the classic protocol. */
  readonly classic: boolean;
}

export interface ConsumerGroupDescription {
  readonly id: string;
  readonly state: ConsumerGroupState;
  readonly epoch: number;
  readonly assignmentEpoch: number;
  readonly assignor: string;
  readonly members: readonly ConsumerDescription[];
}

export interface ConsumerGroupOptions {
  readonly consumerHeartbeatIntervalMs: number;
  readonly consumerSessionTimeoutMs: number;
  /** For members that do not say how long they may take to give partitions up. */
  readonly consumerRebalanceTimeoutMs: number;
  readonly membersMax: number;
}
