import type { StoredFile } from '../store/files.js';
import { baseOffset, batchBytes, batchHeaderBytes, checkBatch, maxTimestamp, nextOffset } from './batch.js';
import { BlockAppends } from './block-appends.js';
import { LogError } from './errors.js';
import type { OpenFiles } from './open-files.js';
import { offsetEntryBytes, SegmentIndex, timeEntryBytes } from './segment-index.js';
import type { SlabPool } from './slab-pool.js';

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
  /**
   * 0; or, for a compacted segment whose file does not bear its final name yet, the number in the name it has. No two
   * compactions of a segment have the same one: a file half made must never be taken for one the journal speaks of.
   */
  readonly unnamed: number;
}

/** What a compacted segment is called until the journal says that it counts. */
export function cleanedEnding(unnamed: number): string {
  return `log.${unnamed}.cleaned`;
}

/** Called for each batch; `position` is where it lies in the segment. False stops the walk. */
export type BatchVisitor = (bytes: Buffer, at: number, position: number) => boolean;

/**
 * One file of a log, in Kafka's form: batches one behind the other. All that is counted in `sizeBytes` is synced;
 * whatever lies behind it, because a crash left it, is overwritten by the next append.
 */
export class Segment {
  readonly folder: string;
  readonly baseOffset: number;
  readonly createdMs: number;
  private readonly openFiles: OpenFiles;
  private readonly indexIntervalBytes: number;
  private readonly pool: SlabPool | null;
  private readonly blocks = new BlockAppends();

  nextOffset: number;
  sizeBytes: number;
  maxTimestamp: number;
  unnamed: number;
  /** The file bears its final name, if not for good as long as `unnamed` says so. */
  renamed = false;
  /** Replaced or removed: what is read from its files may not be its own any more. */
  gone = false;

  /** Bytes from the start whose CRCs this process wrote or has checked. */
  private verifiedBytes: number;
  private index: SegmentIndex | null;
  private indexLoading: Promise<SegmentIndex> | null = null;
  /** Entries of the indexes that are in their files. */
  private indexedOnDisk = 0;
  private timesOnDisk = 0;
  /** Index files are written one time after the other: what they hold must agree. */
  private indexWriting: Promise<void> = Promise.resolve();
  /** The index files may have been left half written, or be those of batches that a crash took back. */
  private indexInDoubt = false;
  private mending: Promise<void> | null = null;
  /** Under way while the file gets its final name: nobody may open it by either. */
  private renaming: Promise<void> | null = null;
  /** Whether the index was looked at since the last `rest`. */
  private indexUsed = false;

  constructor(
    openFiles: OpenFiles,
    folder: string,
    facts: SegmentFacts,
    indexIntervalBytes: number,
    pool: SlabPool | null = null,
  ) {
    this.openFiles = openFiles;
    this.pool = pool;
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
    const final = this.unnamed === 0 || this.renamed;
    return segmentName(this.folder, this.baseOffset, final ? 'log' : cleanedEnding(this.unnamed));
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

  /**
   * Writes durably behind the last counted byte. Only `appended` makes it count. What nobody is about to read goes past the
   * page cache, where the system can.
   */
  async write(pieces: readonly Buffer[], cached: boolean): Promise<void> {
    const position = this.sizeBytes;
    if (cached) this.blocks.forget();
    await this.openFiles.use(this.name, (file) =>
      cached ? file.write(pieces, position) : this.blocks.write(file, pieces, position),
    );
  }

  /** Entries of the index that are not in its file. */
  get indexBehind(): number {
    return this.index === null || this.unnamed !== 0 ? 0 : this.index.count - this.indexedOnDisk;
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
   *
   * With `held` the bytes lie in a slab that is added to it, for the caller to let go.
   */
  async read(
    offset: number,
    bytesMax: number,
    limitOffset: number,
    into: Buffer[],
    held: Buffer[] | null = null,
  ): Promise<SegmentRead> {
    const index = await this.loadedIndex();
    const entry = index.entryFor(offset);
    let position = index.position(entry);
    let doubted = entry >= 0;
    let want = Math.max(bytesMax, batchHeaderBytes) + this.indexIntervalBytes + batchHeaderBytes;
    for (;;) {
      const chunk = await this.chunk(position, want, held);
      if (doubted && !leadsTo(chunk, index.lastOffset(entry))) {
        await this.mendIndex();
        position = 0;
        doubted = false;
        continue;
      }
      doubted = false;
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
      const batchStart = chunk.length - at >= batchHeaderBytes;
      if (batchStart && baseOffset(chunk, at) >= limitOffset) return result;
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
      const size = chunk.length - at >= batchHeaderBytes ? batchBytes(chunk, at) : batchHeaderBytes;
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

  private async chunk(position: number, want: number, held: Buffer[] | null = null): Promise<Buffer> {
    while (this.renaming !== null) await this.renaming;
    this.stillThere();
    const size = Math.min(want, this.sizeBytes - position);
    const chunk = this.room(size, held);
    const got = await this.openFiles.use(this.name, (file) => readWhole(file, chunk, position));
    this.stillThere();
    if (got === size) return chunk;
    const whole = got >= batchHeaderBytes && batchBytes(chunk, 0) <= got;
    if (!whole) this.damaged(position + got, `the file ends there, ${this.sizeBytes} bytes were written`);
    return chunk.subarray(0, got);
  }

  private room(size: number, held: Buffer[] | null): Buffer {
    if (held === null || this.pool === null) return Buffer.allocUnsafeSlow(size);
    const memory = this.pool.take(size);
    held.push(memory);
    return memory.length === size ? memory : memory.subarray(0, size);
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
    let index = await this.loadedIndex();
    if (this.indexInDoubt) {
      await this.mendIndex();
      if (this.indexInDoubt) return 0;
      index = await this.loadedIndex();
    }
    const entry = index.entryForTime(timestamp);
    if (entry < 0) return 0;
    const position = index.position(entry);
    if (leadsTo(await this.chunk(position, batchHeaderBytes), index.lastOffset(entry))) return position;
    await this.mendIndex();
    return 0;
  }

  /** Makes an index in doubt anew. */
  async mendDoubtedIndex(): Promise<void> {
    if (this.indexInDoubt && !this.gone) await this.mendIndex();
  }

  /** For a segment that was written to when the process ended: its index was never synced. */
  doubtIndex(): void {
    this.indexInDoubt = true;
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
    while (this.renaming !== null) await this.renaming;
    this.stillThere();
    // As long as the file has not got its name, the index files of that name are those of what it replaces.
    if (this.unnamed === 0) {
      const offsets = await this.openFiles.use(segmentName(this.folder, this.baseOffset, 'index'), readAll);
      this.stillThere();
      const times = await this.openFiles.use(segmentName(this.folder, this.baseOffset, 'timeindex'), readAll);
      this.stillThere();
      if (!index.load(offsets, times, this.sizeBytes)) index.clear();
      // The last entry of a full segment is its largest time: less, and the end of the file is missing.
      if (index.lastTimestamp !== this.maxTimestamp) this.indexInDoubt = true;
    }
    if ((await this.cover(index, true)) === 'astray') {
      index.clear();
      await this.cover(index, true);
    }
    return index;
  }

  /**
   * Walks what the index does not cover, be it the last few batches or everything, and puts it to use at once: what is
   * appended from then on it is told of. `astray`: its last entry does not lead to its batch. `damaged`: it ends where
   * the segment's bytes are damaged; whoever reads there is told.
   */
  private async cover(index: SegmentIndex, evenDamaged: boolean): Promise<'whole' | 'astray' | 'damaged'> {
    const loaded = index.count;
    let entry = loaded - 1;
    let covered = index.position(entry);
    let astray = false;
    try {
      while (covered < this.sizeBytes && !astray) {
        await this.walk(covered, (bytes, at, position) => {
          const size = batchBytes(bytes, at);
          const last = nextOffset(bytes, at) - 1;
          if (entry < 0) index.batch(last, maxTimestamp(bytes, at), position, size, this.indexIntervalBytes);
          else if (last === index.lastOffset(entry)) index.resume(size);
          else astray = true;
          entry = -1;
          covered = position + size;
          return !astray;
        });
      }
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'damaged') throw error;
      if (entry >= 0) return 'astray';
      if (evenDamaged) this.adopt(index, loaded);
      return 'damaged';
    }
    if (astray) return 'astray';
    this.adopt(index, loaded);
    return 'whole';
  }

  private adopt(index: SegmentIndex, onDisk: number): void {
    this.index = index;
    this.indexedOnDisk = onDisk;
    this.timesOnDisk = index.timesOf(0, onDisk);
  }

  /** Makes the index anew from the segment; where that is damaged the old one stays, for it may lead behind the damage. */
  private mendIndex(): Promise<void> {
    this.mending ??= this.mend().finally(() => {
      this.mending = null;
    });
    return this.mending;
  }

  private async mend(): Promise<void> {
    if ((await this.cover(new SegmentIndex(this.baseOffset), false)) !== 'whole') return;
    this.indexInDoubt = false;
    await this.writeIndex(true);
  }

  /** Puts new index entries into their files. They are a help, not a truth: no sync before `seal`. */
  writeIndex(sealed: boolean): Promise<void> {
    const written = this.indexWriting.then(() => this.putIndex(sealed));
    this.indexWriting = written.catch(() => {});
    return written;
  }

  private async putIndex(sealed: boolean): Promise<void> {
    const index = this.index;
    if (index === null || this.gone || this.unnamed !== 0) return;
    if (!sealed && index.count === this.indexedOnDisk) return;
    const from = this.indexedOnDisk;
    const { count } = index;
    const offsets = index.offsetBytes(from);
    // Without times that can be believed it gets none, which is seen by the next who needs them.
    const times = sealed && this.indexInDoubt ? Buffer.alloc(0) : index.timeBytes(from, sealed);
    const timesFrom = sealed && this.indexInDoubt ? 0 : this.timesOnDisk;
    await this.openFiles.use(segmentName(this.folder, this.baseOffset, 'index'), async (file) => {
      await file.write([offsets], from * offsetEntryBytes);
      await file.truncate(count * offsetEntryBytes);
      if (sealed) await file.sync();
    });
    // Removed meanwhile: this one must not be made anew.
    if (this.gone) return;
    await this.openFiles.use(segmentName(this.folder, this.baseOffset, 'timeindex'), async (file) => {
      await file.write([times], timesFrom * timeEntryBytes);
      await file.truncate(timesFrom * timeEntryBytes + times.length);
      if (sealed) await file.sync();
    });
    if (this.index !== index) return;
    this.timesOnDisk += index.timesOf(from, count);
    this.indexedOnDisk = count;
  }

  /** What a crash left behind the end goes: recovery would take it for batches from before the next segment. */
  async cut(): Promise<void> {
    await this.openFiles.use(this.name, async (file) => {
      if (file.sizeBytes() <= this.sizeBytes) return;
      await file.truncate(this.sizeBytes);
      await file.sync();
    });
  }

  /** The last write to a full segment; also its index is made to stay. */
  async seal(): Promise<void> {
    this.blocks.forget();
    await this.cut();
    try {
      // One in doubt is not made anew here: a direct run waits for this, and with it the journal.
      await this.loadedIndex();
      await this.writeIndex(true);
    } catch (error) {
      if (!this.gone) throw error;
    }
  }

  /** Runs `rename`, which gives the file its final name; whoever wants to read meanwhile waits. */
  async named(rename: () => Promise<void>): Promise<void> {
    const renamed = rename().then(() => {
      this.unnamed = 0;
    });
    const over = renamed
      .catch(() => {})
      .then(() => {
        this.renaming = null;
      });
    this.renaming = over;
    await renamed;
    await over;
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

/** Whether an index entry leads to where it says: to a batch that ends with this offset. */
function leadsTo(chunk: Buffer, lastOffset: number): boolean {
  if (chunk.length < batchHeaderBytes || nextOffset(chunk, 0) - 1 !== lastOffset) return false;
  const fault = checkBatch(chunk, 0, chunk.length, false);
  return fault === 'ok' || fault === 'short';
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
