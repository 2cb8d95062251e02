import { assert } from '../lib/assert.js';
import { lastOffsetDelta, maxTimestamp, rebased, setBaseOffset, setLeaderEpoch } from './batch.js';
import type { DirectRun } from './bundle.js';
import { LogError } from './errors.js';
import { Pieces } from './pieces.js';
import type { Segment, SegmentFacts } from './segment.js';
import type { Storage } from './storage.js';
import { Tail } from './tail.js';
import { batchForTime } from './time-lookup.js';

export const topicsFolder = 'topics';

/** How a log keeps its segments. Owned by whoever owns the log; may change at any time. */
export interface LogPolicy {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly indexIntervalBytes: number;
  /** Large runs go straight to the segment. Not for queues, whose messages are mostly gone before a segment is written. */
  readonly direct: boolean;
}

/** Whoever follows a log: a partition, a queue. */
export interface LogFollower {
  /** `durableOffset` has moved. */
  advanced(): void;
  /** A batch read back from the journal at start; it was appended after the last checkpoint. */
  replayed(bytes: Buffer, at: number, base: number): void;
}

export interface LogRead {
  readonly bytes: number;
  readonly nextOffset: number;
}

/** What goes to a segment in one write. */
interface Batches {
  readonly pieces: Pieces;
  readonly nexts: number[];
  readonly stamps: number[];
  readonly sizes: number[];
  /** Slabs that the pieces lie in, held until they are written. */
  readonly held: Buffer[];
  bytes: number;
}

const flushPieceBytesMax = 8 * 1024 * 1024;
/** A segment of so many bytes at least takes no more once so much of it may not be read any more. */
const mostlyDoneFromBytes = 1024 * 1024;
const mostlyDoneShare = 0.75;
/** Gathering so many small batches for a write takes about a millisecond, in which nobody else is served. */
const flushBatchesMax = 4096;
/**
 * Nobody waits for an index to be written until so many entries have come together: that is four more calls for what is
 * only a help, and what is missing after a crash is walked over (16 MB of usual batches).
 */
const indexBehindMax = 1024;

/**
 * An ordered sequence of batches. New ones go to the tail, in memory, and into the journal's gathering bundle; the
 * segment writer moves them to segments later. Knows bytes and offsets only.
 *
 *   startOffset ≤ … segments … ≤ flushedOffset ≤ … tail … ≤ durableOffset ≤ endOffset
 */
export class Log {
  readonly id: number;
  readonly name: string;
  private readonly storage: Storage;

  policy: LogPolicy;
  follower: LogFollower | null = null;
  /** Put into each appended batch. */
  leaderEpoch = 0;

  /** The first offset that may be read. */
  startOffset = 0;
  /** The same as the journal or a checkpoint has it. */
  recordedStart = 0;
  /** Everything before it is in synced segments, or gone. */
  flushedOffset = 0;
  /** Everything before it survives a power cut. */
  durableOffset = 0;
  /** The offset the next record gets. */
  endOffset = 0;

  readonly segments: Segment[] = [];
  readonly tail: Tail;
  deleted = false;

  /** The bundle that creates this log. */
  createdIn = 0;
  /** `flushedOffset` as the newest checkpoint has it, written or being written. */
  snapshotOffset = 0;
  /** The same of the last durable checkpoint and of the one before. */
  private readonly checkpointOffsets: [number, number] = [0, 0];

  /** Compaction has been over everything before it. */
  compactedOffset = 0;

  /** When somebody last asked for batches. */
  private readMs = Number.NEGATIVE_INFINITY;

  /** What the gathering bundle notes of this log. */
  bundleNumber = -1;
  bundleBytes = 0;
  bundleShares = false;
  goesDirect = false;

  /** File work of one log is done one piece after the other. */
  private work: Promise<void> = Promise.resolve();
  working = 0;
  /** A flush that has begun; it never fails. */
  private flushing: Promise<void> | null = null;

  constructor(storage: Storage, id: number, name: string, policy: LogPolicy) {
    this.storage = storage;
    this.id = id;
    this.name = name;
    this.policy = policy;
    this.tail = new Tail(storage.pool);
  }

  get folder(): string {
    return `${topicsFolder}/${this.name}`;
  }

  /** Bytes in segments and tail. */
  get sizeBytes(): number {
    let total = this.tail.bytes;
    for (const segment of this.segments) total += segment.sizeBytes;
    return total;
  }

  /** Where in its segment the next batch will lie, unless another segment is begun before. */
  get nextPosition(): number {
    return (this.segments.at(-1)?.sizeBytes ?? 0) + this.tail.bytes;
  }

  /**
   * Takes in one whole, checked batch and answers the offset of its first record. The bytes must lie in a slab of
   * the storage and stay as they are; a second log may be given the same ones.
   */
  append(buffer: Buffer, at: number, size: number): number {
    const refusal = this.storage.refusal;
    if (refusal !== null) throw refusal;
    assert(!this.deleted, 'append to a deleted log');
    const base = this.endOffset;
    const bundle = this.storage.journal.gathering;
    if (!bundle.repeats(buffer, at)) {
      setBaseOffset(buffer, at, base);
      setLeaderEpoch(buffer, at, this.leaderEpoch);
    }
    bundle.append(this, base, buffer, at, size);
    this.take(base, base + lastOffsetDelta(buffer, at) + 1, buffer, at, size, bundle.number);
    this.storage.journal.schedule();
    return base;
  }

  /** The in-memory half of an append, live or replayed. */
  take(base: number, next: number, buffer: Buffer, at: number, size: number, bundle: number): void {
    this.tail.push(base, next, maxTimestamp(buffer, at), bundle, buffer, at, size);
    this.storage.tailBytes += size;
    this.endOffset = next;
  }

  /** Called when the bundle with the appends up to `offset` is durable. */
  becameDurable(offset: number): void {
    if (offset <= this.durableOffset) return;
    this.durableOffset = offset;
    this.follower?.advanced();
    if (this.policy.direct) this.storage.segmentWriter.grown(this);
  }

  /**
   * Whole batches from memory, from the one that holds `offset` on; null when they have to be read from a segment.
   * At least one batch if there is one that begins before `limitOffset`, then as many as fit into `bytesMax`.
   *
   * With `held`, the slabs that the pieces lie in are held and added to it, for the caller to let go.
   */
  readTail(
    offset: number,
    bytesMax: number,
    limitOffset: number,
    into: Buffer[],
    held: Buffer[] | null = null,
  ): LogRead | null {
    const tail = this.tail;
    this.readMs = this.storage.clock.monotonic();
    if (offset < this.flushedOffset) return null;
    if (held === null) tail.escaped = true;
    let bytes = 0;
    let next = offset;
    for (let index = tail.find(offset); index < tail.count; index++) {
      const base = tail.base(index);
      const size = tail.size(index);
      if (base >= limitOffset || (bytes > 0 && bytes + size > bytesMax)) break;
      const memory = tail.memory(index);
      if (held !== null) this.hold(memory, held);
      rebased(memory, tail.at(index), size, base, into);
      bytes += size;
      next = tail.next(index);
    }
    return { bytes, nextOffset: next };
  }

  /** As `readTail`, from wherever the batches are. Throws a LogError where the store's bytes are damaged. */
  async read(
    offset: number,
    bytesMax: number,
    limitOffset: number,
    into: Buffer[],
    held: Buffer[] | null = null,
  ): Promise<LogRead> {
    let from = offset;
    for (;;) {
      const fromTail = this.readTail(from, bytesMax, limitOffset, into, held);
      if (fromTail !== null) return fromTail;
      const segment = this.segmentOf(from);
      if (segment === undefined) {
        from = this.flushedOffset;
        continue;
      }
      let result: LogRead;
      try {
        result = await segment.read(from, bytesMax, limitOffset, into, held);
      } catch (error) {
        if (!segment.gone || this.deleted) throw error;
        if (from < this.startOffset) return { bytes: 0, nextOffset: from };
        continue;
      }
      if (result.bytes > 0 || this.deleted) return result;
      // Nothing at or behind the offset in this segment: compaction left a hole at its end.
      const following = this.segments.find((other) => other.baseOffset > segment.baseOffset);
      const skipped = following === undefined ? this.flushedOffset : following.baseOffset;
      if (skipped >= limitOffset) return { bytes: 0, nextOffset: from };
      from = Math.max(from, skipped);
    }
  }

  private hold(memory: Buffer, held: Buffer[]): void {
    if (held.at(-1) !== memory && this.storage.pool.hold(memory)) held.push(memory);
  }

  /** The segment that holds `offset`, or the first one behind it. */
  segmentOf(offset: number): Segment | undefined {
    const segments = this.segments;
    let low = 0;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (segments[middle]!.nextOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return segments[low];
  }

  /** Runs file work of this log when the work before it is done. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    this.working++;
    const result = this.work.then(task);
    this.work = result.then(
      () => {
        this.working--;
      },
      () => {
        this.working--;
      },
    );
    return result;
  }

  /** Makes the indexes of full segments anew that a crash left in doubt. */
  async mendIndexes(): Promise<void> {
    for (const segment of this.segments.slice(0, -1)) {
      try {
        await segment.mendDoubtedIndex();
      } catch (error) {
        if (!segment.gone) throw error;
      }
    }
  }

  /** There is something for `flush` to do. */
  get unflushed(): boolean {
    return this.tail.count > 0 || (this.segments.at(-1)?.indexBehind ?? 0) > 0;
  }

  /** Moves what is durable now from the tail to segments, and what was left out to their index. */
  flush(): Promise<void> {
    return this.flushed(async () => {
      await this.putDurable();
      if (!this.deleted && this.unflushed) await this.segments.at(-1)?.writeIndex(false);
    });
  }

  /** As `flush`, but for the index. */
  flushAhead(): Promise<void> {
    return this.flushed(() => this.putDurable());
  }

  private flushed(flush: () => Promise<void>): Promise<void> {
    const result = this.exclusive(() => {
      this.flushing = over;
      return flush();
    });
    const over = this.work.then(() => {
      this.flushing = null;
    });
    return result;
  }

  private async putDurable(): Promise<void> {
    // What becomes durable meanwhile is for the next time: under load this would not end.
    const limit = this.durableOffset;
    while (!this.deleted && this.tail.count > 0 && this.tail.base(0) < limit) await this.writeOut(limit);
  }

  /** Whether the run gathered in this bundle may go straight to the segment. */
  canGoDirect(bytesMin: number): boolean {
    return this.working === 0 && this.mayGoDirect(bytesMin);
  }

  /**
   * A flush under way behind which the run in the bundle that gathers, if it has so many bytes, can go direct; null for none. One
   * that waits for its turn is not meant: what is before it may wait for the very bundle.
   */
  flushBefore(bytesMin: number): Promise<void> | null {
    return this.mayGoDirect(bytesMin) ? this.flushing : null;
  }

  private mayGoDirect(bytesMin: number): boolean {
    if (this.deleted || !this.policy.direct || this.bundleBytes < bytesMin || this.bundleShares) return false;
    // A power cut must not leave files of a log that nothing durable tells of. Recovery, too, looks at direct runs before
    // it makes the bundle's new logs.
    if (this.createdIn > this.storage.journal.durableBundle) return false;
    // Some of it may have been trimmed in the turn that appended it.
    return this.tail.bytes >= this.bundleBytes;
  }

  /**
   * Starts writing the whole tail to the active segment; the run says where the bundle's own bytes will lie. What is
   * written is decided now, whatever is appended or trimmed while it is.
   */
  writeDirect(): { run: DirectRun; done: Promise<void> } {
    const tail = this.tail;
    const end = this.endOffset;
    const before = this.segments.at(-1);
    const fits = before !== undefined && this.fits(before, 0, tail.bytes, end);
    const segment = fits ? before : this.newSegment(this.nextSegmentBase());
    const batches = this.collect(segment, end, Number.POSITIVE_INFINITY);
    const position = segment.sizeBytes + batches.bytes - this.bundleBytes;
    const run = { log: this, segmentBase: segment.baseOffset, position, bytes: this.bundleBytes };
    const done = this.exclusive(async () => {
      try {
        if (!fits && before !== undefined) await this.finish(before);
        await this.put(segment, batches);
      } finally {
        this.storage.letGo(batches.held);
      }
    });
    return { run, done };
  }

  /** Whether `bytes` that end at offset `end` may follow `ahead` bytes behind what the segment has. */
  private fits(segment: Segment, ahead: number, bytes: number, end: number): boolean {
    const policy = this.policy;
    const used = segment.sizeBytes + ahead;
    if (used > 0 && used + bytes > policy.segmentBytes) return false;
    if (this.isDead(segment) || this.isMostlyDone(segment)) return false;
    if (segment.sizeBytes > 0 && this.storage.clock.now() - segment.createdMs >= policy.segmentMs) return false;
    return end - segment.baseOffset < 2 ** 31 - 1;
  }

  /** Writes batches of the tail that begin before `limit` to the active segment, as many as it takes, and syncs. */
  private async writeOut(limit: number): Promise<void> {
    const active = this.segments.at(-1);
    let segment = active;
    if (active === undefined || !this.fits(active, 0, this.tail.size(0), this.tail.next(0))) {
      if (active !== undefined) await this.finish(active);
      segment = this.newSegment(this.nextSegmentBase());
    }
    const batches = this.collect(segment!, limit, flushPieceBytesMax);
    try {
      if (batches.bytes > 0) await this.put(segment!, batches);
    } finally {
      this.storage.letGo(batches.held);
    }
  }

  private nextSegmentBase(): number {
    const first = this.tail.count > 0 ? this.tail.base(0) : this.endOffset;
    return Math.max(first, this.segments.at(-1)?.nextOffset ?? 0);
  }

  private collect(segment: Segment, limit: number, bytesMax: number): Batches {
    const tail = this.tail;
    const batches: Batches = { pieces: new Pieces(), nexts: [], stamps: [], sizes: [], held: [], bytes: 0 };
    for (let index = 0; index < tail.count && tail.base(index) < limit; index++) {
      const size = tail.size(index);
      const bytes = batches.bytes + size;
      if (batches.bytes > 0 && bytesMax !== Number.POSITIVE_INFINITY) {
        if (bytes > bytesMax || index === flushBatchesMax) break;
        if (!this.fits(segment, batches.bytes, size, tail.next(index))) break;
      }
      const memory = tail.memory(index);
      this.hold(memory, batches.held);
      batches.pieces.add(memory, tail.at(index), size, tail.base(index));
      batches.nexts.push(tail.next(index));
      batches.stamps.push(tail.maxTimestamp(index));
      batches.sizes.push(size);
      batches.bytes = bytes;
    }
    return batches;
  }

  private async put(segment: Segment, batches: Batches): Promise<void> {
    const { nexts, stamps, sizes } = batches;
    const { clock, options } = this.storage;
    await segment.write(batches.pieces.taken(), clock.monotonic() - this.readMs < options.readersStayMs);
    if (segment.sizeBytes === 0) await this.storage.nameStays(this);
    for (let index = 0; index < sizes.length; index++) segment.appended(nexts[index]!, stamps[index]!, sizes[index]!);
    this.flushedTo(nexts.at(-1)!);
    if (segment.indexBehind >= indexBehindMax) await segment.writeIndex(false);
  }

  newSegment(base: number): Segment {
    const segment = this.storage.segment(this, {
      baseOffset: base,
      nextOffset: base,
      sizeBytes: 0,
      maxTimestamp: -1,
      createdMs: this.storage.clock.now(),
      unnamed: 0,
    });
    this.segments.push(segment);
    return segment;
  }

  /** Everything before `offset` is in segments now. */
  flushedTo(offset: number): void {
    this.flushedOffset = Math.max(this.flushedOffset, offset);
    this.dropTail(offset);
  }

  private dropTail(offset: number): void {
    const before = this.tail.bytes;
    this.tail.dropBefore(offset);
    if (this.tail.bytes !== before) this.storage.tailShrunk(before - this.tail.bytes);
  }

  /** Records that nothing before `offset` may be read any more; whole segments before it are removed. */
  trim(offset: number): void {
    if (offset <= this.startOffset) return;
    this.storage.recordTrim(this, offset);
    this.trimmed(offset);
  }

  /** As `trim`, for an owner whose own state says where the log starts: nothing is recorded before a segment goes. */
  trimmed(offset: number): void {
    assert(offset <= this.endOffset, 'a log cannot start behind its end');
    if (offset <= this.startOffset) return;
    this.startOffset = offset;
    this.dropTail(offset);
    const first = this.tail.count > 0 ? this.tail.base(0) : this.endOffset;
    this.flushedOffset = Math.max(this.flushedOffset, Math.min(first, offset));
    if (this.segments.length > 0 && this.segments[0]!.nextOffset <= offset) this.storage.removeSegmentsOf(this);
  }

  /**
   * Lets go of segments that lie wholly before `start`, of an emptied log's last one too, and answers how many. As long as a
   * journal entry may be read that points into one, it stays.
   */
  dropDeadSegments(start: number): number {
    const before = Math.min(start, this.checkpointOffsets[1]);
    let dead = 0;
    while (dead < this.segments.length && this.segments[dead]!.nextOffset <= before) dead++;
    for (const segment of this.segments.splice(0, dead)) segment.gone = true;
    return dead;
  }

  /** Lies wholly before the log's start: its file may be gone after a crash, so nothing is written to it any more. */
  isDead(segment: Segment): boolean {
    return segment.nextOffset > segment.baseOffset && segment.nextOffset <= this.startOffset;
  }

  /**
   * Little of it is still needed: what comes goes elsewhere, so that its file goes with the rest of it. A thousand queues
   * with a few messages each would have a thousand segments of full size otherwise.
   */
  private isMostlyDone({ baseOffset, nextOffset, sizeBytes }: Segment): boolean {
    if (sizeBytes < mostlyDoneFromBytes) return false;
    return this.startOffset - baseOffset >= (nextOffset - baseOffset) * mostlyDoneShare;
  }

  private finish(segment: Segment): Promise<void> {
    return this.isDead(segment) ? segment.cut() : segment.seal();
  }

  /** Closes the active segment, so that the next flush begins another. */
  async roll(): Promise<void> {
    await this.exclusive(async () => {
      const active = this.segments.at(-1);
      if (this.deleted || active === undefined || active.sizeBytes === 0) return;
      await this.finish(active);
      this.newSegment(this.nextSegmentBase());
    });
  }

  /** Puts compacted segments in place of those they were made from; their files are already there. */
  replaceSegments(removed: readonly number[], added: readonly SegmentFacts[]): void {
    const first = this.segments.findIndex((segment) => segment.baseOffset === removed[0]);
    assert(first >= 0, 'replaced segments are not of this log');
    const segments = added.map((facts) => this.storage.segment(this, facts));
    for (const segment of this.segments.splice(first, removed.length, ...segments)) segment.gone = true;
  }

  /** The batch that holds the first record as late as `timestamp`; undefined for none. */
  batchForTime(
    timestamp: number,
    limitOffset: number,
    fromOffset: number = this.startOffset,
  ): Promise<Buffer | undefined> {
    return batchForTime(this, timestamp, limitOffset, fromOffset);
  }

  /** The largest timestamp in the log, -1 for an empty one. */
  largestTimestamp(): number {
    let largest = -1;
    for (const segment of this.segments) {
      if (!this.isDead(segment)) largest = Math.max(largest, segment.maxTimestamp);
    }
    for (let index = 0; index < this.tail.count; index++) largest = Math.max(largest, this.tail.maxTimestamp(index));
    return largest;
  }

  /** A checkpoint that speaks of this log is durable. */
  checkpointed(): void {
    this.checkpointOffsets[0] = this.checkpointOffsets[1];
    this.checkpointOffsets[1] = this.snapshotOffset;
    const first = this.segments[0];
    if (first !== undefined && this.isDead(first)) this.storage.removeSegmentsOf(this);
  }

  /** The checkpoint this log was read back from is durable. */
  recovered(): void {
    this.checkpointOffsets[1] = this.flushedOffset;
  }

  /** No journal entry that may still be read points into segments before this offset: they may be rewritten. */
  get settledOffset(): number {
    return this.checkpointOffsets[0];
  }

  /** Gives back memory of parts nobody looks at. */
  rest(): void {
    this.tail.rest();
    for (let index = 0; index < this.segments.length; index++) {
      this.segments[index]!.rest(index === this.segments.length - 1);
    }
  }

  closedError(): LogError {
    return new LogError('closed', `the log ${this.name} is gone`);
  }
}
