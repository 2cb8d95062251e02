import type { StoredFile } from '../store/files.js';
import { baseOffset, batchBytes, batchHeaderBytes, checkBatch, maxTimestamp, nextOffset } from './batch.js';
import { LogError } from './errors.js';
import type { OpenFiles } from './open-files.js';
import { SegmentIndex } from './segment-index.js';

/** How much of a segment is looked at in one go when it is walked. */
const walkBytes = 1024 * 1024;

export function segmentName(folder: string, base: number, ending: string): string {
  return `${folder}/${String(base).padStart(20, '0')}.${ending}`;
}

/** What a checkpoint keeps of a segment, so that starting needs no look at the file. */
export interface SegmentFacts {
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly sizeBytes: number;
  readonly maxTimestamp: number;
  readonly createdMs: number;
  /** A compacted segment whose file does not bear its final name yet. */
  readonly unnamed: boolean;
}

/** What a compacted segment is called until the journal says that it counts. */
export const cleanedEnding = 'log.cleaned';

/** Called for each batch; `position` is where it lies in the segment. False stops the walk. */
export type BatchVisitor = (bytes: Buffer, at: number, position: number) => boolean;

/**
 * One file of a log, in Kafka's form: batches one behind the other. All that is counted in `sizeBytes` is synced;
 * whatever a crash left behind it is overwritten by the next append.
 */
export class Segment {
  readonly folder: string;
  readonly baseOffset: number;
  readonly createdMs: number;
  private readonly openFiles: OpenFiles;
  private readonly indexIntervalBytes: number;

  nextOffset: number;
  sizeBytes: number;
  maxTimestamp: number;
  unnamed: boolean;
  /** Replaced or removed: what is read from its files may not be its own any more. */
  gone = false;

  /** Bytes from the start whose CRCs this process wrote or has checked. */
  private verifiedBytes: number;
  private index: SegmentIndex | null;
  private indexLoading: Promise<SegmentIndex> | null = null;
  /** Entries of the index that are in its file. */
  private indexedOnDisk = 0;
  /** Whether the index was looked at since the last `rest`. */
  private indexUsed = false;

  constructor(openFiles: OpenFiles, folder: string, facts: SegmentFacts, indexIntervalBytes: number) {
    this.openFiles = openFiles;
    this.folder = folder;
    this.baseOffset = facts.baseOffset;
    this.nextOffset = facts.nextOffset;
    this.sizeBytes = facts.sizeBytes;
    this.maxTimestamp = facts.maxTimestamp;
    this.createdMs = facts.createdMs;
    this.unnamed = facts.unnamed;
    this.indexIntervalBytes = indexIntervalBytes;
    this.verifiedBytes = 0;
    this.index = facts.sizeBytes === 0 ? new SegmentIndex(facts.baseOffset) : null;
  }

  get name(): string {
    return segmentName(this.folder, this.baseOffset, this.unnamed ? cleanedEnding : 'log');
  }

  facts(): SegmentFacts {
    return {
      baseOffset: this.baseOffset,
      nextOffset: this.nextOffset,
      sizeBytes: this.sizeBytes,
      maxTimestamp: this.maxTimestamp,
      createdMs: this.createdMs,
      unnamed: this.unnamed,
    };
  }

  /** Writes and syncs behind the last counted byte. Only `appended` makes it count. */
  async write(pieces: readonly Buffer[]): Promise<void> {
    const position = this.sizeBytes;
    await this.openFiles.use(this.name, async (file) => {
      await file.write(pieces, position);
      await file.sync();
    });
  }

  /** Counts one batch that `write` has put behind the others. */
  appended(next: number, timestamp: number, size: number): void {
    this.index?.batch(next - 1, timestamp, this.sizeBytes, size, this.indexIntervalBytes);
    if (this.verifiedBytes === this.sizeBytes) this.verifiedBytes += size;
    this.sizeBytes += size;
    this.nextOffset = next;
    this.maxTimestamp = Math.max(this.maxTimestamp, timestamp);
  }

  /**
   * Whole batches from the one that holds `offset` on, at least one, and as many more as fit into `bytesMax` and
   * begin before `limitOffset`. Throws a LogError when the bytes are not what was written.
   */
  async read(offset: number, bytesMax: number, limitOffset: number, into: Buffer[]): Promise<SegmentRead> {
    const index = await this.loadedIndex();
    let position = index.positionFor(offset);
    let want = Math.max(bytesMax, batchHeaderBytes) + this.indexIntervalBytes + batchHeaderBytes;
    for (;;) {
      const chunk = await this.chunk(position, want);
      let at = 0;
      // Step over what lies before the offset: the index is sparse.
      while (at < chunk.length) {
        const size = this.wholeBatch(chunk, at, position + at, false);
        if (size === 0 || nextOffset(chunk, at) > offset) break;
        at += size;
      }
      const result = this.gather(chunk, at, position, offset, bytesMax, limitOffset, into);
      if (result.bytes > 0 || position + chunk.length >= this.sizeBytes) return result;
      position += at;
      const batchStart = at < chunk.length && chunk.length - at >= batchHeaderBytes;
      want = Math.max(want, batchStart ? batchBytes(chunk, at) : 0, walkBytes);
    }
  }

  private gather(
    chunk: Buffer,
    start: number,
    position: number,
    offset: number,
    bytesMax: number,
    limitOffset: number,
    into: Buffer[],
  ): SegmentRead {
    let at = start;
    let next = offset;
    while (at < chunk.length) {
      if (chunk.length - at < batchHeaderBytes || baseOffset(chunk, at) >= limitOffset) break;
      const size = this.wholeBatch(chunk, at, position + at, true);
      if (size === 0) break;
      if (at > start && at + size - start > bytesMax) break;
      next = nextOffset(chunk, at);
      at += size;
    }
    if (at > start) into.push(chunk.subarray(start, at));
    return { bytes: at - start, nextOffset: next };
  }

  /** The size of the batch at `at`, 0 when it goes on behind the chunk; throws when it cannot be a batch. */
  private wholeBatch(chunk: Buffer, at: number, position: number, check: boolean): number {
    const withCrc = check && position >= this.verifiedBytes;
    const fault = checkBatch(chunk, at, chunk.length, withCrc);
    if (fault === 'short') {
      const size = chunk.length - at >= batchHeaderBytes ? batchBytes(chunk, at) : 0;
      if (position + size > this.sizeBytes) this.damaged(position, 'a batch goes on behind the end of the segment');
      return 0;
    }
    if (fault !== 'ok') this.damaged(position, `a batch is not as it was written (${fault})`);
    const size = batchBytes(chunk, at);
    if (withCrc && position === this.verifiedBytes) this.verifiedBytes += size;
    return size;
  }

  private damaged(position: number, what: string): never {
    throw new LogError('damaged', `${this.name} at byte ${position}: ${what}`);
  }

  private stillThere(): void {
    if (this.gone) throw new LogError('closed', `${this.name} was replaced or removed`);
  }

  private async chunk(position: number, want: number): Promise<Buffer> {
    const size = Math.min(want, this.sizeBytes - position);
    const chunk = Buffer.allocUnsafeSlow(size);
    this.stillThere();
    const got = await this.openFiles.use(this.name, (file) => readWhole(file, chunk, position));
    this.stillThere();
    if (got < size) this.damaged(position + got, `the file ends there, ${this.sizeBytes} bytes were written`);
    return chunk;
  }

  /** Calls `visit` for each batch from `position` on, in order, and `pause` after each piece of the file. */
  async walk(
    position: number,
    visit: BatchVisitor,
    withCrc = false,
    pause: (() => Promise<void>) | null = null,
  ): Promise<void> {
    let from = position;
    let want = walkBytes;
    while (from < this.sizeBytes) {
      const chunk = await this.chunk(from, want);
      let at = 0;
      while (at < chunk.length) {
        const size = this.wholeBatch(chunk, at, from + at, withCrc);
        if (size === 0) break;
        if (!visit(chunk, at, from + at)) return;
        at += size;
      }
      want = walkBytes;
      if (at === 0) want = Math.max(walkBytes * 2, chunk.length >= batchHeaderBytes ? batchBytes(chunk, 0) : 0);
      from += at;
      if (pause !== null) await pause();
    }
  }

  /** A position at or before the first batch with a record as late as `timestamp`. */
  async positionForTime(timestamp: number): Promise<number> {
    return (await this.loadedIndex()).positionForTime(timestamp);
  }

  async positionFor(offset: number): Promise<number> {
    return (await this.loadedIndex()).positionFor(offset);
  }

  private loadedIndex(): Promise<SegmentIndex> {
    this.indexUsed = true;
    if (this.index !== null) return Promise.resolve(this.index);
    this.indexLoading ??= this.loadIndex().finally(() => {
      this.indexLoading = null;
    });
    return this.indexLoading;
  }

  private async loadIndex(): Promise<SegmentIndex> {
    const index = new SegmentIndex(this.baseOffset);
    const offsets = await this.openFiles.use(segmentName(this.folder, this.baseOffset, 'index'), readAll);
    const times = await this.openFiles.use(segmentName(this.folder, this.baseOffset, 'timeindex'), readAll);
    if (!index.load(offsets, times, this.sizeBytes)) index.clear();
    try {
      await this.complete(index);
    } catch (error) {
      // An entry that points into the middle of a batch looks like damage of the log: only a walk from the start tells.
      if (index.count === 0) throw error;
      index.clear();
      await this.complete(index);
    }
    return index;
  }

  /** Walks what the index does not cover, be it the last few batches or everything, and puts it to use. */
  private async complete(index: SegmentIndex): Promise<void> {
    this.indexedOnDisk = index.count;
    let covered = index.lastPosition();
    let known = index.count > 0;
    while (covered < this.sizeBytes) {
      await this.walk(covered, (bytes, at, position) => {
        const size = batchBytes(bytes, at);
        if (known) index.resume(size);
        else index.batch(nextOffset(bytes, at) - 1, maxTimestamp(bytes, at), position, size, this.indexIntervalBytes);
        known = false;
        covered = position + size;
        return true;
      });
    }
    this.index = index;
  }

  /** Puts new index entries into their files. They are a help, not a truth: no sync before `seal`. */
  async writeIndex(sync: boolean): Promise<void> {
    const index = this.index;
    if (index === null || (!sync && index.count === this.indexedOnDisk)) return;
    const from = this.indexedOnDisk;
    const count = index.count;
    const offsets = index.offsetBytes(from);
    const times = index.timeBytes();
    await this.openFiles.use(segmentName(this.folder, this.baseOffset, 'index'), async (file) => {
      await file.write([offsets], from * 8);
      await file.truncate(count * 8);
      if (sync) await file.sync();
    });
    await this.openFiles.use(segmentName(this.folder, this.baseOffset, 'timeindex'), async (file) => {
      await file.write([times], 0);
      await file.truncate(times.length);
      if (sync) await file.sync();
    });
    this.indexedOnDisk = count;
  }

  /** The last write to a full segment: what a crash left behind its end goes, and the index is made to stay. */
  async seal(): Promise<void> {
    await this.openFiles.use(this.name, async (file) => {
      if (file.sizeBytes() <= this.sizeBytes) return;
      await file.truncate(this.sizeBytes);
      await file.sync();
    });
    await this.loadedIndex();
    await this.writeIndex(true);
  }

  /** Forgets an index nobody looked at since the last call. The active segment keeps its own. */
  rest(active: boolean): void {
    if (!active && !this.indexUsed && this.indexLoading === null) this.index = null;
    this.indexUsed = false;
  }
}

export interface SegmentRead {
  readonly bytes: number;
  readonly nextOffset: number;
}

async function readWhole(file: StoredFile, into: Buffer, position: number): Promise<number> {
  let got = 0;
  while (got < into.length) {
    const count = await file.read(got === 0 ? into : into.subarray(got), position + got);
    if (count === 0) break;
    got += count;
  }
  return got;
}

async function readAll(file: StoredFile): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(file.sizeBytes());
  return bytes.subarray(0, await readWhole(file, bytes, 0));
}
