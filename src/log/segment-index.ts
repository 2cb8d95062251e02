import { int32, int64, putInt32, putInt64 } from './batch.js';

/**
 * The sparse index of a segment: for about every `intervalBytes` of log, where a batch begins (by its last offset, as
 * Kafka's tools expect) and the largest timestamp so far. Kept as Kafka keeps it on disk, in `.index` (relative
 * offset, position) and `.timeindex` (timestamp, relative offset).
 */
export const offsetEntryBytes = 8;
export const timeEntryBytes = 12;

export class SegmentIndex {
  private readonly baseOffset: number;
  private offsets: Int32Array = new Int32Array(16);
  private positions: Int32Array = new Int32Array(16);
  private stamps: Float64Array = new Float64Array(16);
  private stampOffsets: Int32Array = new Int32Array(16);
  private entries = 0;
  private bytesSinceEntry = 0;
  private largestTimestamp = -1;
  private largestTimestampOffset = 0;
  /** The last timestamp that was loaded. */
  lastTimestamp = -1;

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset;
  }

  get count(): number {
    return this.entries;
  }

  /** To be told of every batch, in order. */
  batch(lastOffset: number, maxTimestamp: number, position: number, size: number, intervalBytes: number): void {
    if (maxTimestamp > this.largestTimestamp) {
      this.largestTimestamp = maxTimestamp;
      this.largestTimestampOffset = lastOffset - this.baseOffset;
    }
    if (this.bytesSinceEntry > intervalBytes) {
      this.add(lastOffset - this.baseOffset, position, this.largestTimestamp, this.largestTimestampOffset);
      this.bytesSinceEntry = 0;
    }
    this.bytesSinceEntry += size;
  }

  /** After a load: the batch of the last entry is the first one behind it. */
  resume(size: number): void {
    this.bytesSinceEntry = size;
  }

  private add(relativeOffset: number, position: number, timestamp: number, timestampOffset: number): void {
    if (this.entries === this.offsets.length) {
      const capacity = this.entries * 2;
      this.offsets = larger(this.offsets, new Int32Array(capacity));
      this.positions = larger(this.positions, new Int32Array(capacity));
      this.stamps = larger(this.stamps, new Float64Array(capacity));
      this.stampOffsets = larger(this.stampOffsets, new Int32Array(capacity));
    }
    this.offsets[this.entries] = relativeOffset;
    this.positions[this.entries] = position;
    this.stamps[this.entries] = timestamp;
    this.stampOffsets[this.entries] = timestampOffset;
    this.entries++;
  }

  /** The last entry at or before the batch that holds `offset`, -1 when there is none. */
  entryFor(offset: number): number {
    const relative = offset - this.baseOffset;
    let low = 0;
    let high = this.entries;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.offsets[middle]! <= relative) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The last entry before which no record is as late as `timestamp`, -1 when there is none. */
  entryForTime(timestamp: number): number {
    let low = 0;
    let high = this.entries;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.stamps[middle]! < timestamp) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Where the batch of an entry begins; the segment's start for the entry -1. */
  position(entry: number): number {
    return entry < 0 ? 0 : this.positions[entry]!;
  }

  /** The last offset of the batch of an entry. */
  lastOffset(entry: number): number {
    return this.baseOffset + this.offsets[entry]!;
  }

  offsetBytes(from: number): Buffer {
    const bytes = Buffer.allocUnsafe((this.entries - from) * offsetEntryBytes);
    for (let entry = from; entry < this.entries; entry++) {
      putInt32(bytes, (entry - from) * offsetEntryBytes, this.offsets[entry]!);
      putInt32(bytes, (entry - from) * offsetEntryBytes + 4, this.positions[entry]!);
    }
    return bytes;
  }

  /**
   * The entries of the time index that come with the entries from `from` on. Its timestamps only rise, so those that
   * repeat the one before are left out, as Kafka does; `last` adds the largest timestamp of all, which ends a full segment's.
   */
  timeBytes(from: number, last: boolean): Buffer {
    const bytes = Buffer.allocUnsafe((this.entries - from + 1) * timeEntryBytes);
    let used = 0;
    let before = from === 0 ? -1 : this.stamps[from - 1]!;
    const end = last ? this.entries : this.entries - 1;
    for (let entry = from; entry <= end; entry++) {
      const timestamp = entry < this.entries ? this.stamps[entry]! : this.largestTimestamp;
      if (timestamp <= before) continue;
      putInt64(bytes, used, timestamp);
      putInt32(bytes, used + 8, entry < this.entries ? this.stampOffsets[entry]! : this.largestTimestampOffset);
      used += timeEntryBytes;
      before = timestamp;
    }
    return bytes.subarray(0, used);
  }

  /** How many entries the time index has for the entries from `from` to `to`. */
  timesOf(from: number, to: number): number {
    let times = 0;
    let before = from === 0 ? -1 : this.stamps[from - 1]!;
    for (let entry = from; entry < to; entry++) {
      if (this.stamps[entry]! <= before) continue;
      times++;
      before = this.stamps[entry]!;
    }
    return times;
  }

  /**
   * Takes up what was read from `.index` and `.timeindex`, as far as it belongs to a segment of `segmentBytes`. False
   * when the bytes cannot be an index: the caller builds it anew from the segment.
   */
  load(offsetFile: Buffer, timeFile: Buffer, segmentBytes: number): boolean {
    const count = Math.floor(offsetFile.length / offsetEntryBytes);
    const times = Math.floor(timeFile.length / timeEntryBytes);
    let time = -1;
    let offsetBefore = -1;
    let positionBefore = -1;
    let stampBefore = -1;
    for (let entry = 0; entry < times; entry++) {
      const stamp = int64(timeFile, entry * timeEntryBytes);
      if (stamp <= stampBefore) return false;
      stampBefore = stamp;
    }
    this.lastTimestamp = stampBefore;
    for (let entry = 0; entry < count; entry++) {
      const relative = int32(offsetFile, entry * offsetEntryBytes);
      const position = int32(offsetFile, entry * offsetEntryBytes + 4);
      if (relative <= offsetBefore || position <= positionBefore) return false;
      // A crash came between index and checkpoint: what lies behind the counted bytes never happened.
      if (position >= segmentBytes) break;
      offsetBefore = relative;
      positionBefore = position;
      while (time + 1 < times && int32(timeFile, (time + 1) * timeEntryBytes + 8) <= relative) time++;
      const stamp = time < 0 ? -1 : int64(timeFile, time * timeEntryBytes);
      const stampOffset = time < 0 ? 0 : int32(timeFile, time * timeEntryBytes + 8);
      this.add(relative, position, stamp, stampOffset);
      this.largestTimestamp = stamp;
      this.largestTimestampOffset = stampOffset;
    }
    return true;
  }

  clear(): void {
    this.entries = 0;
    this.bytesSinceEntry = 0;
    this.largestTimestamp = -1;
    this.largestTimestampOffset = 0;
  }
}

function larger<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
