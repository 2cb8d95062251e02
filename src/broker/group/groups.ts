import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';
import type { Random } from '../../lib/random.js';
import { Group, type GroupSurroundings } from './group.js';
import {
  defaultGroupOptions,
  type GroupDescription,
  type GroupOptions,
  type GroupRefusal,
  type JoinRequest,
  type JoinWaiter,
  joinRefused,
  noMemberId,
  type SyncRequest,
  type SyncWaiter,
  syncRefused,
} from './group-request.js';
import {
  type CommittedOffset,
  readGroupValue,
  readKey,
  readOffsetValue,
  type StoredGroup,
  writeGroupKey,
  writeGroupValue,
} from './offset-records.js';
import {
  CommittedOffsets,
  type OffsetCommit,
  type OffsetLog,
  type OffsetRecord,
  type TopicPartition,
} from './offsets.js';

export interface GroupsOptions extends GroupOptions {
  readonly groupsMax: number;
  /** Partitions of `__consumer_offsets`: not to be changed once there are groups. */
  readonly offsetPartitions: number;
  readonly offsetMetadataBytesMax: number;
  /** Counted from when the group became empty, or from the commit where there never were members. */
  readonly offsetRetentionMs: number;
  readonly offsetRetentionCheckMs: number;
}

export const defaultGroupsOptions: GroupsOptions = {
  ...defaultGroupOptions,
  groupsMax: 1_000_000,
  offsetPartitions: 50,
  offsetMetadataBytesMax: 4_096,
  offsetRetentionMs: 7 * 86_400_000,
  offsetRetentionCheckMs: 600_000,
};

export interface CommitRequest {
  readonly group: string;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generation: number;
  /** How long these offsets are to be kept, as old clients may ask; -1 leaves it to the options. */
  readonly retentionMs: number;
  readonly offsets: readonly CommitOffset[];
}

export interface CommitOffset extends TopicPartition {
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
}

/** Offsets that become a group's when a transaction commits, and what keeps a group from being taken for abandoned. */
export interface TransactionOffsets {
  hasGroup(group: string): boolean;
  /** These are not to be committed any more. */
  drop(group: string, chosen: (topic: string, partition: number) => boolean): void;
}

const noTransactions: TransactionOffsets = { hasGroup: () => false, drop: () => {} };

/** Which offsets of a request may be committed, and what the others are refused for. */
export interface AcceptedOffsets {
  readonly refusals: readonly (GroupRefusal | null)[];
  readonly commits: readonly OffsetCommit[];
}

/** One entry for each offset of the request, in its order; `null` is done. */
export type CommitWaiter = (refusals: readonly (GroupRefusal | null)[]) => void;

/** Strings are kept behind a 16-bit length. */
const storedStringBytesMax = 0x7fff;

/** Java's String.hashCode: which partition of `__consumer_offsets` a group is kept in follows from it. */
export function javaHashCode(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0;
  return hash;
}

/**
 * All groups and their committed offsets. At start each record of `__consumer_offsets` goes through `apply`, in the
 * order of its partition, then `start` once; requests come after that.
 */
export class Groups {
  readonly offsets: CommittedOffsets;
  /** Set by whoever knows of transactions. */
  transactions: TransactionOffsets = noTransactions;
  private readonly clock: Clock;
  private readonly log: OffsetLog;
  private readonly options: GroupsOptions;
  private readonly around: GroupSurroundings;
  private readonly byId = new Map<string, Group>();
  private readonly loaded = new Map<string, StoredGroup>();
  private readonly expiry: Deadline;
  private closed = false;

  constructor(log: OffsetLog, clock: Clock, random: Random, options: GroupsOptions = defaultGroupsOptions) {
    this.log = log;
    this.clock = clock;
    this.options = options;
    this.offsets = new CommittedOffsets(log, (group) => this.partitionFor(group));
    this.around = { clock, random, options, store: (group, stored, done) => this.store(group, stored, done) };
    this.expiry = new Deadline(clock, () => {
      this.expire();
      this.expiry.set(options.offsetRetentionCheckMs);
    });
  }

  partitionFor(group: string): number {
    const hash = javaHashCode(group);
    // The one number without a positive counterpart counts as 0, as in Kafka's Utils.abs.
    return hash === -(2 ** 31) ? 0 : Math.abs(hash) % this.options.offsetPartitions;
  }

  /** What a record of `__consumer_offsets` says. Later ones win; those of other kinds are passed over. */
  apply(key: Buffer, value: Buffer | null): void {
    const about = readKey(key);
    if (about.kind === 'offset') {
      const committed = value === null ? null : readOffsetValue(value);
      this.offsets.apply(about.group, about.topic, about.partition, committed);
    } else if (about.kind === 'group') {
      if (value === null) this.loaded.delete(about.group);
      else this.loaded.set(about.group, readGroupValue(value));
    }
  }

  /** Ends the loading: members' sessions begin to run, and the expiry of offsets. */
  start(): void {
    for (const [id, stored] of this.loaded) this.create(id).restore(stored);
    this.loaded.clear();
    for (const id of this.offsets.groups()) if (!this.byId.has(id)) this.create(id);
    this.expiry.set(this.options.offsetRetentionCheckMs);
  }

  private create(id: string): Group {
    const group = new Group(id, this.around);
    this.byId.set(id, group);
    return group;
  }

  private get full(): boolean {
    return this.byId.size >= this.options.groupsMax;
  }

  get(id: string): Group | undefined {
    return this.byId.get(id);
  }

  join(id: string, request: JoinRequest, waiter: JoinWaiter): void {
    const refusal = this.joinRefusal(id, request);
    if (refusal !== null) {
      waiter(joinRefused(refusal, request.memberId));
      return;
    }
    const group = this.byId.get(id) ?? this.create(id);
    group.join(request, waiter);
  }

  private joinRefusal(id: string, request: JoinRequest): GroupRefusal | null {
    if (this.closed) return 'unavailable';
    if (id === '' || !storable(id)) return 'invalid-group-id';
    const names = [request.instanceId ?? '', request.clientId, request.clientHost, request.protocolType];
    for (const protocol of request.protocols) names.push(protocol.name);
    if (!names.every(storable)) return 'invalid-request';
    if (this.byId.has(id)) return null;
    if (request.memberId !== noMemberId) return 'unknown-member';
    return this.full ? 'unavailable' : null;
  }

  sync(id: string, request: SyncRequest, waiter: SyncWaiter): void {
    const group = this.byId.get(id);
    if (group !== undefined) group.sync(request, waiter);
    else waiter(syncRefused(this.absent(id)));
  }

  heartbeat(id: string, memberId: string, instanceId: string | null, generation: number): GroupRefusal | null {
    return this.byId.get(id)?.heartbeat(memberId, instanceId, generation) ?? this.absentOrNone(id);
  }

  leave(id: string, memberId: string, instanceId: string | null): GroupRefusal | null {
    return this.byId.get(id)?.leave(memberId, instanceId) ?? this.absentOrNone(id);
  }

  private absentOrNone(id: string): GroupRefusal | null {
    return this.byId.has(id) ? null : this.absent(id);
  }

  private absent(id: string): GroupRefusal {
    if (this.closed) return 'unavailable';
    return id === '' ? 'invalid-group-id' : 'unknown-member';
  }

  commit(request: CommitRequest, waiter: CommitWaiter): void {
    const { refusals, commits } = this.accept(request, false);
    if (commits.length === 0) {
      waiter(refusals);
      return;
    }
    if (!this.byId.has(request.group)) this.create(request.group);
    this.offsets.commit(request.group, commits, (error) => {
      waiter(error === null ? refusals : refusals.map((each) => each ?? 'storage-failed'));
    });
  }

  /** Says what `commit` would; nothing is committed yet. `inTransaction`: as a transaction is to carry the offsets. */
  accept(request: CommitRequest, inTransaction: boolean): AcceptedOffsets {
    const refusal = this.commitRefusal(request, inTransaction);
    if (refusal !== null) return { refusals: request.offsets.map(() => refusal), commits: [] };
    const nowMs = this.clock.now();
    const expireTimestampMs = request.retentionMs < 0 ? -1 : nowMs + request.retentionMs;
    const refusals: (GroupRefusal | null)[] = [];
    const commits: OffsetCommit[] = [];
    for (const { topic, partition, offset, leaderEpoch, metadata } of request.offsets) {
      const tooLarge = Buffer.byteLength(metadata) > this.options.offsetMetadataBytesMax;
      refusals.push(tooLarge ? 'metadata-too-large' : storable(topic) ? null : 'invalid-request');
      if (refusals.at(-1) !== null) continue;
      const committed = { offset, leaderEpoch, metadata, commitTimestampMs: nowMs, expireTimestampMs };
      commits.push({ topic, partition, committed });
    }
    return { refusals, commits };
  }

  /** Commits what a transaction carried, in the stretch of code that ends it. To be called back when that is durable. */
  commitWith(group: string, commits: readonly OffsetCommit[]): () => void {
    if (!this.byId.has(group)) this.create(group);
    return this.offsets.stage(group, commits);
  }

  /** The empty group id is allowed here, as Kafka allows it, for consumers that only keep offsets. */
  private commitRefusal(request: CommitRequest, inTransaction: boolean): GroupRefusal | null {
    const { group: id, memberId, instanceId, generation } = request;
    if (this.closed) return 'unavailable';
    if (!storable(id)) return 'invalid-group-id';
    const group = this.byId.get(id);
    if (group !== undefined) return group.commitRefusal(memberId, instanceId, generation, inTransaction);
    if (generation >= 0) return 'illegal-generation';
    return this.full ? 'unavailable' : null;
  }

  /** `null` when nothing is committed. */
  committed(id: string, topic: string, partition: number): CommittedOffset | null {
    return this.offsets.find(id, topic, partition);
  }

  list(): GroupDescription[] {
    return Array.from(this.byId.values(), (group) => group.describe());
  }

  describe(id: string): GroupDescription | null {
    return this.byId.get(id)?.describe() ?? null;
  }

  /** Deletes an empty group with its offsets; the answer comes when that is durable. */
  delete(id: string, waiter: (refusal: GroupRefusal | null) => void): void {
    const group = this.byId.get(id);
    if (group === undefined || group.state !== 'empty') {
      waiter(this.closed ? 'unavailable' : group === undefined ? 'unknown-group' : 'group-not-empty');
      return;
    }
    this.discard(group, waiter);
  }

  private discard(group: Group, waiter: (refusal: GroupRefusal | null) => void): void {
    this.transactions.drop(group.id, () => true);
    const records = this.offsets.remove(group.id, () => true);
    // A group that never had a generation was never written.
    if (group.generation > 0) records.push({ key: writeGroupKey(group.id), value: null });
    this.byId.delete(group.id);
    group.close();
    this.append(group.id, records, (stored) => waiter(stored ? null : 'storage-failed'));
  }

  /** Deletes single offsets; whether members still read the topic is for the caller to know. */
  deleteOffsets(
    id: string,
    partitions: readonly TopicPartition[],
    waiter: (refusal: GroupRefusal | null) => void,
  ): void {
    if (this.closed || !this.byId.has(id)) {
      waiter(this.closed ? 'unavailable' : 'unknown-group');
      return;
    }
    const chosen = new Set(partitions.map(({ topic, partition }) => `${partition} ${topic}`));
    const isChosen = (topic: string, partition: number): boolean => chosen.has(`${partition} ${topic}`);
    this.transactions.drop(id, isChosen);
    const records = this.offsets.remove(id, isChosen);
    this.append(id, records, (stored) => waiter(stored ? null : 'storage-failed'));
  }

  /** A topic is gone, and with it what groups committed for it. */
  deleteTopic(topic: string): void {
    for (const id of [...this.offsets.groups()]) {
      this.append(
        id,
        this.offsets.remove(id, (name) => name === topic),
        () => {},
      );
    }
  }

  /** Removes offsets that were kept long enough, and empty groups that have none left. */
  expire(): void {
    const nowMs = this.clock.now();
    for (const group of [...this.byId.values()]) {
      // An offset that is still to come says that the group is in use.
      if (!group.idle || this.transactions.hasGroup(group.id)) continue;
      const records = this.offsets.expire(group.id, (committed) => this.isExpired(group, committed, nowMs));
      this.append(group.id, records, () => {});
      if (!this.offsets.has(group.id)) this.discard(group, () => {});
    }
  }

  private isExpired(group: Group, committed: CommittedOffset, nowMs: number): boolean {
    if (committed.expireTimestampMs >= 0) return nowMs >= committed.expireTimestampMs;
    // An administrator may commit long after the last member left: that commit has its own time to live.
    const sinceMs =
      group.protocolType === null
        ? committed.commitTimestampMs
        : Math.max(group.stateTimestampMs, committed.commitTimestampMs);
    return nowMs - sinceMs >= this.options.offsetRetentionMs;
  }

  private store(group: Group, stored: StoredGroup, done: (stored: boolean) => void): void {
    this.append(group.id, [{ key: writeGroupKey(group.id), value: writeGroupValue(stored) }], done);
  }

  private append(id: string, records: readonly OffsetRecord[], done: (stored: boolean) => void): void {
    if (records.length === 0) done(true);
    else this.log.append(this.partitionFor(id), records, (error) => done(error === null));
  }

  close(): void {
    this.closed = true;
    this.expiry.clear();
    for (const group of this.byId.values()) group.close();
    this.byId.clear();
  }
}

function storable(text: string): boolean {
  return text.length * 3 <= storedStringBytesMax || Buffer.byteLength(text) <= storedStringBytesMax;
}
