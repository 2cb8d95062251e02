import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';
import {
  type JoinRequest,
  type JoinWaiter,
  type MemberDescription,
  type MemberProtocol,
  noBytes,
  type SyncWaiter,
} from './group-request.js';
import type { StoredMember } from './offset-records.js';

/** What a member says of itself when it joins; a stored group says the same of the members it had. */
export interface MemberProperties {
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocols: readonly MemberProtocol[];
}

export class Member {
  id: string;
  readonly instanceId: string | null;
  clientId: string;
  clientHost: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: readonly MemberProtocol[];
  assignment: Buffer = noBytes;
  /** Has not been told its id by a finished join yet, so it cannot send heartbeats. */
  isNew = true;
  /** The requests that wait for the others; a member waits at most in one place. */
  joining: JoinWaiter | null = null;
  syncing: SyncWaiter | null = null;
  readonly session: Deadline;

  constructor(id: string, properties: MemberProperties, clock: Clock, expired: (member: Member) => void) {
    this.id = id;
    this.instanceId = properties.instanceId;
    this.clientId = properties.clientId;
    this.clientHost = properties.clientHost;
    this.sessionTimeoutMs = properties.sessionTimeoutMs;
    this.rebalanceTimeoutMs = properties.rebalanceTimeoutMs;
    this.protocols = properties.protocols;
    this.session = new Deadline(clock, () => expired(this));
  }

  /** All that a join may change, the client that speaks included: a static member may come back from elsewhere. */
  update(request: JoinRequest): void {
    this.clientId = request.clientId;
    this.clientHost = request.clientHost;
    this.sessionTimeoutMs = request.sessionTimeoutMs;
    this.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
    this.protocols = request.protocols;
  }

  /** Heard of: the session runs anew. */
  touch(): void {
    this.session.set(this.sessionTimeoutMs);
  }

  matches(protocols: readonly MemberProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every((protocol, at) => {
        const own = this.protocols[at]!;
        return own.name === protocol.name && own.metadata.equals(protocol.metadata);
      })
    );
  }

  supports(protocol: string): boolean {
    return this.protocols.some((own) => own.name === protocol);
  }

  metadataFor(protocol: string | null): Buffer {
    return this.protocols.find((own) => own.name === protocol)?.metadata ?? noBytes;
  }

  /** Without a protocol the group is between generations: what the member had of the last one no longer holds. */
  describe(protocol: string | null): MemberDescription {
    return {
      memberId: this.id,
      instanceId: this.instanceId,
      clientId: this.clientId,
      clientHost: this.clientHost,
      metadata: this.metadataFor(protocol),
      assignment: protocol === null ? noBytes : this.assignment,
    };
  }

  store(protocol: string | null, assignment: Buffer): StoredMember {
    return {
      memberId: this.id,
      instanceId: this.instanceId,
      clientId: this.clientId,
      clientHost: this.clientHost,
      rebalanceTimeoutMs: this.rebalanceTimeoutMs,
      sessionTimeoutMs: this.sessionTimeoutMs,
      subscription: this.metadataFor(protocol),
      assignment,
    };
  }
}
