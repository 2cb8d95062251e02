import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';
import { producerEpoch, producerId } from '../../log/batch.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import type { Catalog } from '../catalog.js';
import type { ErrorCode } from '../errors.js';
import type { GroupRefusal } from '../group/group-request.js';
import type { CommitRequest, Groups, TransactionOffsets } from '../group/groups.js';
import type { Partition } from '../partition.js';
import type { ProducerIds } from '../producer-ids.js';
import { stateNumbers } from '../state-numbers.js';
import { HeldOffsets } from './held-offsets.js';
import {
  type HeldOffset,
  heldKey,
  highestEpoch,
  noEpoch,
  noProducerId,
  readHeldOffset,
  Transaction,
  type TransactionRefusal,
  type TransactionState,
  writeHeldOffset,
} from './transaction.js';

const operation = { head: 1, partitions: 2, offsets: 3, drop: 4, forget: 5 } as const;
const snapshotVersion = 1;
const durableRetryMs = 1000;

export interface TransactionsOptions {
  /** A producer may ask for no longer time-out. */
  readonly timeoutMaxMs: number;
  /** A transactional id that was not used for so long is forgotten. Has nothing to do with how long partitions know producers. */
  readonly expirationMs: number;
  readonly expiryCheckMs: number;
  readonly transactionsMax: number;
}

/** Kafka's, but for the last. */
export const defaultTransactionsOptions: TransactionsOptions = {
  timeoutMaxMs: 900_000,
  expirationMs: 7 * 86_400_000,
  expiryCheckMs: 3_600_000,
  transactionsMax: 1_000_000,
};

/** Which transaction, and as which incarnation of its producer. */
export interface Incarnation {
  readonly id: string;
  readonly producerId: number;
  readonly epoch: number;
}

export interface ProducerOutcome {
  readonly refusal: TransactionRefusal | null;
  readonly producerId: number;
  readonly epoch: number;
}

export interface TransactionDescription extends Incarnation {
  readonly state: TransactionState;
  readonly timeoutMs: number;
  /** -1 when none is open. */
  readonly startMs: number;
  readonly partitions: readonly Partition[];
}

function refused(refusal: TransactionRefusal): ProducerOutcome {
  return { refusal, producerId: noProducerId, epoch: noEpoch };
}

function toldTo({ producerId, epoch }: Transaction): ProducerOutcome {
  return { refusal: null, producerId, epoch };
}

/**
 * Who coordinates transactions. All partitions, groups and transactions are kept by one node behind one journal, so
 * ending a transaction is one stretch of code: the markers in all its partitions, the offsets in `__consumer_offsets`
 * and the transaction's own change are one bundle, all durable or none. There is nothing between "open" and "ended",
 * and so nothing that Kafka's "prepare" states and CONCURRENT_TRANSACTIONS would be needed for: a producer that finds
 * its predecessor's transaction open ends it in the same stretch that gives it its epoch.
 *
 *   empty ──add──▶ ongoing ──end──▶ committed | aborted ──add──▶ ongoing
 *     ▲               │
 *     └── init (aborts what is open, next epoch) ── from every state
 *
 * Everything decided here may be told once the storage is durable.
 */
export class Transactions implements State, TransactionOffsets {
  private readonly storage: Storage;
  private readonly catalog: Catalog;
  private readonly producerIds: ProducerIds;
  private readonly groups: Groups;
  private readonly clock: Clock;
  private readonly options: TransactionsOptions;
  private readonly recorder: Recorder;
  private readonly byId = new Map<string, Transaction>();
  private readonly held = new HeldOffsets();
  private readonly expiry: Deadline;
  private closed = false;

  constructor(
    storage: Storage,
    catalog: Catalog,
    producerIds: ProducerIds,
    groups: Groups,
    options: TransactionsOptions = defaultTransactionsOptions,
  ) {
    this.storage = storage;
    this.catalog = catalog;
    this.producerIds = producerIds;
    this.groups = groups;
    this.clock = storage.clock;
    this.options = options;
    this.recorder = storage.recorder(stateNumbers.transactions);
    storage.register(stateNumbers.transactions, this);
    groups.transactions = this;
    this.expiry = new Deadline(this.clock, () => {
      this.expire();
      this.expiry.set(options.expiryCheckMs);
    });
  }

  /** Everything is back: time-outs go on from when the transactions began. */
  start(): void {
    const nowMs = this.clock.now();
    for (const transaction of this.byId.values()) {
      if (!transaction.ongoing) continue;
      transaction.deadline.set(transaction.startMs + transaction.timeoutMs - nowMs);
      for (const [group, offsets] of transaction.groups) for (const key of offsets.keys()) this.held.add(group, key);
    }
    this.endOrphans();
    this.expiry.set(this.options.expiryCheckMs);
  }

  /** After damage a partition may have an open transaction that nobody knows, and would hide what follows for ever. */
  private endOrphans(): void {
    const known = new Set<number>();
    for (const { ongoing, producerId: id } of this.byId.values()) if (ongoing) known.add(id);
    for (const topic of this.catalog.topics()) {
      for (const partition of topic.partitions) {
        if (partition.producers.firstOpenTransactionOffset() < 0) continue;
        for (const { producerId: id, epoch, transactionStartOffset } of partition.producers.describe()) {
          if (transactionStartOffset < 0 || known.has(id)) continue;
          const fields = { topic: topic.name, partition: partition.index, producerId: id };
          this.storage.logger.warn(fields, 'a transaction that nobody coordinates is aborted');
          partition.endTransaction(id, epoch, false, this.catalog.leaderEpoch);
        }
      }
    }
  }

  private get unavailable(): boolean {
    return this.closed || this.storage.refusal !== null;
  }

  /**
   * The next incarnation of a producer. `expectedId` and `expectedEpoch` (KIP-360) are what the caller believes to be,
   * -1 for a new one: then it must be the last, or have missed the answer that told it the next.
   */
  init(id: string, timeoutMs: number, expectedId: number, expectedEpoch: number): ProducerOutcome {
    if (id === '' || expectedId < 0 !== expectedEpoch < 0) return refused('invalid-request');
    if (!(timeoutMs > 0 && timeoutMs <= this.options.timeoutMaxMs)) return refused('invalid-timeout');
    if (this.unavailable) return refused('unavailable');
    const present = this.byId.get(id);
    if (present === undefined) return this.create(id, timeoutMs);
    const expects = expectedId >= 0;
    const isLast = expectedId === present.producerId && expectedEpoch === present.epoch;
    if (expects && !isLast) {
      if (present.ongoing || !missedAnswer(present, expectedId, expectedEpoch)) return refused('fenced');
    } else if (present.ongoing) {
      this.finish(present, false, true, expects);
    } else {
      present.bump(expects, () => this.producerIds.take());
    }
    present.clear('empty');
    present.timeoutMs = timeoutMs;
    this.record(present);
    return toldTo(present);
  }

  private create(id: string, timeoutMs: number): ProducerOutcome {
    if (this.byId.size >= this.options.transactionsMax) return refused('unavailable');
    const transaction = this.made(id);
    transaction.producerId = this.producerIds.take();
    transaction.timeoutMs = timeoutMs;
    this.byId.set(id, transaction);
    this.record(transaction);
    return toldTo(transaction);
  }

  private made(id: string): Transaction {
    return new Transaction(id, noProducerId, 0, this.clock.now(), this.clock, (late) => this.timedOut(late));
  }

  private find({ id, producerId: asked, epoch }: Incarnation): Transaction | TransactionRefusal {
    if (id === '') return 'invalid-request';
    if (this.unavailable) return 'unavailable';
    const transaction = this.byId.get(id);
    if (transaction === undefined || transaction.producerId !== asked) return 'unknown-producer';
    return transaction.epoch === epoch ? transaction : 'fenced';
  }

  /** The producer is going to write to these. `bumpsEpochs`: it speaks KIP-890's second version of the protocol. */
  addPartitions(who: Incarnation, partitions: readonly Partition[], bumpsEpochs = false): TransactionRefusal | null {
    const transaction = this.find(who);
    if (typeof transaction === 'string') return transaction;
    const fresh = partitions.filter((partition) => !transaction.partitions.has(partition));
    if (fresh.length === 0 && transaction.ongoing) return null;
    this.begin(transaction, bumpsEpochs);
    for (const partition of fresh) transaction.partitions.add(partition);
    const into = this.beginOperation(operation.partitions, transaction);
    into.uvarint(fresh.length);
    for (const { log } of fresh) into.uvarint(log.id);
    this.recorder.end();
    return null;
  }

  private begin(transaction: Transaction, bumpsEpochs: boolean): void {
    transaction.bumpsEpochs = bumpsEpochs;
    if (transaction.ongoing) return;
    transaction.begin(this.clock.now());
    transaction.deadline.set(transaction.timeoutMs);
  }

  /** Whether a partition was added. */
  verify(who: Incarnation, partition: Partition): TransactionRefusal | null {
    const transaction = this.find(who);
    if (typeof transaction === 'string') return transaction;
    return transaction.ongoing && transaction.partitions.has(partition) ? null : 'not-covered';
  }

  /**
   * Appends a transactional producer's batches. `adds`: the partition is added by that (KIP-890); otherwise it must
   * have been, as a batch that comes late must not open a transaction nobody ends.
   */
  append(
    id: string,
    partition: Partition,
    bytes: Buffer,
    start: number,
    end: number,
    adds: boolean,
  ): TransactionRefusal | ErrorCode | 'ok' {
    const who = { id, producerId: producerId(bytes, start), epoch: producerEpoch(bytes, start) };
    const refusal = adds ? this.addPartitions(who, [partition], true) : this.verify(who, partition);
    return refusal ?? partition.append(bytes, start, end, who.producerId, who.epoch);
  }

  /** The producer is going to commit offsets of this group. */
  addGroup(who: Incarnation, group: string, bumpsEpochs = false): TransactionRefusal | null {
    const transaction = this.find(who);
    if (typeof transaction === 'string') return transaction;
    if (transaction.ongoing && transaction.groups.has(group)) return null;
    this.hold(transaction, group, [], bumpsEpochs);
    return null;
  }

  /** Offsets that become the group's when the transaction commits: one refusal or null for each of the request. */
  commitOffsets(
    who: Incarnation,
    request: CommitRequest,
    adds: boolean,
  ): TransactionRefusal | readonly (GroupRefusal | null)[] {
    const transaction = this.find(who);
    if (typeof transaction === 'string') return transaction;
    if (!adds && !(transaction.ongoing && transaction.groups.has(request.group))) return 'not-covered';
    const { refusals, commits } = this.groups.accept(request, true);
    const offsets: HeldOffset[] = [];
    for (const commit of commits) {
      const topicId = this.catalog.topic(commit.topic)?.id;
      if (topicId !== undefined) offsets.push({ ...commit, topicId });
    }
    if (offsets.length > 0) this.hold(transaction, request.group, offsets, adds);
    return refusals;
  }

  private hold(transaction: Transaction, group: string, offsets: readonly HeldOffset[], bumpsEpochs: boolean): void {
    this.begin(transaction, bumpsEpochs);
    const known = transaction.offsetsOf(group);
    const into = this.beginOperation(operation.offsets, transaction);
    into.string(group);
    into.uvarint(offsets.length);
    for (const held of offsets) {
      writeHeldOffset(into, held);
      const key = heldKey(held.topic, held.partition);
      if (!known.has(key)) this.held.add(group, key);
      known.set(key, held);
    }
    this.recorder.end();
  }

  /**
   * Ends the open transaction. A repeated end is told what the first was. `bumpsEpochs`: the producer's next epoch is
   * in the answer (KIP-890): what comes late from before the end is then fenced; such a producer may also abort
   * without a transaction, to be sure that what it sent cannot begin one any more.
   */
  end(who: Incarnation, committed: boolean, bumpsEpochs: boolean): ProducerOutcome {
    if (who.id === '') return refused('invalid-request');
    if (this.unavailable) return refused('unavailable');
    const transaction = this.byId.get(who.id);
    if (transaction === undefined) return refused('unknown-producer');
    const repeated = isRepeatedEnd(transaction, who, bumpsEpochs);
    if (transaction.producerId !== who.producerId && !repeated) return refused('unknown-producer');
    if (transaction.epoch !== who.epoch && !repeated) return refused('fenced');
    if (transaction.ongoing) {
      transaction.bumpsEpochs = bumpsEpochs;
      this.finish(transaction, committed, bumpsEpochs, bumpsEpochs);
    } else if (repeated) {
      if ((transaction.state === 'committed') !== committed) return refused('invalid-state');
    } else {
      if (committed || !bumpsEpochs) return refused('invalid-state');
      transaction.bumpsEpochs = true;
      this.finish(transaction, false, true, true);
    }
    return toldTo(transaction);
  }

  /** Everything a transaction's end does, in one stretch: nothing in it can be refused once it has begun. */
  private finish(transaction: Transaction, committed: boolean, bumps: boolean, remembersEpoch: boolean): void {
    const { producerId: id, epoch, groups } = transaction;
    const markerEpoch = bumps ? epoch + 1 : epoch;
    const { leaderEpoch } = this.catalog;
    for (const partition of transaction.partitions) {
      if (this.isThere(partition)) partition.endTransaction(id, markerEpoch, committed, leaderEpoch);
    }
    const landed: (() => void)[] = [];
    for (const [group, offsets] of groups) {
      if (committed) {
        const commits = [...offsets.values()].filter((each) => this.catalog.topic(each.topic)?.id === each.topicId);
        if (commits.length > 0) landed.push(this.groups.commitWith(group, commits));
      }
      const keys = [...offsets.keys()];
      landed.push(() => {
        for (const key of keys) this.held.remove(group, key);
      });
    }
    transaction.clear(committed ? 'committed' : 'aborted');
    if (bumps) transaction.bump(remembersEpoch, () => this.producerIds.take());
    this.record(transaction);
    if (landed.length > 0) this.whenDurable(landed);
  }

  private isThere(partition: Partition): boolean {
    return this.catalog.partitionOf(partition.log.id) === partition;
  }

  /** What was recorded stays recorded, whatever the storage says meanwhile: so this waits until it is durable. */
  private whenDurable(calls: readonly (() => void)[]): void {
    this.storage.whenDurable({
      settled: (error) => {
        if (error === null) for (const call of calls) call();
        else if (!this.closed && error.code !== 'closed') {
          this.clock.after(durableRetryMs, () => this.whenDurable(calls));
        }
      },
    });
  }

  private timedOut(transaction: Transaction): void {
    if (!transaction.ongoing) return;
    if (this.unavailable) {
      if (!this.closed) transaction.deadline.set(durableRetryMs);
      return;
    }
    const { id, producerId: owner, timeoutMs } = transaction;
    this.storage.logger.info({ transactionalId: id, producerId: owner, timeoutMs }, 'a transaction timed out: aborted');
    this.finish(transaction, false, true, false);
  }

  /**
   * An administrator ends a producer's transaction in one partition. One that is coordinated here is aborted as a
   * whole, and its producer fenced: in one partition alone it would be torn.
   */
  endIn(partition: Partition, id: number, epoch: number, committed: boolean): TransactionRefusal | null {
    if (this.unavailable) return 'unavailable';
    if (epoch < partition.producers.epochOf(id)) return 'fenced';
    for (const transaction of this.byId.values()) {
      if (transaction.producerId !== id || !transaction.ongoing || !transaction.partitions.has(partition)) continue;
      if (committed) return 'invalid-state';
      this.finish(transaction, false, true, false);
      return null;
    }
    partition.endTransaction(id, epoch, committed, this.catalog.leaderEpoch);
    return null;
  }

  /** Whether a group's committed offset may be about to change by a transaction. */
  holds(group: string, topic: string, partition: number): boolean {
    return this.held.has(group, topic, partition);
  }

  hasGroup(group: string): boolean {
    return this.held.hasGroup(group);
  }

  drop(group: string, chosen: (topic: string, partition: number) => boolean): void {
    if (this.unavailable || !this.held.hasGroup(group)) return;
    for (const transaction of this.byId.values()) {
      const offsets = transaction.groups.get(group);
      if (offsets === undefined) continue;
      for (const [key, { topic, partition }] of [...offsets]) {
        if (!chosen(topic, partition)) continue;
        offsets.delete(key);
        this.held.remove(group, key);
        const into = this.beginOperation(operation.drop, transaction);
        into.string(group);
        into.string(key);
        this.recorder.end();
      }
    }
  }

  get(id: string): TransactionDescription | null {
    const transaction = this.byId.get(id);
    return transaction === undefined ? null : this.described(transaction);
  }

  list(): TransactionDescription[] {
    return Array.from(this.byId.values(), (transaction) => this.described(transaction));
  }

  private described(transaction: Transaction): TransactionDescription {
    const { id, producerId: owner, epoch, state, timeoutMs, startMs } = transaction;
    const partitions = [...transaction.partitions].filter((partition) => this.isThere(partition));
    return { id, producerId: owner, epoch, state, timeoutMs, startMs, partitions };
  }

  /** Forgets transactional ids that were not used for long. */
  expire(): void {
    const nowMs = this.clock.now();
    for (const transaction of [...this.byId.values()]) {
      if (this.unavailable) return;
      if (transaction.ongoing || nowMs - transaction.updatedMs < this.options.expirationMs) continue;
      this.beginOperation(operation.forget, transaction);
      this.recorder.end();
      this.byId.delete(transaction.id);
    }
  }

  close(): void {
    this.closed = true;
    this.expiry.clear();
    for (const { deadline } of this.byId.values()) deadline.clear();
  }

  private beginOperation(kind: number, transaction: Transaction): ByteWriter {
    const into = this.recorder.begin();
    into.u8(kind);
    into.string(transaction.id);
    if (kind === operation.partitions || kind === operation.offsets) {
      into.varint(transaction.startMs);
      into.u8(transaction.bumpsEpochs ? 1 : 0);
    }
    return into;
  }

  /** The transaction without anything open in it. */
  private record(transaction: Transaction): void {
    transaction.updatedMs = this.clock.now();
    transaction.writeHead(this.beginOperation(operation.head, transaction));
    this.recorder.end();
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    const id = from.string();
    if (kind === operation.forget) {
      this.byId.delete(id);
      return;
    }
    const transaction = this.byId.get(id) ?? this.made(id);
    this.byId.set(id, transaction);
    if (kind === operation.head) {
      transaction.readHead(from);
      transaction.clear(transaction.state);
    } else if (kind === operation.drop) {
      transaction.groups.get(from.string())?.delete(from.string());
    } else if (kind === operation.partitions || kind === operation.offsets) {
      transaction.begin(from.varint());
      transaction.bumpsEpochs = from.u8() === 1;
      if (kind === operation.partitions) this.readPartitions(from, transaction);
      else readOffsets(from, transaction);
    } else throw new DecodeError(`an operation of unknown kind ${kind} on transactions`);
  }

  private readPartitions(from: ByteReader, transaction: Transaction): void {
    for (let left = from.uvarint(); left > 0; left--) {
      const partition = this.catalog.partitionOf(from.uvarint());
      if (partition !== undefined) transaction.partitions.add(partition);
    }
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.byId.size);
    for (const transaction of this.byId.values()) {
      into.string(transaction.id);
      transaction.writeHead(into);
      const partitions = [...transaction.partitions].filter((partition) => this.isThere(partition));
      into.uvarint(partitions.length);
      for (const { log } of partitions) into.uvarint(log.id);
      into.uvarint(transaction.groups.size);
      for (const [group, offsets] of transaction.groups) {
        into.string(group);
        into.uvarint(offsets.size);
        for (const held of offsets.values()) writeHeldOffset(into, held);
      }
    }
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`transactions of unknown version ${version}`);
    for (let left = from.uvarint(); left > 0; left--) {
      const transaction = this.made(from.string());
      transaction.readHead(from);
      this.readPartitions(from, transaction);
      for (let groups = from.uvarint(); groups > 0; groups--) readOffsets(from, transaction);
      this.byId.set(transaction.id, transaction);
    }
  }
}

function readOffsets(from: ByteReader, transaction: Transaction): void {
  const offsets = transaction.offsetsOf(from.string());
  for (let left = from.uvarint(); left > 0; left--) {
    const held = readHeldOffset(from);
    offsets.set(heldKey(held.topic, held.partition), held);
  }
}

/** The caller was told to be what came before, and this was its next: the answer that said so was lost. */
function missedAnswer(transaction: Transaction, expectedId: number, expectedEpoch: number): boolean {
  if (expectedEpoch !== transaction.lastEpoch) return false;
  return transaction.lastProducerId === noProducerId
    ? expectedId === transaction.producerId
    : expectedId === transaction.lastProducerId;
}

/** The transaction has ended, and this is its end again, from a producer that was not told. */
function isRepeatedEnd(transaction: Transaction, who: Incarnation, bumpsEpochs: boolean): boolean {
  const { state, producerId: id, epoch } = transaction;
  if (state !== 'committed' && state !== 'aborted') return false;
  if (!bumpsEpochs) return id === who.producerId && epoch === who.epoch;
  if (!transaction.bumpsEpochs) return false;
  if (id === who.producerId) return epoch === who.epoch + 1;
  return transaction.lastProducerId === who.producerId && who.epoch === highestEpoch && epoch === 0;
}
