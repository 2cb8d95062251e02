import type { Clock } from '../../lib/clock.js';
import { type Random, systemRandom } from '../../lib/random.js';
import type {
  FetchRequest,
  FetchRequestPartition,
  FetchRequestTopic,
  FetchResponse,
  FetchResponsePartition,
} from './codec/01-fetch.js';
import { ErrorCode } from './error-codes.js';

/** Sessions there may be at once; with all taken, one that was not used for a while gives way, or none is given. */
const sessionsMax = 1000;
const evictedAfterMs = 120_000;
const epochMax = 2 ** 31 - 1;
const finalEpoch = -1;
const firstEpoch = 0;

interface Followed {
  readonly topic: string;
  readonly topicId: string;
  wanted: FetchRequestPartition;
  /** What the client was last told; null when it has to be told whatever there is. */
  told: { readonly highWatermark: number; readonly lastStableOffset: number; readonly logStartOffset: number } | null;
}

/**
 * What one consumer follows (KIP-227): it names partitions once, later only what changes, and is told only of partitions
 * that have something new. The order is the order of service: who got records goes to the end.
 */
export class FetchSession {
  readonly id: number;
  /** Topics are named by id, from version 13 on. */
  readonly byId: boolean;
  /** The epoch the next request must bring. */
  epoch = 1;
  usedMs = 0;
  private readonly followed = new Map<string, Followed>();

  constructor(id: number, byId: boolean) {
    this.id = id;
    this.byId = byId;
  }

  get size(): number {
    return this.followed.size;
  }

  private key(topic: string, topicId: string, partition: number): string {
    return `${partition} ${this.byId ? topicId : topic}`;
  }

  /** Takes in what a request adds, changes and forgets. */
  update(request: FetchRequest): void {
    for (const { topic, topicId, partitions } of request.topics) {
      for (const wanted of partitions) {
        const key = this.key(topic, topicId, wanted.partition);
        const present = this.followed.get(key);
        if (present === undefined) this.followed.set(key, { topic, topicId, wanted, told: null });
        else present.wanted = wanted;
      }
    }
    for (const { topic, topicId, partitions } of request.forgottenTopicsData) {
      for (const partition of partitions) this.followed.delete(this.key(topic, topicId, partition));
    }
  }

  /** Everything followed, as a request that named it all would have it. */
  topics(): FetchRequestTopic[] {
    const topics: FetchRequestTopic[] = [];
    for (const { topic, topicId, wanted } of this.followed.values()) {
      const last = topics.at(-1);
      if (last !== undefined && last.topic === topic && last.topicId === topicId) last.partitions.push(wanted);
      else topics.push({ topic, topicId, partitions: [wanted] });
    }
    return topics;
  }

  /** Remembers what the client is told; of an incremental answer, leaves only what it does not know yet. */
  told(response: FetchResponse, incremental: boolean): void {
    for (const topic of response.responses) {
      topic.partitions = topic.partitions.filter((partition) => {
        const key = this.key(topic.topic, topic.topicId, partition.partitionIndex);
        const followed = this.followed.get(key);
        if (followed === undefined) return true;
        const hasRecords = bytesOf(partition) > 0;
        if (incremental && !hasRecords && !isNews(partition, followed)) return false;
        const { highWatermark, lastStableOffset, logStartOffset } = partition;
        // After an error the client is told how things are whatever they were before.
        const failed = partition.errorCode !== ErrorCode.NONE;
        followed.told = failed ? null : { highWatermark, lastStableOffset, logStartOffset };
        if (hasRecords) {
          this.followed.delete(key);
          this.followed.set(key, followed);
        }
        return true;
      });
    }
    if (incremental) response.responses = response.responses.filter((topic) => topic.partitions.length > 0);
  }
}

function bytesOf(partition: FetchResponsePartition): number {
  const { records } = partition;
  if (records === null) return 0;
  if (Buffer.isBuffer(records)) return records.length;
  let bytes = 0;
  for (const piece of records) bytes += piece.length;
  return bytes;
}

function isNews(partition: FetchResponsePartition, { told }: Followed): boolean {
  return (
    told === null ||
    partition.errorCode !== ErrorCode.NONE ||
    partition.highWatermark !== told.highWatermark ||
    partition.lastStableOffset !== told.lastStableOffset ||
    partition.logStartOffset !== told.logStartOffset
  );
}

/** What a fetch is to look at, and for which session, if any. */
export interface FetchScope {
  readonly errorCode: number;
  readonly session: FetchSession | null;
  readonly topics: readonly FetchRequestTopic[];
  /** Only what is new is answered. */
  readonly incremental: boolean;
}

/** Every session of every connection: a consumer that connects again goes on with its own. */
export class FetchSessions {
  private readonly clock: Clock;
  private readonly random: Random;
  /** Least recently used first. */
  private readonly sessions = new Map<number, FetchSession>();

  constructor(clock: Clock, random: Random = systemRandom) {
    this.clock = clock;
    this.random = random;
  }

  get size(): number {
    return this.sessions.size;
  }

  scope(request: FetchRequest, version: number): FetchScope {
    const { sessionId, sessionEpoch } = request;
    if (sessionEpoch === finalEpoch || sessionEpoch === firstEpoch) {
      // A full request ends the session it names.
      this.sessions.delete(sessionId);
      const session = sessionEpoch === firstEpoch && version >= 7 ? this.open(version >= 13) : null;
      session?.update(request);
      return { errorCode: ErrorCode.NONE, session, topics: request.topics, incremental: false };
    }
    const session = this.sessions.get(sessionId);
    if (session === undefined) return refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    if (session.epoch !== sessionEpoch) return refused(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
    if (session.byId !== version >= 13) return refused(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    session.epoch = sessionEpoch === epochMax ? 1 : sessionEpoch + 1;
    session.update(request);
    this.use(session);
    return { errorCode: ErrorCode.NONE, session, topics: session.topics(), incremental: true };
  }

  private open(byId: boolean): FetchSession | null {
    if (this.sessions.size >= sessionsMax && !this.evict()) return null;
    let id = this.random.below(epochMax) + 1;
    while (this.sessions.has(id)) id = this.random.below(epochMax) + 1;
    const session = new FetchSession(id, byId);
    this.use(session);
    return session;
  }

  private use(session: FetchSession): void {
    session.usedMs = this.clock.monotonic();
    this.sessions.delete(session.id);
    this.sessions.set(session.id, session);
  }

  private evict(): boolean {
    for (const session of this.sessions.values()) {
      if (this.clock.monotonic() - session.usedMs < evictedAfterMs) return false;
      this.sessions.delete(session.id);
      return true;
    }
    return true;
  }
}

function refused(errorCode: number): FetchScope {
  return { errorCode, session: null, topics: [], incremental: false };
}
