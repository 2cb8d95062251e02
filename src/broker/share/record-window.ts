import {
  baseOffset,
  batchBytes,
  compression,
  isControl,
  isTransactional,
  lastOffsetDelta,
  producerId,
  setBaseOffset,
} from '../../log/batch.js';
import { isReady, ready } from '../../log/compression.js';
import type { Partition } from '../partition.js';
import { inflatedBatch } from './dead-records.js';
import { type CheckWatcher, RecordCheck } from './record-check.js';

const none = Buffer.alloc(0);
const check = new RecordCheck();

/** Told of what is in a window and is none to be handed out; batches and records that are not as they say are passed over. */
export type WindowWatcher = CheckWatcher;

/**
 * Batches of a partition in memory, looked through and uncompressed: what its records are handed out from. All offsets in
 * [from, to) are those of records here, or the watcher was told that there are none.
 */
export class RecordWindow {
  from = 0;
  to = 0;
  private readonly partition: Partition;
  private readonly watcher: WindowWatcher;
  /** What is read at a time, and how much is uncompressed before that is enough. */
  private readonly bytesMax: number;
  /** Where what is filled in lies, for as long as the window is used; and what of it is in use. */
  private room: Buffer = none;
  private copied: Buffer = none;
  private readonly memories: Buffer[] = [];
  private readonly positions: number[] = [];
  private readonly bases: number[] = [];
  private readonly ends: number[] = [];
  private inflatedBytes = 0;
  /** The batch that was found last. */
  private found = 0;

  constructor(partition: Partition, watcher: WindowWatcher, bytesMax: number) {
    this.bytesMax = bytesMax;
    this.partition = partition;
    this.watcher = watcher;
  }

  covers(offset: number): boolean {
    return offset >= this.from && offset < this.to;
  }

  /** What a record takes, about. */
  get recordBytes(): number {
    const bytes = this.copied.length + this.inflatedBytes;
    return bytes / Math.max(1, this.to - this.from);
  }

  /**
   * Holds what the log's tail has from `offset` on, below `limit`; the slabs it lies in may be used again meanwhile. False
   * where it has to be brought by `load`.
   */
  fill(offset: number, limit: number): boolean {
    const { tail, flushedOffset } = this.partition.log;
    if (offset < flushedOffset) return false;
    const first = tail.find(offset);
    let end = first;
    let bytes = 0;
    for (; end < tail.count && tail.base(end) < limit; end++) {
      const codec = compression(tail.memory(end), tail.at(end));
      if (!isReady(codec)) {
        if (end === first) return false;
        break;
      }
      if (bytes > 0 && bytes + tail.size(end) > this.bytesMax) break;
      bytes += tail.size(end);
    }
    // Used again and again: 256 KB a time made half of the work the garbage collector's.
    if (this.room.length < bytes)
      this.room = Buffer.allocUnsafeSlow(Math.min(bytes * 2, Math.max(bytes, this.bytesMax)));
    const copied = this.room.subarray(0, bytes);
    let at = 0;
    for (let index = first; index < end; index++) {
      const begin = tail.at(index);
      tail.memory(index).copy(copied, at, begin, begin + tail.size(index));
      // A fan-out shares its bytes: the tail knows the offset, the batch itself perhaps not.
      setBaseOffset(copied, at, tail.base(index));
      at += tail.size(index);
    }
    this.take(copied, offset);
    return true;
  }

  /** The same from wherever it is. */
  async load(offset: number, limit: number): Promise<void> {
    const pieces: Buffer[] = [];
    const { log } = this.partition;
    await log.read(offset, this.bytesMax, limit, pieces);
    const bytes = Buffer.concat(pieces);
    for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) await ready(compression(bytes, at));
    this.take(bytes, offset);
    // Compaction left nothing of what was there.
    if (bytes.length === 0 && offset >= log.startOffset && !log.deleted) this.pass(limit);
  }

  private take(bytes: Buffer, offset: number): void {
    this.clear();
    this.copied = bytes;
    this.from = offset;
    this.to = offset;
    for (let at = 0; at < bytes.length && this.inflatedBytes <= this.bytesMax; at += batchBytes(bytes, at)) {
      this.takeBatch(bytes, at);
    }
  }

  private takeBatch(bytes: Buffer, at: number): void {
    const { partition, watcher } = this;
    const base = baseOffset(bytes, at);
    const next = base + lastOffsetDelta(bytes, at) + 1;
    if (next <= this.to) return;
    if (base > this.to) this.pass(base);
    const isHidden =
      isControl(bytes, at) || (isTransactional(bytes, at) && partition.isAborted(producerId(bytes, at), base));
    if (isHidden) {
      this.pass(next);
      return;
    }
    try {
      const memory = compression(bytes, at) === 0 ? bytes : this.inflated(bytes, at);
      const position = memory === bytes ? at : 0;
      if (!check.passes(memory, position, base, watcher)) throw new Error('its records are not as they say');
      this.memories.push(memory);
      this.positions.push(position);
      this.bases.push(base);
      this.ends.push(next);
      this.to = next;
    } catch (error) {
      watcher.unreadable(base, error);
      this.pass(next);
    }
  }

  /** Nothing up to there is to be handed out. */
  private pass(to: number): void {
    this.watcher.hole(this.to, to);
    this.to = to;
  }

  private inflated(bytes: Buffer, at: number): Buffer {
    const whole = inflatedBatch(bytes, at);
    this.inflatedBytes += whole.length;
    return whole;
  }

  /** Finds the batch with the record at `offset`: then `memory`, `position` and `end` are about it. */
  seek(offset: number): boolean {
    const { bases, ends } = this;
    let low = 0;
    let high = bases.length - 1;
    if (this.found + 1 < bases.length && bases[this.found + 1]! <= offset) low = this.found + 1;
    if (low < bases.length && bases[low]! <= offset && offset < ends[low]!) {
      this.found = low;
      return true;
    }
    low = 0;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (offset < bases[middle]!) high = middle - 1;
      else if (offset >= ends[middle]!) low = middle + 1;
      else {
        this.found = middle;
        return true;
      }
    }
    return false;
  }

  get memory(): Buffer {
    return this.memories[this.found]!;
  }

  get position(): number {
    return this.positions[this.found]!;
  }

  /** The offset behind the batch. */
  get end(): number {
    return this.ends[this.found]!;
  }

  /** Nobody uses it for now. */
  rest(): void {
    this.clear();
    this.room = none;
  }

  private clear(): void {
    this.copied = none;
    this.memories.length = 0;
    this.positions.length = 0;
    this.bases.length = 0;
    this.ends.length = 0;
    this.inflatedBytes = 0;
    this.found = 0;
    this.from = 0;
    this.to = 0;
  }
}
