import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';
import type { ClassicSide } from './classic-consumers.js';
import type { StoredConsumer } from './consumer-records.js';
import type { ConsumerDescription, ConsumerHeartbeat } from './consumer-request.js';
import { noPartitions, type Partitions } from './partitions.js';
import { awayEpoch, newStanding, type Standing } from './reconciliation.js';

/** What of a member has changed. */
export interface ConsumerChange {
  readonly anything: boolean;
  /** What it reads, or how it wants it shared out: the others are concerned too. */
  readonly subscription: boolean;
}

/** A member of a consumer group: what it said of itself, where it stands, and how long it may stay silent or slow. */
export class ConsumerMember {
  readonly id: string;
  instanceId: string | null = null;
  rackId: string | null = null;
  clientId = '';
  clientHost = '';
  topicNames: readonly string[] = [];
  topicRegex: string | null = null;
  rebalanceTimeoutMs = -1;
  assignor: string | null = null;
  standing: Standing = newStanding;
  target: Partitions = noPartitions;
  /** `null` until the member is heard of: what is read back does not say who it is. */
  mayKnow: ((topic: string) => boolean) | null = null;
  /** What it read when partitions were shared out last, `null` when that was in another run; and when to look again. */
  topicIds: ReadonlySet<string> | null = null;
  lookAgainMs = 0;
  /** What the member was last told it has; `null` when it has to be told. */
  told: Partitions | null = null;
  /** Where it speaks the classic protocol. */
  classic: ClassicSide | null = null;
  readonly session: Deadline;
  readonly rebalance: Deadline;
  /** By when one of the classic protocol has to join, or to sync. */
  readonly due: Deadline;

  constructor(
    id: string,
    clock: Clock,
    silent: (member: ConsumerMember) => void,
    slow: (member: ConsumerMember) => void,
  ) {
    this.id = id;
    this.session = new Deadline(clock, () => silent(this));
    this.rebalance = new Deadline(clock, () => slow(this));
    this.due = new Deadline(clock, () => silent(this));
  }

  get away(): boolean {
    return this.standing.epoch === awayEpoch;
  }

  clearDeadlines(): void {
    this.session.clear();
    this.rebalance.clear();
    this.due.clear();
  }

  update(request: ConsumerHeartbeat): ConsumerChange {
    const before = this.toStored();
    this.mayKnow = request.mayKnow;
    this.instanceId = request.instanceId ?? this.instanceId;
    this.rackId = request.rackId ?? this.rackId;
    this.clientId = request.clientId;
    this.clientHost = request.clientHost;
    if (request.rebalanceTimeoutMs >= 0) this.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
    if (request.topicNames !== null) this.topicNames = [...new Set(request.topicNames)].sort();
    if (request.topicRegex !== null) this.topicRegex = request.topicRegex === '' ? null : request.topicRegex;
    this.assignor = request.assignor ?? this.assignor;
    const subscription =
      !sameNames(before.topicNames, this.topicNames) ||
      before.topicRegex !== this.topicRegex ||
      before.assignor !== this.assignor;
    const rest =
      before.instanceId !== this.instanceId ||
      before.rackId !== this.rackId ||
      before.clientId !== this.clientId ||
      before.clientHost !== this.clientHost ||
      before.rebalanceTimeoutMs !== this.rebalanceTimeoutMs;
    return { anything: subscription || rest, subscription };
  }

  /** Goes on in the place of a member that is away. */
  takeOver(former: ConsumerMember): void {
    this.restore(former.toStored());
    this.standing = { ...newStanding, assigned: former.standing.assigned };
    this.target = former.target;
  }

  toStored(): StoredConsumer {
    const { instanceId, rackId, clientId, clientHost, topicNames, topicRegex } = this;
    const { rebalanceTimeoutMs, assignor, classic } = this;
    return {
      instanceId,
      rackId,
      clientId,
      clientHost,
      topicNames,
      topicRegex,
      rebalanceTimeoutMs,
      assignor,
      classic,
    };
  }

  restore(stored: StoredConsumer): void {
    this.instanceId = stored.instanceId;
    this.rackId = stored.rackId;
    this.clientId = stored.clientId;
    this.clientHost = stored.clientHost;
    this.topicNames = stored.topicNames;
    this.topicRegex = stored.topicRegex;
    this.rebalanceTimeoutMs = stored.rebalanceTimeoutMs;
    this.assignor = stored.assignor;
    this.classic = stored.classic;
  }

  describe(): ConsumerDescription {
    const { id: memberId, instanceId, rackId, clientId, clientHost, topicNames, topicRegex, target } = this;
    const { epoch, assigned: assignment } = this.standing;
    return {
      memberId,
      instanceId,
      rackId,
      epoch,
      clientId,
      clientHost,
      topicNames,
      topicRegex,
      assignment,
      target,
      classic: this.classic !== null,
    };
  }
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, at) => name === other[at]);
}
