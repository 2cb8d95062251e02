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
  producerEpoch,
  producerId,
  recordCount,
  setLogAppendTime,
} from '../log/batch.js';
import type { Log, LogFollower, LogRead } from '../log/log.js';
import { RecordCursor } from '../log/records.js';
import type { State } from '../log/state.js';
import type { Storage } from '../log/storage.js';
import type { ErrorCode } from './errors.js';
import { LeaderEpochs } from './leader-epochs.js';
import { ProducerState, type ProducerStateLimits, verdict } from './producer-state.js';
import { codeOf } from './refusal.js';
import type { TopicConfig } from './topic-config.js';

const highestCodec = 4;
const inflatedBytesMax = 256 * 1024 * 1024;

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
  config: TopicConfig;
  private readonly storage: Storage;
  private readonly clock: Clock;
  private readonly readsUnsynced: boolean;
  private readonly watchers = new Set<PartitionWatcher>();

  /** What the last `append` that answered 'ok' did. */
  appendedBase = -1;
  appendedTime = -1;

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
   * Takes in the batches between two positions of a buffer: all of them or, for the reason answered, none. The bytes
   * are copied. `appendedBase` is then where the first record is, also when it had been written before.
   */
  append(bytes: Buffer, start: number, end: number): ErrorCode | 'ok' {
    const refusal = this.storage.refusal;
    if (refusal !== null) return codeOf(refusal);
    if (start === end) return 'invalid-batch';
    for (let at = start; at < end; ) {
      const fault = this.fault(bytes, at, end);
      if (fault !== 'ok') return fault;
      at += batchBytes(bytes, at);
    }
    this.appendedBase = -1;
    this.appendedTime = -1;
    for (let at = start; at < end; at += batchBytes(bytes, at)) {
      const outcome = this.appendOne(bytes, at);
      if (outcome !== 'ok') return outcome;
    }
    if (this.readsUnsynced) this.tell();
    return 'ok';
  }

  private fault(bytes: Buffer, at: number, end: number): ErrorCode | 'ok' {
    const fault = checkBatch(bytes, at, end);
    if (fault === 'magic') return 'unsupported-batch-version';
    if (fault === 'malformed') return 'invalid-batch';
    if (fault !== 'ok') return 'corrupt-batch';
    if (batchBytes(bytes, at) > this.config.messageBytesMax) return 'batch-too-large';
    const count = recordCount(bytes, at);
    // A producer numbers its records without holes, and only the broker writes markers.
    if (count === 0 || count !== lastOffsetDelta(bytes, at) + 1 || isControl(bytes, at)) return 'invalid-batch';
    if (compression(bytes, at) > highestCodec) return 'invalid-batch';
    if (producerId(bytes, at) >= 0 && (producerEpoch(bytes, at) < 0 || baseSequence(bytes, at) < 0))
      return 'invalid-batch';
    if (!this.config.logAppendTime && !this.timeIsPlausible(maxTimestamp(bytes, at))) return 'invalid-timestamp';
    return this.config.compacts && !everyRecordHasAKey(bytes, at) ? 'invalid-batch' : 'ok';
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
    const { slabs } = this.storage;
    slabs.place(bytes, at, at + size);
    const nowMs = this.clock.now();
    if (this.config.logAppendTime) {
      setLogAppendTime(slabs.buffer, slabs.at, nowMs);
      this.appendedTime = nowMs;
    }
    const base = this.log.append(slabs.buffer, slabs.at, size);
    this.observe(slabs.buffer, slabs.at, base, nowMs);
    if (this.appendedBase < 0) this.appendedBase = base;
    return 'ok';
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

  /** Batches from memory, null when they lie in a segment. See Log.readTail. */
  readTail(offset: number, bytesMax: number, into: Buffer[]): LogRead | null {
    return this.log.readTail(offset, bytesMax, this.highWatermark, into);
  }

  read(offset: number, bytesMax: number, into: Buffer[]): Promise<LogRead> {
    return this.log.read(offset, bytesMax, this.highWatermark, into);
  }

  /** The first record at or after `timestamp`, among those that may be read. */
  async offsetForTime(timestamp: number): Promise<TimestampedOffset | undefined> {
    const batch = await this.log.batchForTime(timestamp, this.highWatermark);
    if (batch === undefined) return undefined;
    const cursor = new RecordCursor(batch, 0, inflatedBytesMax);
    while (cursor.next()) {
      if (cursor.timestamp < timestamp || cursor.offset < this.log.startOffset) continue;
      return { offset: cursor.offset, timestamp: cursor.timestamp, leaderEpoch: leaderEpoch(batch, 0) };
    }
    return undefined;
  }

  /** The record with the largest timestamp. */
  async offsetOfMaxTimestamp(): Promise<TimestampedOffset | undefined> {
    const largest = this.log.largestTimestamp();
    return largest < 0 ? undefined : this.offsetForTime(largest);
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

  // As a state: what the batches themselves do not tell cheaply. It has no operations; batches are its operations.

  replay(): void {
    throw new DecodeError('a partition records no operations');
  }

  snapshot(into: ByteWriter): void {
    this.producers.snapshot(into);
    this.epochs.snapshot(into);
  }

  restore(from: ByteReader): void {
    this.producers.restore(from);
    this.epochs.restore(from);
  }
}

function everyRecordHasAKey(bytes: Buffer, at: number): boolean {
  try {
    const cursor = new RecordCursor(bytes, at, inflatedBytesMax);
    while (cursor.next()) if (cursor.keyLength < 0) return false;
    return true;
  } catch {
    return false;
  }
}
