import assert from 'node:assert/strict';
import { SeededRandom } from '../../lib/random.js';
import { baseOffset, batchBytes, isControl, isTransactional, producerId, transactionalBit } from '../../log/batch.js';
import { BatchBuilder, RecordCursor } from '../../log/records.js';
import type { StorageOptions } from '../../log/storage.js';
import { StorageWorld } from '../../log/testing.js';
import type { CrashKind } from '../../store/memory-disk.js';
import { Catalog } from '../catalog.js';
import { defaultGroupsOptions, Groups } from '../group/groups.js';
import { OffsetTopic } from '../offset-topic.js';
import type { Partition } from '../partition.js';
import { ProducerIds } from '../producer-ids.js';
import { defaultTransactionsOptions, Transactions, type TransactionsOptions } from './transactions.js';

/** One record as a reader gets it. */
export interface Seen {
  readonly offset: number;
  readonly value: string;
}

/** A transactional producer as the protocol has it: an id, an epoch, and a sequence for each partition. */
export class TestProducer {
  readonly id: string;
  producerId = -1;
  epoch = -1;
  private readonly world: TransactionWorld;
  private readonly sequences = new Map<string, number>();

  constructor(world: TransactionWorld, id: string) {
    this.world = world;
    this.id = id;
  }

  get who(): { id: string; producerId: number; epoch: number } {
    return { id: this.id, producerId: this.producerId, epoch: this.epoch };
  }

  init(timeoutMs = 60_000): this {
    const { refusal, producerId: id, epoch } = this.world.transactions.init(this.id, timeoutMs, -1, -1);
    assert.equal(refusal, null);
    this.become(id, epoch);
    return this;
  }

  become(id: number, epoch: number): void {
    if (id !== this.producerId || epoch !== this.epoch) this.sequences.clear();
    this.producerId = id;
    this.epoch = epoch;
  }

  /** `adds`: as KIP-890's second version does. */
  send(topic: string, value: string, adds = true): string {
    const partition = this.world.partition(topic);
    const sequence = this.sequences.get(topic) ?? 0;
    const batch = transactional(this.producerId, this.epoch, sequence, value);
    const outcome = this.world.transactions.append(this.id, partition, batch, 0, batch.length, adds);
    if (outcome === 'ok') this.sequences.set(topic, sequence + 1);
    return outcome;
  }

  /** Ends the open transaction; the refusal, if there is one. */
  end(committed: boolean, bumps = true): string | null {
    const outcome = this.world.transactions.end(this.who, committed, bumps);
    if (outcome.refusal === null) this.become(outcome.producerId, outcome.epoch);
    return outcome.refusal;
  }

  offset(group: string, topic: string, offset: number, adds = true, member = ''): unknown {
    const request = {
      group,
      memberId: member,
      instanceId: null,
      generation: -1,
      retentionMs: -1,
      offsets: [{ topic, partition: 0, offset, leaderEpoch: -1, metadata: '' }],
    };
    const outcome = this.world.transactions.commitOffsets(this.who, request, adds);
    return typeof outcome === 'string' ? outcome : outcome[0];
  }
}

/** A producer's batch; `key:value` gives a record a key. */
export function transactional(id: number, epoch: number, sequence: number, ...values: string[]): Buffer {
  const builder = new BatchBuilder();
  for (const text of values) {
    const colon = text.indexOf(':');
    const key = colon < 0 ? null : Buffer.from(text.slice(0, colon));
    builder.add(key, Buffer.from(text.slice(colon + 1)), 1_700_000_000_000);
  }
  return builder.build(transactionalBit, id, epoch, sequence);
}

/** Everything transactions stand on, over a disk that can crash. */
export class TransactionWorld {
  readonly world: StorageWorld;
  catalog!: Catalog;
  groups!: Groups;
  transactions!: Transactions;
  private readonly options: TransactionsOptions;
  private epoch = 0;

  constructor(options: Partial<TransactionsOptions> = {}, storage: Partial<StorageOptions> = {}, seed = 1) {
    this.world = new StorageWorld(storage, seed);
    this.options = { ...defaultTransactionsOptions, ...options };
  }

  async open(...topics: string[]): Promise<this> {
    const { storage, clock } = this.world;
    this.catalog = new Catalog(storage, new SeededRandom(++this.epoch));
    const producerIds = new ProducerIds(storage);
    const log = new OffsetTopic(storage, this.catalog, 2);
    this.groups = new Groups(log, clock, new SeededRandom(3), { ...defaultGroupsOptions, offsetPartitions: 2 });
    this.transactions = new Transactions(storage, this.catalog, producerIds, this.groups, this.options);
    const { damage } = await this.world.open();
    assert.deepEqual(damage, []);
    this.catalog.beginEpoch(this.epoch);
    assert.deepEqual(await this.world.run(log.load(this.groups)), []);
    this.groups.start();
    this.transactions.start();
    for (const topic of topics) this.catalog.create(topic, 1);
    await this.world.durable();
    return this;
  }

  async restart(kind: CrashKind = 'power'): Promise<void> {
    this.world.crash(kind);
    await this.open();
  }

  /** As a new process on what is there, without a loss. */
  async restartDurable(): Promise<void> {
    await this.world.durable();
    await this.restart();
  }

  partition(topic: string): Partition {
    return this.catalog.topic(topic)!.partitions[0]!;
  }

  producer(id: string): TestProducer {
    return new TestProducer(this, id);
  }

  committed(group: string, topic: string): number {
    return this.groups.committed(group, topic, 0)?.offset ?? -1;
  }

  /** What a committed reader makes of a partition: nothing of aborted transactions, nothing from the stable offset on. */
  async readCommitted(topic: string, from = 0, bytesMax = 1024): Promise<Seen[]> {
    const partition = this.partition(topic);
    const seen: Seen[] = [];
    let offset = Math.max(from, partition.startOffset);
    for (;;) {
      const pieces: Buffer[] = [];
      const read = await this.world.run(partition.read(offset, bytesMax, pieces, partition.lastStableOffset));
      if (read.bytes === 0) return seen;
      const aborted = partition.abortedWithin(offset, read.nextOffset);
      this.take(Buffer.concat(pieces), aborted, offset, seen);
      offset = read.nextOffset;
    }
  }

  /** As Kafka's consumer does: an aborted producer's batches are passed over until its marker. */
  private take(
    bytes: Buffer,
    aborted: readonly { readonly producerId: number; readonly firstOffset: number }[],
    from: number,
    seen: Seen[],
  ): void {
    const queue = [...aborted];
    const passing = new Set<number>();
    for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) {
      const id = producerId(bytes, at);
      const last = baseOffset(bytes, at) + bytes.readInt32BE(at + 23);
      while (queue.length > 0 && queue[0]!.firstOffset <= last) passing.add(queue.shift()!.producerId);
      if (isControl(bytes, at)) {
        const cursor = new RecordCursor(bytes, at, 1024);
        assert.ok(cursor.next());
        if (cursor.key()!.readInt16BE(2) === 0) passing.delete(id);
        continue;
      }
      if (isTransactional(bytes, at) && passing.has(id)) continue;
      const cursor = new RecordCursor(bytes, at, 1 << 20);
      while (cursor.next()) {
        if (cursor.offset >= from) seen.push({ offset: cursor.offset, value: cursor.value()!.toString() });
      }
    }
  }

  async values(topic: string): Promise<string[]> {
    return (await this.readCommitted(topic)).map(({ value }) => value);
  }

  /** Everything that is there and no marker, as an uncommitted reader gets it. */
  async uncommittedValues(topic: string): Promise<string[]> {
    const partition = this.partition(topic);
    const values: string[] = [];
    let offset = partition.startOffset;
    for (;;) {
      const pieces: Buffer[] = [];
      const read = await this.world.run(partition.read(offset, 1 << 20, pieces));
      if (read.bytes === 0) return values;
      offset = read.nextOffset;
      const bytes = Buffer.concat(pieces);
      for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) {
        if (isControl(bytes, at)) continue;
        const cursor = new RecordCursor(bytes, at, 1 << 20);
        while (cursor.next()) values.push(cursor.value()!.toString());
      }
    }
  }
}
