import type { BrokerError } from '../errors.js';
import { type CommittedOffset, writeOffsetKey, writeOffsetValue } from './offset-records.js';

export interface OffsetRecord {
  readonly key: Buffer;
  /** `null` deletes what the key names. */
  readonly value: Buffer | null;
}

/** The topic `__consumer_offsets`, as the groups see it. */
export interface OffsetLog {
  /**
   * Appends the records to one partition as one batch: all of them become durable or none. `done` is called once,
   * with `null` when they are durable; for one partition in the order of the appends; possibly before this returns.
   */
  append(partition: number, records: readonly OffsetRecord[], done: (error: BrokerError | null) => void): void;
}

export interface OffsetCommit {
  readonly topic: string;
  readonly partition: number;
  readonly committed: CommittedOffset;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

type TopicOffsets = Map<string, Map<number, CommittedOffset>>;

/** A commit on its way to the log. A deletion that overtakes it in memory comes after it in the log, and wins. */
class PendingCommit {
  readonly commits: readonly OffsetCommit[];
  readonly deleted = new Set<OffsetCommit>();

  constructor(commits: readonly OffsetCommit[]) {
    this.commits = commits;
  }
}

class GroupOffsets {
  readonly topics: TopicOffsets = new Map();
  readonly pending = new Set<PendingCommit>();
}

const noTopics: ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> = new Map();

/**
 * Committed offsets, by group, topic and partition, in memory; their log is what lasts. A commit is seen when it is
 * durable, not before: a consumer that starts from it cannot be set back by a power cut.
 */
export class CommittedOffsets {
  private readonly log: OffsetLog;
  private readonly partitionFor: (group: string) => number;
  private readonly byGroup = new Map<string, GroupOffsets>();

  constructor(log: OffsetLog, partitionFor: (group: string) => number) {
    this.log = log;
    this.partitionFor = partitionFor;
  }

  groups(): IterableIterator<string> {
    return this.byGroup.keys();
  }

  /** Whether anything is committed or on its way. */
  has(group: string): boolean {
    return this.byGroup.has(group);
  }

  find(group: string, topic: string, partition: number): CommittedOffset | null {
    return this.byGroup.get(group)?.topics.get(topic)?.get(partition) ?? null;
  }

  topics(group: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.byGroup.get(group)?.topics ?? noTopics;
  }

  commit(group: string, commits: readonly OffsetCommit[], done: (error: BrokerError | null) => void): void {
    const pending = this.begin(group, commits);
    this.append(group, commits, (error) => {
      this.land(group, pending, error === null);
      done(error);
    });
  }

  /**
   * Appends commits that are part of something larger. Whoever wrote that calls the function answered when all of it
   * is durable.
   */
  stage(group: string, commits: readonly OffsetCommit[]): () => void {
    const pending = this.begin(group, commits);
    this.append(group, commits, () => {});
    return () => this.land(group, pending, true);
  }

  private begin(group: string, commits: readonly OffsetCommit[]): PendingCommit {
    const pending = new PendingCommit(commits);
    this.offsetsOf(group).pending.add(pending);
    return pending;
  }

  private append(group: string, commits: readonly OffsetCommit[], done: (error: BrokerError | null) => void): void {
    const records = commits.map(({ topic, partition, committed }) => ({
      key: writeOffsetKey(group, topic, partition),
      value: writeOffsetValue(committed),
    }));
    this.log.append(this.partitionFor(group), records, done);
  }

  private land(group: string, pending: PendingCommit, durable: boolean): void {
    // Not dropped while this commit is on its way.
    const offsets = this.offsetsOf(group);
    offsets.pending.delete(pending);
    if (durable) for (const each of pending.commits) if (!pending.deleted.has(each)) put(offsets.topics, each);
    this.dropIfEmpty(group, offsets);
  }

  private offsetsOf(group: string): GroupOffsets {
    let offsets = this.byGroup.get(group);
    if (offsets === undefined) {
      offsets = new GroupOffsets();
      this.byGroup.set(group, offsets);
    }
    return offsets;
  }

  /**
   * Forgets offsets and answers the records that make it last, for the caller to append with what belongs to them.
   * Commits still on their way are deleted too.
   */
  remove(group: string, chosen: (topic: string, partition: number) => boolean): OffsetRecord[] {
    const offsets = this.byGroup.get(group);
    if (offsets === undefined) return [];
    const keys = new Map<string, OffsetRecord>();
    const remember = (topic: string, partition: number): void => {
      keys.set(`${partition} ${topic}`, { key: writeOffsetKey(group, topic, partition), value: null });
    };
    for (const [topic, partitions] of offsets.topics) {
      for (const partition of partitions.keys()) {
        if (!chosen(topic, partition)) continue;
        remember(topic, partition);
        take(offsets.topics, topic, partition);
      }
    }
    for (const pending of offsets.pending) {
      for (const each of pending.commits) {
        if (pending.deleted.has(each) || !chosen(each.topic, each.partition)) continue;
        remember(each.topic, each.partition);
        pending.deleted.add(each);
      }
    }
    this.dropIfEmpty(group, offsets);
    return [...keys.values()];
  }

  /** Forgets what `expired` says, except where a newer commit is on its way. */
  expire(group: string, expired: (committed: CommittedOffset) => boolean): OffsetRecord[] {
    const offsets = this.byGroup.get(group);
    if (offsets === undefined || offsets.pending.size > 0) return [];
    return this.remove(group, (topic, partition) => {
      const committed = offsets.topics.get(topic)?.get(partition);
      return committed !== undefined && expired(committed);
    });
  }

  /** What a record of the log says: at start, in the order of the log. */
  apply(group: string, topic: string, partition: number, committed: CommittedOffset | null): void {
    const offsets = this.offsetsOf(group);
    if (committed !== null) put(offsets.topics, { topic, partition, committed });
    else take(offsets.topics, topic, partition);
    this.dropIfEmpty(group, offsets);
  }

  private dropIfEmpty(group: string, offsets: GroupOffsets): void {
    if (offsets.topics.size > 0 || offsets.pending.size > 0) return;
    if (this.byGroup.get(group) === offsets) this.byGroup.delete(group);
  }
}

function put(topics: TopicOffsets, { topic, partition, committed }: OffsetCommit): void {
  const partitions = topics.get(topic);
  if (partitions === undefined) topics.set(topic, new Map([[partition, committed]]));
  else partitions.set(partition, committed);
}

function take(topics: TopicOffsets, topic: string, partition: number): void {
  const partitions = topics.get(topic);
  if (partitions === undefined) return;
  partitions.delete(partition);
  if (partitions.size === 0) topics.delete(topic);
}
