import { type ByteReader, DecodeError } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import type { Clock } from '../lib/clock.js';
import {
  baseSequence,
  batchBytes,
  checkBatch,
  compression,
  isControl,
  isTransactional,
  lastOffsetDelta,
  leaderEpoch,
  maxTimestamp,
  nextOffset,
  producerEpoch,
  producerId,
  recordCount,
  setLogAppendTime,
} from '../log/batch.js';
import { isReady, ready, zstd } from '../log/compression.js';
import type { Log, LogFollower, LogRead } from '../log/log.js';
import { RecordCursor } from '../log/records.js';
import type { Recorder, State } from '../log/state.js';
import type { Storage } from '../log/storage.js';
import type { ErrorCode } from './errors.js';
import { LeaderEpochs } from './leader-epochs.js';
import { ProducerState, type ProducerStateLimits, verdict } from './producer-state.js';
import { asProduced, recompressed } from './recompression.js';
import { codeOf } from './refusal.js';
import { stateNumbers } from './state-numbers.js';
import type { TopicConfig } from './topic-config.js';
import { type AbortedTransaction, AbortedTransactions } from './transaction/aborted-transactions.js';
import { markerBatch } from './transaction/marker.js';

const highestCodec = 4;
const searchBytes = 1024 * 1024;
const inflatedBytesMax = 256 * 1024 * 1024;
const noProducer = -1;
const noRecords: readonly number[] = [];
/** A batch of nothing else is refused by naming some of them. */
const keylessToldMax = 100;
const operation = { aborted: 1 } as const;

/** A transaction that was ended where the end is not durable yet. */
interface EndingTransaction {
  readonly firstOffset: number;
  readonly markerOffset: number;
}

/** Somebody who waits for a partition to have more to read. */
export interface PartitionWatcher {
  advanced(partition: Partition): void;
}

export interface TimestampedOffset {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

/**
 * One partition of a topic: a log, with what it takes to let each batch in once, whole and in order. Appending is one
 * synchronous stretch; whoever appended waits for the storage's rung before he answers.
 */
export class Partition implements LogFollower, State {
  readonly topicName: string;
  readonly index: number;
  readonly log: Log;
  readonly producers: ProducerState;
  readonly epochs: LeaderEpochs = new LeaderEpochs();
  private readonly aborted = new AbortedTransactions();
  private readonly recorder: Recorder;
  /** In the order of their markers. */
  private readonly ending: EndingTransaction[] = [];
  config: TopicConfig;
  private readonly storage: Storage;
  private readonly clock: Clock;
  private readonly readsUnsynced: boolean;
  private readonly watchers = new Set<PartitionWatcher>();

  /** What the last `append` that answered 'ok' did. */
  appendedBase = -1;
  appendedTime = -1;
  private keyless: readonly number[] = noRecords;

  constructor(
    topicName: string,
    index: number,
    log: Log,
    config: TopicConfig,
    storage: Storage,
    producerLimits: ProducerStateLimits,
    readsUnsynced: boolean,
  ) {
    this.topicName = topicName;
    this.index = index;
    this.log = log;
    this.config = config;
    this.storage = storage;
    this.clock = storage.clock;
    this.producers = new ProducerState(producerLimits);
    this.recorder = storage.recorder(stateNumbers.partition(log.id));
    this.readsUnsynced = readsUnsynced;
    log.follower = this;
    log.policy = config.log;
  }

  configure(config: TopicConfig): void {
    this.config = config;
    this.log.policy = config.log;
  }

  /** Stream readers see what is before it: nothing that a power cut could take back, unless an option says so. */
  get highWatermark(): number {
    return this.readsUnsynced ? this.log.endOffset : this.log.durableOffset;
  }

  get startOffset(): number {
    return this.log.startOffset;
  }

  /**
   * Committed readers see what is before it: the first offset of the oldest transaction that has not ended, or whose
   * end a power cut could still take back. That end may be durable later than the records it is about.
   */
  get lastStableOffset(): number {
    const { highWatermark, ending } = this;
    while (ending.length > 0 && ending[0]!.markerOffset < highWatermark) ending.shift();
    const open = this.producers.firstOpenTransactionOffset();
    let stable = open < 0 ? highWatermark : Math.min(open, highWatermark);
    for (const { firstOffset } of ending) stable = Math.min(stable, firstOffset);
    return Math.max(stable, this.log.startOffset);
  }

  /**
   * Takes in the batches between two positions of a buffer: all of them or, for the reason answered, none. A batch of
   * an idempotent producer comes alone. What is taken in is copied, or stays where it is in a lent slab and is changed there.
   * `appendedBase` is then where the first record is, also when it had been written before.
   *
   * `transactionOf`: the producer whose open transaction covers this partition, with its epoch. Only its batches may be
   * transactional: one that nobody can end would hide what comes after it for ever.
   */
  append(
    bytes: Buffer,
    start: number,
    end: number,
    transactionOf: number = noProducer,
    transactionEpoch = -1,
  ): ErrorCode | 'ok' {
    const refusal = this.storage.refusal;
    if (refusal !== null) return codeOf(refusal);
    if (start === end) return 'invalid-batch';
    for (let at = start; at < end; ) {
      let fault = this.fault(bytes, at, end, at > start);
      if (fault === 'ok') fault = this.transactionFault(bytes, at, transactionOf, transactionEpoch);
      if (fault !== 'ok') return fault;
      at += batchBytes(bytes, at);
    }
    const { codec, codecLevel, messageBytesMax } = this.config;
    if (codec === asProduced) return this.appendAll(bytes, start, end);
    const stored = recompressed(bytes, start, end, codec, messageBytesMax, codecLevel);
    return typeof stored === 'string' ? stored : this.appendAll(stored, 0, stored.length);
  }

  private appendAll(bytes: Buffer, start: number, end: number): ErrorCode | 'ok' {
    this.appendedBase = -1;
    this.appendedTime = -1;
    for (let at = start; at < end; at += batchBytes(bytes, at)) {
      const outcome = this.appendOne(bytes, at);
      if (outcome !== 'ok') return outcome;
    }
    if (this.readsUnsynced) this.tell();
    return 'ok';
  }

  private fault(bytes: Buffer, at: number, end: number, behindOthers: boolean): ErrorCode | 'ok' {
    const fault = checkBatch(bytes, at, end);
    if (fault === 'magic') return 'unsupported-batch-version';
    if (fault === 'malformed') return 'invalid-batch';
    if (fault !== 'ok') return 'corrupt-batch';
    if (batchBytes(bytes, at) > this.config.messageBytesMax) return 'batch-too-large';
    const count = recordCount(bytes, at);
    // A producer numbers its records without holes, and only the broker writes markers.
    if (count === 0 || count !== lastOffsetDelta(bytes, at) + 1 || isControl(bytes, at)) return 'invalid-batch';
    if (compression(bytes, at) > highestCodec) return 'invalid-batch';
    if (producerId(bytes, at) >= 0) {
      if (producerEpoch(bytes, at) < 0 || baseSequence(bytes, at) < 0) return 'invalid-batch';
      // Whether a sequence goes on is known when what is before it is in: too late to refuse them together.
      if (behindOthers || batchBytes(bytes, at) < end - at) return 'invalid-batch';
    }
    if (!this.config.logAppendTime && !this.timeIsPlausible(maxTimestamp(bytes, at))) return 'invalid-timestamp';
    if (this.config.looksInside && !(isReady(compression(bytes, at)) && isReady(this.config.codec))) {
      // The topic looks into batches since a moment ago. Clients take this for a leader on the move, and come again.
      ready(zstd).catch(() => {});
      return 'not-owner';
    }
    if (!this.config.compacts) return 'ok';
    const keyless = recordsWithoutKey(bytes, at);
    if (keyless === null) return 'invalid-batch';
    this.keyless = keyless;
    return keyless.length === 0 ? 'ok' : 'invalid-batch';
  }

  private transactionFault(bytes: Buffer, at: number, transactionOf: number, epoch: number): ErrorCode | 'ok' {
    const id = producerId(bytes, at);
    if (isTransactional(bytes, at)) {
      const covered = id >= 0 && id === transactionOf && producerEpoch(bytes, at) === epoch;
      return covered ? 'ok' : 'invalid-transaction-state';
    }
    // Such a record would be taken for part of the producer's open transaction, and be lost with it.
    const mixed = id >= 0 && this.producers.transactionStart(id) >= 0;
    return mixed ? 'invalid-transaction-state' : 'ok';
  }

  private timeIsPlausible(timestamp: number): boolean {
    if (timestamp < 0) return true;
    const ahead = timestamp - this.clock.now();
    return ahead <= this.config.timestampAfterMaxMs && -ahead <= this.config.timestampBeforeMaxMs;
  }

  private appendOne(bytes: Buffer, at: number): ErrorCode | 'ok' {
    const id = producerId(bytes, at);
    const count = lastOffsetDelta(bytes, at) + 1;
    if (id >= 0) {
      const outcome = this.producers.check(id, producerEpoch(bytes, at), baseSequence(bytes, at), count);
      if (outcome === verdict.duplicate) {
        if (this.appendedBase < 0) this.appendedBase = this.producers.duplicateOffset;
        return 'ok';
      }
      if (outcome === verdict.outOfOrder) return 'out-of-order-sequence';
      if (outcome === verdict.staleEpoch) return 'stale-producer-epoch';
    }
    const size = batchBytes(bytes, at);
    const { pool } = this.storage;
    pool.place(bytes, at, at + size);
    const nowMs = this.clock.now();
    if (this.config.logAppendTime) {
      setLogAppendTime(pool.buffer, pool.at, nowMs);
      this.appendedTime = nowMs;
    }
    const base = this.log.append(pool.buffer, pool.at, size);
    this.observe(pool.buffer, pool.at, base, nowMs);
    this.storage.observer?.appended(this.log, this.topicName, this.index, pool.buffer, pool.at, base);
    if (this.appendedBase < 0) this.appendedBase = base;
    return 'ok';
  }

  /** Which records of a batch were refused for want of a key, asked once. */
  takeKeyless(): readonly number[] {
    const { keyless } = this;
    this.keyless = noRecords;
    return keyless;
  }

  /** A batch of the broker's own, which nothing but the storage can refuse: throws a LogError then. */
  appendOwn(batch: Buffer): number {
    const { pool } = this.storage;
    pool.place(batch, 0, batch.length);
    const base = this.log.append(pool.buffer, pool.at, batch.length);
    this.observe(pool.buffer, pool.at, base, this.clock.now());
    if (this.readsUnsynced) this.tell();
    return base;
  }

  /**
   * Ends a producer's transaction here by a marker, also where it wrote nothing: its epoch keeps older incarnations of
   * the producer out.
   */
  endTransaction(id: number, epoch: number, committed: boolean, coordinatorEpoch: number): void {
    const firstOffset = this.producers.transactionStart(id);
    const markerOffset = this.appendOwn(markerBatch(id, epoch, committed, coordinatorEpoch, this.clock.now()));
    if (firstOffset < 0) return;
    if (!this.readsUnsynced) this.ending.push({ firstOffset, markerOffset });
    if (committed) return;
    const open = this.producers.firstOpenTransactionOffset();
    const stableOffset = open < 0 ? markerOffset + 1 : open;
    const into = this.recorder.begin();
    into.u8(operation.aborted);
    into.uvarint(id);
    into.uvarint(firstOffset);
    into.uvarint(markerOffset);
    into.uvarint(stableOffset);
    this.recorder.end();
    this.aborted.trim(this.log.startOffset);
    this.aborted.add(id, firstOffset, markerOffset, stableOffset);
  }

  /** The aborted transactions with records between two offsets. */
  abortedWithin(from: number, to: number): AbortedTransaction[] {
    return this.aborted.within(from, to);
  }

  /** Whether this producer's batch at `offset` belongs to an aborted transaction. */
  isAborted(id: number, offset: number): boolean {
    return this.aborted.covers(id, offset);
  }

  private observe(bytes: Buffer, at: number, base: number, nowMs: number): void {
    this.epochs.observe(leaderEpoch(bytes, at), base);
    const id = producerId(bytes, at);
    if (id < 0) return;
    if (isControl(bytes, at)) {
      this.producers.observeMarker(id, producerEpoch(bytes, at), nowMs);
      return;
    }
    this.producers.observe(
      id,
      producerEpoch(bytes, at),
      baseSequence(bytes, at),
      lastOffsetDelta(bytes, at) + 1,
      base,
      nowMs,
      isTransactional(bytes, at),
    );
  }

  replayed(bytes: Buffer, at: number, base: number): void {
    this.observe(bytes, at, base, maxTimestamp(bytes, at));
  }

  /**
   * Batches from memory, null when they lie in a segment. `limit`: the high watermark or less. Slabs that are added to
   * `held` are the caller's to let go, by `Storage.letGo`. See Log.readTail.
   */
  readTail(
    offset: number,
    bytesMax: number,
    into: Buffer[],
    limit: number = this.highWatermark,
    held: Buffer[] | null = null,
  ): LogRead | null {
    return this.log.readTail(offset, bytesMax, limit, into, held);
  }

  read(
    offset: number,
    bytesMax: number,
    into: Buffer[],
    limit: number = this.highWatermark,
    held: Buffer[] | null = null,
  ): Promise<LogRead> {
    return this.log.read(offset, bytesMax, limit, into, held);
  }

  /** The first record at or after `timestamp`, among those that may be read: those before `limit`. */
  async offsetForTime(timestamp: number, limit: number = this.highWatermark): Promise<TimestampedOffset | undefined> {
    for (let from = this.startOffset; ; ) {
      const batch = await this.log.batchForTime(timestamp, limit, from);
      if (batch === undefined) return undefined;
      await ready(compression(batch, 0));
      const cursor = new RecordCursor(batch, 0, inflatedBytesMax);
      while (cursor.next()) {
        if (cursor.timestamp < timestamp || cursor.offset < this.startOffset) continue;
        return { offset: cursor.offset, timestamp: cursor.timestamp, leaderEpoch: leaderEpoch(batch, 0) };
      }
      // What made the batch late enough lies before the log's start.
      from = nextOffset(batch, 0);
    }
  }

  /** The record with the largest timestamp, if it may be read. */
  async offsetOfMaxTimestamp(limit: number = this.highWatermark): Promise<TimestampedOffset | undefined> {
    const largest = this.log.largestTimestamp();
    if (largest < 0) return undefined;
    return (await this.offsetForTime(largest, limit)) ?? this.searchMaxTimestamp(limit);
  }

  /** The largest timestamp is that of a record which is not to be read, or not yet: look at those that are. */
  private async searchMaxTimestamp(limit: number): Promise<TimestampedOffset | undefined> {
    let best: TimestampedOffset | undefined;
    let offset = this.startOffset;
    while (offset < limit) {
      const pieces: Buffer[] = [];
      const read = await this.log.read(offset, searchBytes, limit, pieces);
      if (read.bytes === 0) break;
      const bytes = Buffer.concat(pieces);
      for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) {
        if (maxTimestamp(bytes, at) <= (best?.timestamp ?? -1)) continue;
        await ready(compression(bytes, at));
        const cursor = new RecordCursor(bytes, at, inflatedBytesMax);
        while (cursor.next()) {
          if (cursor.offset < this.startOffset || cursor.timestamp <= (best?.timestamp ?? -1)) continue;
          best = { offset: cursor.offset, timestamp: cursor.timestamp, leaderEpoch: leaderEpoch(bytes, at) };
        }
      }
      offset = read.nextOffset;
    }
    return best;
  }

  /**
   * Where the records of an epoch end, with the largest known epoch not above it: -1 for both where nobody can tell. An
   * epoch older than all that are known ended where the first of them begins.
   */
  endOfEpoch(epoch: number): { readonly epoch: number; readonly endOffset: number } {
    const { leaderEpoch: current, endOffset } = this.log;
    if (epoch === current) return { epoch, endOffset };
    if (epoch < 0 || epoch > current) return { epoch: -1, endOffset: -1 };
    return this.epochs.endOf(epoch, endOffset);
  }

  /** Records before `offset` are not to be read any more (Kafka's DeleteRecords). */
  deleteBefore(offset: number): ErrorCode | 'ok' {
    if (offset < 0 || offset > this.highWatermark) return 'offset-out-of-range';
    if (this.storage.refusal !== null) return codeOf(this.storage.refusal);
    this.log.trim(offset);
    this.epochs.trim(offset);
    return 'ok';
  }

  watch(watcher: PartitionWatcher): void {
    this.watchers.add(watcher);
  }

  unwatch(watcher: PartitionWatcher): void {
    this.watchers.delete(watcher);
  }

  advanced(): void {
    if (!this.readsUnsynced) this.tell();
  }

  /** Also when the topic is deleted: whoever waits finds out. */
  tell(): void {
    for (const watcher of this.watchers) watcher.advanced(this);
  }

  // As a state: what the batches themselves do not tell cheaply. Of a run that went directly to its segment recovery
  // sees headers only, and no header says whether a marker commits or aborts: so an abort is an operation.

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind !== operation.aborted) throw new DecodeError(`an operation of unknown kind ${kind} on a partition`);
    this.aborted.add(from.uvarint(), from.uvarint(), from.uvarint(), from.uvarint());
  }

  snapshot(into: ByteWriter): void {
    this.producers.snapshot(into);
    this.epochs.snapshot(into);
    this.aborted.trim(this.log.startOffset);
    this.aborted.snapshot(into);
  }

  restore(from: ByteReader): void {
    this.producers.restore(from);
    this.epochs.restore(from);
    // Checkpoints written before there were transactions end here.
    if (from.remaining > 0) this.aborted.restore(from);
  }
}

/** Which of a batch's records have no key, the first ones at least; `null` when they cannot be read. */
function recordsWithoutKey(bytes: Buffer, at: number): readonly number[] | null {
  let found = noRecords;
  try {
    const cursor = new RecordCursor(bytes, at, inflatedBytesMax);
    for (let index = 0; cursor.next(); index++) {
      if (cursor.keyLength < 0 && found.length < keylessToldMax) found = [...found, index];
    }
    return found;
  } catch {
    return null;
  }
}
