import type { ShareGroups } from '../../broker/share/share-groups.js';
import type { SharePartition } from '../../broker/share/share-partition.js';
import type { Call } from './call.js';
import { ErrorCode } from './error-codes.js';
import type { KafkaSession } from './session.js';

export const openingEpoch = 0;
export const closingEpoch = -1;
const epochMax = 0x7fffffff;

export interface SharedPartition {
  readonly topicId: string;
  readonly index: number;
}

/**
 * What a member fetches from, so that each of its requests names only what is new. It is the one that holds the locks,
 * and ends with its connection: a client that comes again begins another.
 */
export class ShareSession {
  readonly holder: number;
  readonly partitions: Map<string, SharedPartition> = new Map();
  /** Where it may have something locked. */
  readonly touched: Set<SharePartition> = new Set();
  epoch = 1;
  over = false;
  /** Which partition is looked at first, so that none has to wait for ever behind others. */
  turn = 0;
  private readonly shares: ShareGroups;

  constructor(shares: ShareGroups) {
    this.shares = shares;
    this.holder = shares.newHolder();
    shares.sessionCount++;
  }

  add(topicId: string, index: number): void {
    this.partitions.set(keyOf(topicId, index), { topicId, index });
  }

  remove(topicId: string, index: number): void {
    this.partitions.delete(keyOf(topicId, index));
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    this.shares.sessionCount--;
    for (const share of this.touched) share.releaseHolder(this.holder);
    this.touched.clear();
  }
}

export function keyOf(topicId: string, index: number): string {
  return `${topicId} ${index}`;
}

const ofConnections = new WeakMap<KafkaSession, Map<string, ShareSession>>();

function sessionsOf(call: Call): Map<string, ShareSession> {
  const { session } = call;
  let sessions = ofConnections.get(session);
  if (sessions === undefined) {
    const made = new Map<string, ShareSession>();
    session.onEnd(() => {
      for (const each of made.values()) each.end();
      made.clear();
    });
    ofConnections.set(session, made);
    sessions = made;
  }
  return sessions;
}

/** The session that a request belongs to, or the code of why there is none. One that closes is to be ended by the caller. */
export function shareSession(call: Call, group: string, member: string, epoch: number): ShareSession | number {
  const sessions = sessionsOf(call);
  const key = `${group}\n${member}`;
  const present = sessions.get(key);
  if (epoch === openingEpoch) {
    const { shares } = call.context.broker;
    present?.end();
    sessions.delete(key);
    if (shares.sessionCount >= shares.options.sessionsMax) return ErrorCode.SHARE_SESSION_LIMIT_REACHED;
    const session = new ShareSession(shares);
    sessions.set(key, session);
    return session;
  }
  if (present === undefined) return ErrorCode.SHARE_SESSION_NOT_FOUND;
  if (epoch === closingEpoch) {
    sessions.delete(key);
    return present;
  }
  if (present.epoch !== epoch) return ErrorCode.INVALID_SHARE_SESSION_EPOCH;
  present.epoch = epoch === epochMax ? 1 : epoch + 1;
  return present;
}
