import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';
import type { Random } from '../../lib/random.js';
import { consumerProtocolType } from './classic-consumers.js';
import type { ConsumerGroup } from './consumer-group.js';
import { ConsumerGroups, malformed } from './consumer-groups.js';
import {
  type ConsumerGroupOptions,
  type ConsumerHeartbeat,
  type ConsumerWaiter,
  consumerRefused,
  joiningEpoch,
} from './consumer-request.js';
import { Group, type GroupSurroundings } from './group.js';
import { type KnownGroupConfigs, unconfigured } from './group-config.js';
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
import { asClassic, asConsumers } from './migration.js';
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
import { type KnownTopics, noTopics } from './subscription.js';

export interface GroupsOptions extends GroupOptions, ConsumerGroupOptions {
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
  consumerHeartbeatIntervalMs: 5_000,
  consumerSessionTimeoutMs: 45_000,
  consumerRebalanceTimeoutMs: 300_000,
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

/** Groups of another kind, whose ids are not to be had. */
export interface OtherGroups {
  has(id: string): boolean;
}

const noOthers: OtherGroups = { has: () => false };

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
  /** Groups of KIP-848. An id is in at most one of the two kinds; it may change over. */
  readonly consumers: ConsumerGroups;
  /** Set by whoever knows of transactions. */
  transactions: TransactionOffsets = noTransactions;
  /** Set by whoever knows of share groups. */
  others: OtherGroups = noOthers;
  private readonly clock: Clock;
  private readonly log: OffsetLog;
  private readonly options: GroupsOptions;
  private readonly topics: KnownTopics;
  private readonly around: GroupSurroundings;
  private readonly byId = new Map<string, Group>();
  private readonly loaded = new Map<string, StoredGroup>();
  private readonly expiry: Deadline;
  private closed = false;

  constructor(
    log: OffsetLog,
    clock: Clock,
    random: Random,
    options: GroupsOptions = defaultGroupsOptions,
    topics: KnownTopics = noTopics,
    configs: KnownGroupConfigs = unconfigured(options),
  ) {
    this.log = log;
    this.clock = clock;
    this.options = options;
    this.topics = topics;
    this.offsets = new CommittedOffsets(log, (group) => this.partitionFor(group));
    this.around = { clock, random, options, store: (group, stored, done) => this.store(group, stored, done) };
    this.consumers = new ConsumerGroups({
      clock,
      random,
      options,
      configs,
      topics,
      left: (group) => this.backToClassic(group),
      append: (group, records, done) => this.append(group, records, done),
    });
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
    } else this.consumers.apply(key, value);
  }

  /** Ends the loading: members' sessions begin to run, and the expiry of offsets. */
  start(): void {
    for (const [id, stored] of this.loaded) this.create(id).restore(stored);
    this.loaded.clear();
    this.consumers.start();
    for (const id of this.offsets.groups()) if (!this.has(id)) this.create(id);
    this.expiry.set(this.options.offsetRetentionCheckMs);
  }

  private create(id: string): Group {
    const group = new Group(id, this.around);
    this.byId.set(id, group);
    return group;
  }

  private get full(): boolean {
    return this.byId.size + this.consumers.size >= this.options.groupsMax;
  }

  /** Of either kind. */
  has(id: string): boolean {
    return this.byId.has(id) || this.consumers.get(id) !== undefined;
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
    const consumers = this.consumers.get(id);
    if (consumers !== undefined && !this.makesRoom(consumers, request)) {
      consumers.classics.join(request, waiter);
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
    const consumers = this.consumers.get(id);
    if (this.others.has(id)) return 'inconsistent-protocol';
    if (this.byId.has(id) || (consumers !== undefined && !consumers.empty)) return null;
    if (request.memberId !== noMemberId) return 'unknown-member';
    if (consumers !== undefined) return null;
    return this.full ? 'unavailable' : null;
  }

  /**
   * Whether a group of KIP-848 is none any more, for a classic member that joins: because it is empty, or because the one
   * who joins takes the place of the last who spoke that protocol.
   */
  private makesRoom(group: ConsumerGroup, { memberId, instanceId, protocolType }: JoinRequest): boolean {
    const replaces = instanceId !== null && memberId === noMemberId && protocolType === consumerProtocolType;
    const replaced = replaces ? group.find('', instanceId) : undefined;
    if (replaced?.classic === null) {
      const others = [...group.everyone()].filter((member) => member !== replaced);
      // The group becomes a classic one as its last member of this protocol goes; alone it leaves an empty one.
      if (others.every(({ classic }) => classic !== null)) group.expel('', instanceId);
    }
    if (this.consumers.get(group.id) !== group) return true;
    if (!group.empty) return false;
    this.append(group.id, group.tombstones(), () => {});
    this.consumers.forget(group);
    return true;
  }

  /** The last member of KIP-848 is gone: those who are left go on as a classic group. */
  private backToClassic(group: ConsumerGroup): void {
    if (this.closed || group.empty || !group.allClassic) return;
    const { id } = group;
    const stored = asClassic(group, this.topics, this.clock.now());
    const records = group.dissolve();
    this.consumers.forget(group);
    records.push({ key: writeGroupKey(id), value: writeGroupValue(stored) });
    this.append(id, records, () => {});
    this.create(id).restore(stored, true);
  }

  /** The first member of KIP-848 comes: a classic group of consumers goes on as one of that kind, with who is in it. */
  private toConsumers(classic: Group): ConsumerGroup | undefined {
    const { id } = classic;
    const restored = asConsumers(classic, this.topics);
    if (restored === null || restored.members.size >= this.options.membersMax) return undefined;
    // Before anything is written: an assignment on its way to the log must not be handed out any more.
    this.byId.delete(id);
    classic.close('rebalance-in-progress');
    // A group that never had a generation was never written.
    if (classic.generation > 0) this.append(id, [{ key: writeGroupKey(id), value: null }], () => {});
    const group = this.consumers.create(id);
    group.restore(restored);
    group.rewrite();
    return group;
  }

  /** A member of a group of KIP-848 joins, is alive, or leaves. */
  consumerHeartbeat(id: string, request: ConsumerHeartbeat, waiter: ConsumerWaiter): void {
    const wrong = this.closed ? closing : (malformed(id, request) ?? tooLong(id, request));
    const group = wrong === null ? (this.consumers.get(id) ?? this.newConsumerGroup(id, request)) : undefined;
    if (group === undefined) {
      const [refusal, message] = wrong ?? this.missing(id, request);
      waiter(consumerRefused(refusal, message, request.memberId));
    } else if (request.epoch < joiningEpoch) group.leave(request, waiter);
    else group.heartbeat(request, waiter);
  }

  /** For members that leave their id to us. */
  newMemberId(): string {
    return this.around.random.uuid();
  }

  private missing(id: string, { epoch }: ConsumerHeartbeat): readonly [GroupRefusal, string] {
    if (this.has(id) || this.others.has(id)) return ['unknown-group', `Group ${id} is not a consumer group.`];
    return epoch === joiningEpoch
      ? ['unavailable', 'There are too many groups.']
      : ['unknown-group', `Group ${id} not found.`];
  }

  /** A classic group makes room, with its members where there are any; its offsets stay. */
  private newConsumerGroup(id: string, { epoch }: ConsumerHeartbeat): ConsumerGroup | undefined {
    const classic = this.byId.get(id);
    if (epoch !== joiningEpoch || this.others.has(id) || (classic === undefined && this.full)) return undefined;
    return classic === undefined ? this.consumers.create(id) : this.toConsumers(classic);
  }

  sync(id: string, request: SyncRequest, waiter: SyncWaiter): void {
    const group = this.byId.get(id) ?? this.consumers.get(id)?.classics;
    if (group !== undefined) group.sync(request, waiter);
    else waiter(syncRefused(this.absent(id)));
  }

  heartbeat(id: string, memberId: string, instanceId: string | null, generation: number): GroupRefusal | null {
    const group = this.byId.get(id) ?? this.consumers.get(id)?.classics;
    return group === undefined ? this.absent(id) : group.heartbeat(memberId, instanceId, generation);
  }

  leave(id: string, memberId: string, instanceId: string | null): GroupRefusal | null {
    const consumers = this.consumers.get(id);
    if (consumers !== undefined) return consumers.expel(memberId, instanceId);
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
    if (!this.has(request.group)) this.create(request.group);
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
    if (!this.has(group)) this.create(group);
    return this.offsets.stage(group, commits);
  }

  /** The empty group id is allowed here, as Kafka allows it, for consumers that only keep offsets. */
  private commitRefusal(request: CommitRequest, inTransaction: boolean): GroupRefusal | null {
    const { group: id, memberId, instanceId, generation } = request;
    if (this.closed) return 'unavailable';
    if (!storable(id)) return 'invalid-group-id';
    const consumers = this.consumers.get(id);
    if (consumers !== undefined) return consumers.commitRefusal(memberId, generation);
    const group = this.byId.get(id);
    if (group !== undefined) return group.commitRefusal(memberId, instanceId, generation, inTransaction);
    if (this.others.has(id)) return 'unknown-group';
    if (generation >= 0) return 'illegal-generation';
    return this.full ? 'unavailable' : null;
  }

  /** `null` when nothing is committed. */
  committed(id: string, topic: string, partition: number): CommittedOffset | null {
    return this.offsets.find(id, topic, partition);
  }

  /** Of either kind, with how many members each has. */
  *sizes(): IterableIterator<readonly [string, number]> {
    for (const [id, group] of this.byId) yield [id, [...group.everyone()].length];
    for (const group of this.consumers) yield [group.id, [...group.everyone()].length];
  }

  list(): GroupDescription[] {
    return Array.from(this.byId.values(), (group) => group.describe());
  }

  describe(id: string): GroupDescription | null {
    return this.byId.get(id)?.describe() ?? null;
  }

  /** Deletes an empty group with its offsets; the answer comes when that is durable. */
  delete(id: string, waiter: (refusal: GroupRefusal | null) => void): void {
    const consumers = this.consumers.get(id);
    if (consumers !== undefined && !this.closed) {
      if (consumers.empty) this.discardConsumers(consumers, waiter);
      else waiter('group-not-empty');
      return;
    }
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

  private discardConsumers(group: ConsumerGroup, waiter: (refusal: GroupRefusal | null) => void): void {
    this.transactions.drop(group.id, () => true);
    const records = [...this.offsets.remove(group.id, () => true), ...group.tombstones()];
    this.consumers.forget(group);
    this.append(group.id, records, (stored) => waiter(stored ? null : 'storage-failed'));
  }

  /** Deletes single offsets; whether members still read the topic is for the caller to know. */
  deleteOffsets(
    id: string,
    partitions: readonly TopicPartition[],
    waiter: (refusal: GroupRefusal | null) => void,
  ): void {
    if (this.closed || !this.has(id)) {
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
    for (const group of [...this.consumers]) {
      if (!group.empty || this.transactions.hasGroup(group.id)) continue;
      const records = this.offsets.expire(group.id, (committed) => this.isOver(committed, group.sinceMs, nowMs));
      this.append(group.id, records, () => {});
      if (!this.offsets.has(group.id)) this.discardConsumers(group, () => {});
    }
  }

  private isExpired(group: Group, committed: CommittedOffset, nowMs: number): boolean {
    return this.isOver(committed, group.protocolType === null ? -1 : group.stateTimestampMs, nowMs);
  }

  private isOver(committed: CommittedOffset, emptySinceMs: number, nowMs: number): boolean {
    if (committed.expireTimestampMs >= 0) return nowMs >= committed.expireTimestampMs;
    // An administrator may commit long after the last member left: that commit has its own time to live.
    return nowMs - Math.max(emptySinceMs, committed.commitTimestampMs) >= this.options.offsetRetentionMs;
  }

  private store(group: Group, stored: StoredGroup, done: (stored: boolean) => void): void {
    this.append(group.id, [{ key: writeGroupKey(group.id), value: writeGroupValue(stored) }], done);
  }

  private append(id: string, records: readonly OffsetRecord[], done: (stored: boolean) => void): void {
    if (records.length === 0) {
      done(true);
      return;
    }
    // A batch has a limit that a large group's change would not fit into; appends of one stretch are one bundle anyhow.
    const batches = inBatches(records);
    let stored = true;
    let left = batches.length;
    for (const batch of batches) {
      this.log.append(this.partitionFor(id), batch, (error) => {
        stored &&= error === null;
        if (--left === 0) done(stored);
      });
    }
  }

  close(): void {
    this.closed = true;
    this.expiry.clear();
    for (const group of this.byId.values()) group.close();
    this.byId.clear();
    this.consumers.close();
  }
}

const batchBytesMax = 256 * 1024;

function inBatches(records: readonly OffsetRecord[]): OffsetRecord[][] {
  const batches: OffsetRecord[][] = [];
  let bytes = batchBytesMax;
  for (const record of records) {
    const size = record.key.length + (record.value?.length ?? 0);
    if (bytes + size > batchBytesMax) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)!.push(record);
    bytes += size;
  }
  return batches;
}

const closing = ['unavailable', 'The broker is closing.'] as const;

function tooLong(id: string, request: ConsumerHeartbeat): readonly [GroupRefusal, string] | null {
  const { memberId, instanceId, rackId, clientId, topicRegex, topicNames } = request;
  const names = [id, memberId, instanceId ?? '', rackId ?? '', clientId, topicRegex ?? '', ...(topicNames ?? [])];
  return names.every(storable) ? null : ['invalid-request', 'A name is too long.'];
}

function storable(text: string): boolean {
  return text.length * 3 <= storedStringBytesMax || Buffer.byteLength(text) <= storedStringBytesMax;
}
