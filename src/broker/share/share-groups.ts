import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import type { Catalog } from '../catalog.js';
import { type GroupConfig, type KnownGroupConfigs, unconfigured } from '../group/group-config.js';
import type { GroupRefusal } from '../group/group-request.js';
import type { Partition } from '../partition.js';
import type { DeadBatch } from '../queue/dead-batch.js';
import type { DeadLetterTarget } from '../queue/dead-letters.js';
import type { Ledger } from '../queue/ledger.js';
import {
  attemptsMax,
  defaultQueueOptions,
  type QueueOptions,
  type QueueSettings,
  settingsOf,
} from '../queue/settings.js';
import { brokerErrorOf } from '../refusal.js';
import { type Headers, noHeaders, readHeaders, writeHeaders } from '../routing/headers.js';
import { stateNumbers } from '../state-numbers.js';
import type { Topic } from '../topic.js';
import {
  joiningEpoch,
  leavingEpoch,
  type ShareAnswer,
  ShareGroup,
  type ShareGroupLimits,
  type ShareHeartbeat,
  type ShareMember,
  shareRefused,
} from './share-group.js';
import { type ShareLimits, SharePartition } from './share-partition.js';

export interface ShareOptions extends ShareLimits, ShareGroupLimits {
  readonly sessionsMax: number;
}

/** As what a group's consumers see a topic. */
export const groupOptions: QueueOptions = { ...defaultQueueOptions, type: 'quorum' };

/** Offsets to begin at, looked up by time. */
export type ShareStarts = ReadonlyMap<Partition, number>;

/** Kafka's defaults. */
export const defaultShareOptions: ShareOptions = {
  deliveriesMax: 5,
  locksMax: 2_000,
  membersMax: 200,
  sessionsMax: 2_000,
};

const operation = { add: 1, remove: 2, agree: 3 } as const;
const snapshotVersion = 2;
/** Holders below are those of channels and other fronts, which share the ledgers. */
const holdersMin = 0x20000000;
const holdersMax = 0x3fffffff;

/**
 * Share groups (KIP-932): queues over the partitions of topics. Which partitions a group has begun to read is this
 * state; how far it got with each is a ledger, a state of its own under a number that is never given again.
 */
export class ShareGroups implements State {
  readonly options: ShareOptions;
  private readonly storage: Storage;
  private readonly catalog: Catalog;
  private readonly configs: KnownGroupConfigs;
  private readonly recorder: Recorder;
  private readonly byId = new Map<string, ShareGroup>();
  /** How many sessions of members there are, for the front to keep below its limit. */
  sessionCount = 0;
  /** What policies make of terms. */
  governed: (group: string, topic: string, terms: Headers) => Headers = (_group, _topic, terms) => terms;
  /** What was agreed on how a group works off a topic, by group and topic id. */
  private readonly termsOf = new Map<string, Map<string, Headers>>();
  /** Who takes what a group gives up; null where that goes nowhere. Set before the storage is open. */
  deadLetterTarget: (group: string, topic: Topic, settings: QueueSettings) => DeadLetterTarget<DeadBatch> | null = () =>
    null;
  private readonly byLedger = new Map<number, SharePartition>();
  private nextNumber = 0;
  private lastHolder = holdersMin;
  private seenChanges = -1;

  constructor(
    storage: Storage,
    catalog: Catalog,
    options: ShareOptions = defaultShareOptions,
    configs: KnownGroupConfigs = unconfigured({}),
  ) {
    this.storage = storage;
    this.catalog = catalog;
    this.options = options;
    this.configs = configs;
    this.recorder = storage.recorder(stateNumbers.shareGroups);
    storage.register(stateNumbers.shareGroups, this);
  }

  get(id: string): ShareGroup | undefined {
    this.dropDeleted();
    return this.byId.get(id);
  }

  [Symbol.iterator](): IterableIterator<ShareGroup> {
    this.dropDeleted();
    return this.byId.values();
  }

  /** Somebody to hold locks: each session of a member is one of its own. */
  newHolder(): number {
    this.lastHolder = this.lastHolder >= holdersMax ? holdersMin : this.lastHolder + 1;
    return this.lastHolder;
  }

  /** By its number as a state. */
  ledger(number: number): Ledger | undefined {
    return this.byLedger.get(number)?.ledger;
  }

  configOf(id: string): GroupConfig {
    return this.configs.of(id);
  }

  /**
   * Where a group that begins so long ago will begin in what it may be assigned, which takes looking up; to be handed to
   * the heartbeat that follows. Null where nothing has to be looked up.
   */
  async startsOf(id: string, names: readonly string[] | null): Promise<ShareStarts | null> {
    const back = this.configs.of(id).shareStart;
    if (typeof back !== 'number') return null;
    const fromMs = this.storage.clock.now() - back;
    const group = this.get(id);
    const starts = new Map<Partition, number>();
    for (const name of new Set([...(names ?? []), ...(group?.topicNames() ?? [])])) {
      const topic = this.catalog.topic(name);
      for (const partition of topic?.partitions ?? []) {
        if (group?.partitions.get(topic!.id)?.has(partition.index)) continue;
        const found = await partition.offsetForTime(fromMs);
        starts.set(partition, found?.offset ?? partition.highWatermark);
      }
    }
    return starts;
  }

  /** Begins to read what it assigns; the answer is to be given when that is durable. */
  heartbeat(id: string, request: ShareHeartbeat, starts: ShareStarts | null = null): ShareAnswer {
    const fault = malformed(id, request);
    if (fault !== null) return shareRefused('invalid-request', fault);
    this.refuseWhenStorageDoes();
    const group = this.get(id) ?? (request.epoch === joiningEpoch ? this.create(id) : undefined);
    if (group === undefined) return shareRefused('unknown-group', `Group ${id} not found.`);
    const answer = group.heartbeat(request);
    for (const [topicId, indexes] of answer.assignment ?? []) {
      const topic = this.catalog.topicById(topicId);
      if (topic !== undefined) for (const index of indexes) this.partition(id, topic, index, starts);
    }
    this.forgetUnused(group);
    return answer;
  }

  private create(id: string): ShareGroup {
    const group = new ShareGroup(id, this.catalog, this.storage.clock, this.options, this.configs);
    this.byId.set(id, group);
    return group;
  }

  /** How a group works off a topic: what members agreed on, and the limits of all groups where they did not. */
  settingsOf(id: string, topicId: string): QueueSettings {
    const topic = this.catalog.topicById(topicId);
    const terms = topic === undefined ? noHeaders : this.governed(id, topic.name, this.terms(id, topicId));
    const settings = settingsOf({ ...groupOptions, arguments: terms });
    const own = terms.has('x-delivery-limit') ? settings.deliveryLimit : this.options.deliveriesMax - 1;
    return { ...settings, deliveryLimit: own };
  }

  terms(id: string, topicId: string): Headers {
    return this.termsOf.get(id)?.get(topicId) ?? noHeaders;
  }

  /** Exactly these hold from now on, for all members of the group. Only for a topic that it has begun to read. */
  agree(id: string, topic: Topic, terms: Headers): void {
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(operation.agree);
    writeTerms(into, id, topic.id, terms);
    this.recorder.end();
    this.agreed(id, topic.id, terms);
    this.govern(id, topic.id);
  }

  private agreed(id: string, topicId: string, terms: Headers): void {
    const ofGroup = this.termsOf.get(id) ?? new Map<string, Headers>();
    ofGroup.set(topicId, terms);
    this.termsOf.set(id, ofGroup);
  }

  /** Policies have changed. */
  governAll(): void {
    for (const { id, partitions } of this) for (const topicId of partitions.keys()) this.govern(id, topicId);
  }

  private govern(id: string, topicId: string): void {
    for (const share of this.byId.get(id)?.partitions.get(topicId)?.values() ?? []) this.governOne(id, share);
  }

  private governOne(id: string, share: SharePartition): void {
    const topic = this.catalog.topicById(share.topicId);
    if (topic === undefined) return;
    const settings = this.settingsOf(id, share.topicId);
    share.govern(attemptsMax(settings), this.deadLetterTarget(id, topic, settings));
  }

  /** The partition as the group reads it, which it begins to do when it has not yet. */
  partition(id: string, topic: Topic, index: number, starts: ShareStarts | null = null): SharePartition | undefined {
    const present = this.get(id)?.partitions.get(topic.id)?.get(index);
    const partition = topic.partitions[index];
    if (present !== undefined || partition === undefined) return present;
    this.refuseWhenStorageDoes();
    const number = this.nextNumber;
    const into = this.recorder.begin();
    into.u8(operation.add);
    writePartition(into, id, topic.id, index, number);
    this.recorder.end();
    const added = this.add(id, topic.id, index, number);
    const earliest = this.configs.of(id).shareStart === 'earliest';
    added.reset(starts?.get(partition) ?? (earliest ? partition.startOffset : partition.highWatermark));
    this.governOne(id, added);
    return added;
  }

  private add(id: string, topicId: string, index: number, number: number): SharePartition {
    const group = this.byId.get(id) ?? this.create(id);
    const found = this.catalog.topicById(topicId)?.partitions[index] ?? null;
    const added = new SharePartition(number, topicId, index, found, this.storage, this.options, group);
    this.storage.register(stateNumbers.shareLedger(number), added);
    this.byLedger.set(stateNumbers.shareLedger(number), added);
    const ofTopic = group.partitions.get(topicId) ?? new Map<number, SharePartition>();
    ofTopic.set(index, added);
    group.partitions.set(topicId, ofTopic);
    this.nextNumber = Math.max(this.nextNumber, number + 1);
    return added;
  }

  private drop(group: ShareGroup, topicId: string): void {
    for (const { number } of [...(group.partitions.get(topicId)?.values() ?? [])]) {
      const into = this.recorder.begin();
      into.u8(operation.remove);
      into.uvarint(number);
      this.recorder.end();
      this.remove(number);
    }
  }

  private remove(number: number): void {
    this.storage.unregister(stateNumbers.shareLedger(number));
    this.byLedger.delete(stateNumbers.shareLedger(number));
    for (const group of this.byId.values()) {
      for (const [topicId, ofTopic] of group.partitions) {
        for (const [index, share] of ofTopic) {
          if (share.number !== number) continue;
          share.close();
          ofTopic.delete(index);
          if (ofTopic.size === 0) {
            group.partitions.delete(topicId);
            this.termsOf.get(group.id)?.delete(topicId);
          }
          this.forgetUnused(group);
          return;
        }
      }
    }
  }

  /** A guest of the group is gone. */
  depart(id: string, guest: ShareMember): void {
    const group = this.byId.get(id);
    group?.depart(guest);
    if (group !== undefined) this.forgetUnused(group);
  }

  private forgetUnused(group: ShareGroup): void {
    if (!group.isUnused) return;
    this.byId.delete(group.id);
    this.termsOf.delete(group.id);
  }

  /** Topics that are gone take with them what groups knew of them. */
  private dropDeleted(): void {
    const { changes } = this.catalog;
    if (this.seenChanges === changes || this.storage.refusal !== null) return;
    this.seenChanges = changes;
    for (const group of [...this.byId.values()]) {
      for (const topicId of [...group.partitions.keys()]) {
        if (this.catalog.topicById(topicId) === undefined) this.drop(group, topicId);
      }
    }
  }

  delete(id: string): GroupRefusal | null {
    const group = this.get(id);
    if (group === undefined) return 'unknown-group';
    if (group.size > 0) return 'group-not-empty';
    this.refuseWhenStorageDoes();
    for (const topicId of [...group.partitions.keys()]) this.drop(group, topicId);
    return null;
  }

  /** Forgets how far the group is with a topic. */
  deleteTopic(group: ShareGroup, topic: Topic): void {
    this.refuseWhenStorageDoes();
    this.drop(group, topic.id);
  }

  private refuseWhenStorageDoes(): void {
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  /** The storage is open: what was locked stays so for its time. */
  restarted(): void {
    this.dropDeleted();
    for (const group of this.byId.values()) {
      for (const ofTopic of group.partitions.values()) {
        for (const share of ofTopic.values()) {
          // First: what is dead already goes where it was to go.
          this.governOne(group.id, share);
          share.restarted();
        }
      }
    }
  }

  close(): void {
    for (const group of this.byId.values()) {
      group.close();
      for (const ofTopic of group.partitions.values()) for (const share of ofTopic.values()) share.close();
    }
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind === operation.add) this.addRead(from);
    else if (kind === operation.remove) this.remove(from.uvarint());
    else if (kind === operation.agree) this.agreed(from.string(), from.string(), readHeaders(from));
    else throw new DecodeError(`an operation of unknown kind ${kind} on the share groups`);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.nextNumber);
    let count = 0;
    for (const group of this.byId.values()) for (const ofTopic of group.partitions.values()) count += ofTopic.size;
    into.uvarint(count);
    for (const { id, partitions } of this.byId.values()) {
      for (const ofTopic of partitions.values()) {
        for (const { topicId, index, number } of ofTopic.values()) writePartition(into, id, topicId, index, number);
      }
    }
    into.uvarint(this.termsCount);
    for (const [id, ofGroup] of this.termsOf) {
      for (const [topicId, terms] of ofGroup) writeTerms(into, id, topicId, terms);
    }
  }

  private get termsCount(): number {
    let count = 0;
    for (const ofGroup of this.termsOf.values()) count += ofGroup.size;
    return count;
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version < 1 || version > snapshotVersion) throw new DecodeError(`share groups of unknown version ${version}`);
    const nextNumber = from.uvarint();
    for (let left = from.uvarint(); left > 0; left--) this.addRead(from);
    this.nextNumber = Math.max(this.nextNumber, nextNumber);
    if (version < 2) return;
    for (let left = from.uvarint(); left > 0; left--) this.agreed(from.string(), from.string(), readHeaders(from));
  }

  private addRead(from: ByteReader): void {
    const id = from.string();
    const topicId = from.string();
    const index = from.uvarint();
    this.add(id, topicId, index, from.uvarint());
  }
}

function writePartition(into: ByteWriter, id: string, topicId: string, index: number, number: number): void {
  into.string(id);
  into.string(topicId);
  into.uvarint(index);
  into.uvarint(number);
}

function writeTerms(into: ByteWriter, id: string, topicId: string, terms: Headers): void {
  into.string(id);
  into.string(topicId);
  writeHeaders(into, terms);
}

function malformed(id: string, { memberId, rackId, epoch, topicNames }: ShareHeartbeat): string | null {
  if (id === '') return "GroupId can't be empty.";
  if (memberId === '') return "MemberId can't be empty.";
  if (rackId === '') return "RackId can't be empty.";
  if (epoch < leavingEpoch) return 'MemberEpoch is invalid.';
  if (epoch === joiningEpoch && (topicNames === null || topicNames.length === 0)) {
    return 'SubscribedTopicNames must be set in first request.';
  }
  return null;
}
