import { type ByteReader, DecodeError } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import type { Random } from '../lib/random.js';
import { isReady, ready, zstd } from '../log/compression.js';
import type { Log } from '../log/log.js';
import type { Recorder, State } from '../log/state.js';
import type { Storage } from '../log/storage.js';
import { BrokerError } from './errors.js';
import { Partition } from './partition.js';
import { defaultProducerStateLimits, type ProducerStateLimits } from './producer-state.js';
import { brokerErrorOf } from './refusal.js';
import { stateNumbers } from './state-numbers.js';
import { isInternalTopic, isTopicName, Topic } from './topic.js';
import { checkOverrides, TopicConfig, type TopicOverrides } from './topic-config.js';

const operation = { createTopic: 1, deleteTopic: 2, addPartitions: 3, configure: 4 } as const;
const snapshotVersion = 1;

export interface CatalogOptions {
  /** Topic configs where this broker's defaults differ from Kafka's. */
  readonly topicDefaults: TopicOverrides;
  readonly producerLimits: ProducerStateLimits;
  readonly readsUnsynced: boolean;
  /** Of all topics together. Each costs memory and, once written to, files. */
  readonly partitionsMax: number;
}

export const defaultCatalogOptions: CatalogOptions = {
  topicDefaults: new Map(),
  producerLimits: defaultProducerStateLimits,
  readsUnsynced: false,
  partitionsMax: 100_000,
};

/** Hears of topics that come and go; not when the journal is read back. */
export interface CatalogFollower {
  created(topic: Topic): void;
  deleted(topic: Topic): void;
  /** It has another configuration, or another partition. */
  configured(topic: Topic): void;
}

/** Which topics there are, with their partitions and configurations. */
export class Catalog implements State {
  private readonly storage: Storage;
  private readonly random: Random;
  private readonly options: CatalogOptions;
  private readonly recorder: Recorder;
  private readonly byName = new Map<string, Topic>();
  private readonly byId = new Map<string, Topic>();
  private partitionsTaken = 0;
  /** Another number whenever a topic comes, goes or grows. */
  changes = 0;
  /** Stamped on what this run of the broker appends. */
  leaderEpoch = 0;
  follower: CatalogFollower | null = null;

  constructor(storage: Storage, random: Random, options: CatalogOptions = defaultCatalogOptions) {
    this.storage = storage;
    this.random = random;
    this.options = options;
    this.recorder = storage.recorder(stateNumbers.catalog);
    storage.register(stateNumbers.catalog, this);
  }

  topic(name: string): Topic | undefined {
    return this.byName.get(name);
  }

  topicById(id: string): Topic | undefined {
    return this.byId.get(id);
  }

  /** The partition that a log is; undefined when it is none, or none any more. */
  partitionOf(logId: number): Partition | undefined {
    const state = this.storage.states.get(stateNumbers.partition(logId));
    return state instanceof Partition ? state : undefined;
  }

  topics(): IterableIterator<Topic> {
    return this.byName.values();
  }

  /** The configuration of a topic that sets these values. */
  configOf(overrides: TopicOverrides): TopicConfig {
    return new TopicConfig(overrides, this.options.topicDefaults);
  }

  get topicCount(): number {
    return this.byName.size;
  }

  /** Throws what would be thrown by `create`, and changes nothing. */
  checkCreate(name: string, partitionCount: number, overrides: TopicOverrides): void {
    if (!isTopicName(name)) {
      throw new BrokerError(
        'invalid-topic-name',
        `the topic name ${JSON.stringify(name.slice(0, 300))} is invalid: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-', and not '.' or '..'`,
      );
    }
    if (this.byName.has(name)) throw new BrokerError('topic-exists', `Topic '${name}' already exists.`);
    if (!(partitionCount >= 1))
      throw new BrokerError('invalid-partition-count', 'number of partitions must be at least 1');
    // What the broker keeps for itself has its own limits.
    if (!isInternalTopic(name)) this.checkRoomFor(partitionCount);
    checkOverrides(overrides);
  }

  create(name: string, partitionCount: number, overrides: TopicOverrides = new Map()): Topic {
    this.checkCreate(name, partitionCount, overrides);
    this.refuseWhenStorageDoes();
    const id = this.random.uuid().replaceAll('-', '');
    const config = new TopicConfig(overrides, this.options.topicDefaults);
    const logs: Log[] = [];
    for (let index = 0; index < partitionCount; index++) {
      logs.push(this.storage.createLog(`${name}-${index}`, config.log));
    }
    const into = this.recorder.begin();
    into.u8(operation.createTopic);
    writeTopic(into, name, id, overrides, logs);
    this.recorder.end();
    const topic = this.add(name, id, overrides, logs);
    this.follower?.created(topic);
    return topic;
  }

  private add(name: string, id: string, overrides: TopicOverrides, logs: readonly Log[]): Topic {
    const topic = new Topic(name, id, new TopicConfig(overrides, this.options.topicDefaults));
    for (const log of logs) this.addPartition(topic, log);
    this.byName.set(name, topic);
    this.byId.set(id, topic);
    this.changes++;
    return topic;
  }

  private addPartition(topic: Topic, log: Log): void {
    this.changes++;
    const { producerLimits, readsUnsynced } = this.options;
    const index = topic.partitions.length;
    const partition = new Partition(topic.name, index, log, topic.config, this.storage, producerLimits, readsUnsynced);
    log.leaderEpoch = this.leaderEpoch;
    topic.partitions.push(partition);
    if (!topic.internal) this.partitionsTaken++;
    this.storage.register(stateNumbers.partition(log.id), partition);
  }

  /** Throws what would be thrown by `addPartitions`, and changes nothing. */
  checkAddPartitions(topic: Topic, partitionCount: number): void {
    const before = topic.partitions.length;
    if (partitionCount <= before) {
      throw new BrokerError(
        'invalid-partition-count',
        `Topic currently has ${before} partitions, which is higher than or equal to the requested ${partitionCount}.`,
      );
    }
    this.checkRoomFor(partitionCount - before);
  }

  private checkRoomFor(more: number): void {
    const { partitionsMax } = this.options;
    if (!(this.partitionsTaken + more > partitionsMax)) return;
    throw new BrokerError(
      'invalid-partition-count',
      `${more} more partitions were too many: there may be ${partitionsMax} in all, and there are ${this.partitionsTaken}`,
    );
  }

  addPartitions(topic: Topic, partitionCount: number): void {
    this.checkAddPartitions(topic, partitionCount);
    const before = topic.partitions.length;
    this.refuseWhenStorageDoes();
    const logs: Log[] = [];
    for (let index = before; index < partitionCount; index++) {
      logs.push(this.storage.createLog(`${topic.name}-${index}`, topic.config.log));
    }
    const into = this.recorder.begin();
    into.u8(operation.addPartitions);
    into.string(topic.name);
    writeLogs(into, logs);
    this.recorder.end();
    for (const log of logs) this.addPartition(topic, log);
    this.follower?.configured(topic);
  }

  delete(topic: Topic): void {
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(operation.deleteTopic);
    into.string(topic.name);
    this.recorder.end();
    this.follower?.deleted(topic);
    for (const partition of topic.partitions) this.storage.deleteLog(partition.log);
    this.remove(topic);
  }

  private remove(topic: Topic): void {
    this.changes++;
    topic.deleted = true;
    if (!topic.internal) this.partitionsTaken -= topic.partitions.length;
    this.byName.delete(topic.name);
    this.byId.delete(topic.id);
    for (const partition of topic.partitions) {
      this.storage.unregister(stateNumbers.partition(partition.log.id));
      partition.tell();
    }
  }

  configure(topic: Topic, overrides: TopicOverrides): void {
    checkOverrides(overrides);
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(operation.configure);
    into.string(topic.name);
    writeOverrides(into, overrides);
    this.recorder.end();
    this.apply(topic, overrides);
    this.follower?.configured(topic);
  }

  private apply(topic: Topic, overrides: TopicOverrides): void {
    topic.config = new TopicConfig(overrides, this.options.topicDefaults);
    for (const partition of topic.partitions) partition.configure(topic.config);
  }

  private refuseWhenStorageDoes(): void {
    const refusal = this.storage.refusal;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  /**
   * Topics that look into batches do so in one synchronous stretch, so the codecs have to be there before. Node 20 has no
   * zstd of its own, and ours takes 150 ms and 8 MB: only where there is such a topic.
   */
  async codecsReady(): Promise<void> {
    if (isReady(zstd)) return;
    for (const topic of this.byName.values()) {
      if (topic.config.looksInside && !topic.internal) return ready(zstd);
    }
  }

  /** A new run of the broker begins: from now on it stamps its own epoch. */
  beginEpoch(epoch: number): void {
    this.leaderEpoch = epoch;
    for (const topic of this.byName.values()) {
      for (const partition of topic.partitions) partition.log.leaderEpoch = epoch;
    }
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind === operation.createTopic) {
      this.addRead(from);
      return;
    }
    const topic = this.byName.get(from.string());
    if (topic === undefined) return;
    if (kind === operation.deleteTopic) this.remove(topic);
    else if (kind === operation.configure) this.apply(topic, readOverrides(from));
    else if (kind === operation.addPartitions) for (const log of this.readLogs(from)) this.addPartition(topic, log);
    else throw new DecodeError(`an operation of unknown kind ${kind} on the catalog`);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.byName.size);
    for (const topic of this.byName.values()) {
      const logs = topic.partitions.map((partition) => partition.log);
      writeTopic(into, topic.name, topic.id, topic.config.overrides, logs);
    }
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`a catalog of unknown version ${version}`);
    for (let left = from.uvarint(); left > 0; left--) this.addRead(from);
  }

  private addRead(from: ByteReader): void {
    const name = from.string();
    const id = from.view(16).toString('hex');
    const overrides = readOverrides(from);
    this.add(name, id, overrides, this.readLogs(from));
  }

  private readLogs(from: ByteReader): Log[] {
    const logs: Log[] = [];
    for (let left = from.uvarint(); left > 0; left--) {
      const id = from.uvarint();
      const log = this.storage.logs.get(id);
      if (log === undefined) throw new DecodeError(`the catalog names a log ${id} that is not there`);
      logs.push(log);
    }
    return logs;
  }
}

function writeTopic(into: ByteWriter, name: string, id: string, overrides: TopicOverrides, logs: readonly Log[]): void {
  into.string(name);
  into.view(Buffer.from(id, 'hex'));
  writeOverrides(into, overrides);
  writeLogs(into, logs);
}

function writeLogs(into: ByteWriter, logs: readonly Log[]): void {
  into.uvarint(logs.length);
  for (const log of logs) into.uvarint(log.id);
}

function writeOverrides(into: ByteWriter, overrides: TopicOverrides): void {
  into.uvarint(overrides.size);
  for (const [key, value] of overrides) {
    into.string(key);
    into.string(value);
  }
}

function readOverrides(from: ByteReader): TopicOverrides {
  const overrides = new Map<string, string>();
  for (let left = from.uvarint(); left > 0; left--) {
    const key = from.string();
    overrides.set(key, from.string());
  }
  return overrides;
}
