import { assert } from '../lib/assert.js';
import { type Clock, sleep } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import { type Random, systemRandom } from '../lib/random.js';
import type { Files } from '../store/files.js';
import type { Objects } from '../store/objects.js';
import { type Bundle, type DirectRun, operation, type Waiter } from './bundle.js';
import { encodeSegmentFacts } from './checkpoint.js';
import { Checkpoints } from './checkpoints.js';
import { LogError } from './errors.js';
import { Journal, type JournalOwner } from './journal.js';
import { removeLeftovers, syncTopics } from './leftovers.js';
import { Log, type LogPolicy, topicsFolder } from './log.js';
import type { MessageObserver } from './message-observer.js';
import { OpenFiles } from './open-files.js';
import { type RecoveryReport, recover } from './recovery.js';
import { Segment, type SegmentFacts } from './segment.js';
import { SegmentWriter } from './segment-writer.js';
import { SlabPool } from './slab-pool.js';
import type { Recorder, State } from './state.js';

export interface StorageOptions {
  readonly journalFileBytes: number;
  readonly journalFilesMax: number;
  /** Bytes recorded and not yet durable at which publishers wait. */
  readonly gatherBytesMax: number;
  /** Bytes in all tails at which publishers wait; a checkpoint is begun at half of it. */
  readonly tailBytesMax: number;
  /** A checkpoint after so many bytes through the journal… */
  readonly checkpointEveryBytes: number;
  /** …and after so long, if anything changed. */
  readonly checkpointEveryMs: number;
  /** A log's run in one bundle from which on it goes straight to its segment. */
  readonly directBytesMin: number;
  /** A stream's tail of so many bytes is written to its segment before a checkpoint asks for it. */
  readonly flushAheadBytes: number;
  /**
   * What is written so long after somebody read the log is put into the page cache too: readers, even such as come once in a
   * while, find it there. What nobody reads is not.
   */
  readonly readersStayMs: number;
  /** Segment files kept open. */
  readonly openFilesMax: number;
}

export const defaultStorageOptions: StorageOptions = {
  journalFileBytes: 64 * 1024 * 1024,
  journalFilesMax: 16,
  gatherBytesMax: 64 * 1024 * 1024,
  tailBytesMax: 256 * 1024 * 1024,
  checkpointEveryBytes: 128 * 1024 * 1024,
  checkpointEveryMs: 60_000,
  directBytesMin: 256 * 1024,
  flushAheadBytes: 256 * 1024,
  readersStayMs: 3_600_000,
  openFilesMax: 1024,
};

export interface StorageParts {
  readonly files: Files;
  readonly objects: Objects;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random?: Random;
  readonly pool?: SlabPool;
}

const removalRetryMs = 1000;
/**
 * A run so many times as large as one that goes direct waits for a flush of its log, behind which it can: a sixth of
 * librdkafka's batches were written twice, to the journal and then to the segment, because a checkpoint or what had been
 * written so before was just being flushed. Without that, 1 KB and acks=1 take an eighth less of the processor. For a smaller
 * run, two writes at the same time are sooner done than two in turn.
 */
const waitsAtTimesDirect = 4;

/**
 * All logs and states behind one journal. Whatever is recorded here in one synchronous stretch of code, to any
 * number of logs and states, becomes durable together or not at all.
 */
export class Storage implements JournalOwner {
  readonly files: Files;
  readonly objects: Objects;
  readonly clock: Clock;
  /** Watches messages on their way; null for nobody. */
  observer: MessageObserver | null = null;
  readonly logger: Logger;
  readonly options: StorageOptions;
  readonly journal: Journal;
  /** For the bytes of all logs: their readers say when they are done, or are within the turn. */
  readonly pool: SlabPool;
  readonly openFiles: OpenFiles;
  readonly segmentWriter: SegmentWriter;
  readonly logs: Map<number, Log> = new Map();
  readonly states: Map<number, State> = new Map();
  nextLogId = 1;
  tailBytes = 0;

  private opened = false;
  private closing = false;
  private closed = false;
  private readonly checkpoints: Checkpoints;
  private readonly roomWaiters: (() => void)[] = [];
  /** Removals of folders under way, by log name: a new log of that name has to wait. */
  private readonly removals = new Map<string, Promise<void>>();
  private readonly background = new Set<Promise<void>>();

  constructor(parts: StorageParts, options: StorageOptions = defaultStorageOptions) {
    this.files = parts.files;
    this.objects = parts.objects;
    this.clock = parts.clock;
    this.logger = parts.logger;
    this.options = options;
    this.pool = parts.pool ?? new SlabPool();
    this.openFiles = new OpenFiles(parts.files, options.openFilesMax);
    this.segmentWriter = new SegmentWriter(this);
    this.checkpoints = new Checkpoints(this);
    this.journal = new Journal(
      parts.files,
      parts.clock,
      parts.random ?? systemRandom,
      parts.logger,
      { fileBytes: options.journalFileBytes, filesMax: options.journalFilesMax },
      this,
      this.pool,
    );
  }

  /** Adds a state. Those registered before `open` get back what they had; the others are added by them, as they replay. */
  register(id: number, state: State): void {
    assert(!this.states.has(id), `two states with the number ${id}`);
    this.states.set(id, state);
  }

  unregister(id: number): void {
    this.states.delete(id);
  }

  /** Reads everything back. Nothing may be recorded before. */
  async open(): Promise<RecoveryReport> {
    const report = await recover(this);
    this.opened = true;
    for (const log of this.logs.values()) this.removeSegmentsOf(log);
    this.checkpoints.begin(report.firstBundle);
    if (report.bundles > 0 || this.journal.crowded) this.requestCheckpoint();
    return report;
  }

  /** Where state `id` records its operations. */
  recorder(id: number): Recorder {
    let lengthAt = -1;
    return {
      begin: () => {
        if (this.refusal !== null) throw this.refusal;
        assert(lengthAt < 0, 'an operation inside an operation');
        const operations = this.journal.gathering.operations;
        operations.u8(operation.state);
        operations.uvarint(id);
        lengthAt = operations.reserve(4);
        return operations;
      },
      end: () => {
        const operations = this.journal.gathering.operations;
        operations.i32At(lengthAt, operations.length - lengthAt - 4);
        lengthAt = -1;
        this.journal.schedule();
      },
    };
  }

  /** Why nothing may be recorded now; null when it may. To be asked before any state is changed. */
  get refusal(): LogError | null {
    return this.closed ? new LogError('closed', 'the storage is closed') : this.journal.failure;
  }

  /** At a limit: whoever publishes should wait until `whenRoom` calls. */
  get congested(): boolean {
    const { gatherBytesMax, tailBytesMax } = this.options;
    return this.journal.pendingBytes > gatherBytesMax || this.tailBytes > tailBytesMax || this.journal.full;
  }

  whenRoom(call: () => void): void {
    if (this.congested) this.roomWaiters.push(call);
    else this.clock.soon(call);
  }

  roomChanged(): void {
    const refusal = this.refusal;
    if (refusal !== null) this.checkpoints.refused(refusal);
    if (this.roomWaiters.length === 0 || (this.congested && this.refusal === null)) return;
    for (const call of this.roomWaiters.splice(0)) call();
  }

  /** Slabs that a reader was given. With `inUse` their bytes may still be looked at, nobody knows for how long. */
  letGo(held: Buffer[], inUse = false): void {
    for (const memory of held) {
      if (inUse) this.pool.escape(memory);
      this.pool.release(memory);
    }
    held.length = 0;
  }

  whenWritten(waiter: Waiter): void {
    this.journal.whenWritten(waiter);
  }

  whenDurable(waiter: Waiter): void {
    this.journal.whenDurable(waiter);
  }

  durable(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.journal.whenDurable({ settled: (error) => (error === null ? resolve() : reject(error)) });
    });
  }

  createLog(name: string, policy: LogPolicy): Log {
    if (this.refusal !== null) throw this.refusal;
    const log = new Log(this, this.nextLogId++, name, policy);
    const bundle = this.journal.gathering;
    bundle.operations.u8(operation.logCreate);
    bundle.operations.uvarint(log.id);
    bundle.operations.string(name);
    log.createdIn = bundle.number;
    this.logs.set(log.id, log);
    const removal = this.removals.get(name);
    if (removal !== undefined) log.exclusive(() => removal).catch(() => {});
    this.journal.schedule();
    return log;
  }

  deleteLog(log: Log): void {
    if (this.refusal !== null) throw this.refusal;
    this.journal.gathering.operations.u8(operation.logDelete);
    this.journal.gathering.operations.uvarint(log.id);
    this.journal.schedule();
    this.logs.delete(log.id);
    log.deleted = true;
    // A reader under way is told so, and must not make their files anew.
    for (const segment of log.segments) segment.gone = true;
    this.tailShrunk(log.tail.bytes);
    log.tail.clear();
    const removal = this.removeFolder(log);
    this.removals.set(log.name, removal);
    // One that fails stays: without the files gone there is no checkpoint that forgets the log.
    this.inBackground(
      removal.then(() => {
        if (this.removals.get(log.name) === removal) this.removals.delete(log.name);
      }),
    );
  }

  /** Goes on until it has worked: a new log of that name must not find the old one's segments in its folder. */
  private async removeFolder(log: Log): Promise<void> {
    for (;;) {
      try {
        await this.durable();
        await log.exclusive(() => this.removeFilesOf(log));
        return;
      } catch (error) {
        if (this.closing) throw error;
        this.logger.warn({ log: log.name, error: String(error) }, 'a deleted log still has its files; trying again');
        await sleep(this.clock, removalRetryMs);
      }
    }
  }

  private async removeFilesOf(log: Log): Promise<void> {
    await this.openFiles.forgetFolder(log.folder);
    await this.files.remove(log.folder);
    await syncTopics(this.files);
  }

  /** Records that compacted segments stand for others from now on. */
  recordReplacement(log: Log, removed: readonly number[], added: readonly SegmentFacts[]): void {
    if (this.refusal !== null) throw this.refusal;
    const operations = this.journal.gathering.operations;
    operations.u8(operation.segmentsReplaced);
    operations.uvarint(log.id);
    const lengthAt = operations.reserve(4);
    operations.uvarint(removed.length);
    for (const base of removed) operations.uvarint(base);
    operations.uvarint(added.length);
    for (const facts of added) encodeSegmentFacts(operations, facts);
    operations.i32At(lengthAt, operations.length - lengthAt - 4);
    this.journal.schedule();
  }

  recordTrim(log: Log, offset: number): void {
    if (this.refusal !== null) throw this.refusal;
    log.recordedStart = offset;
    const operations = this.journal.gathering.operations;
    operations.u8(operation.logTrim);
    operations.uvarint(log.id);
    operations.uvarint(offset);
    this.journal.schedule();
  }

  /**
   * Removes the segments before the log's start as soon as that start is durable. An owner's word for it is recorded
   * first: recovery must know which segments need not be there before any owner can speak.
   */
  removeSegmentsOf(log: Log): void {
    const first = log.segments[0];
    if (!this.opened || first === undefined || first.nextOffset > log.startOffset) return;
    if (log.recordedStart < log.startOffset) {
      // While nothing may be recorded they stay; the next start or trim comes back to them.
      if (this.refusal !== null) return;
      this.recordTrim(log, log.startOffset);
    }
    // It may move on meanwhile, by what is not durable yet.
    const start = log.startOffset;
    const removal = async (): Promise<void> => {
      // Not even a full disk is a reason not to wait: what acks let go of comes back if they are lost. Where this
      // fails, the next checkpoint tries again.
      await this.durable();
      await log.exclusive(async () => {
        if (log.deleted) return;
        // What was compacted before this had its turn is needed until it is durable what took its place.
        if (log.segments.some((segment) => segment.unnamed !== 0)) await this.durable();
        if (log.dropDeadSegments(start) === 0) return;
        // What a process removed that ended before it could make that stay is not there, and comes back after a power cut.
        if ((await removeLeftovers(this, log, start)) === 0) await this.files.syncFolder(log.folder);
      });
    };
    this.inBackground(removal());
  }

  private inBackground(work: Promise<void>): void {
    const kept: Promise<void> = work
      .catch((error: unknown) => {
        if (this.closed) return;
        this.logger.warn({ error: String(error) }, 'files that are needed no more could not be removed');
      })
      .finally(() => this.background.delete(kept));
    this.background.add(kept);
  }

  /** When the files of what was deleted or trimmed before are gone. */
  async removed(): Promise<void> {
    await Promise.all([...this.removals.values(), ...this.background]);
  }

  /** A new file of the log, and the log's folder if that is new too, keep their names over a power cut. */
  async nameStays(log: Log): Promise<void> {
    await this.files.syncFolder(log.folder);
    if (log.segments.length > 1) return;
    await this.files.syncFolder(topicsFolder);
    await this.files.syncFolder('');
  }

  segment(log: Log, facts: SegmentFacts): Segment {
    return new Segment(this.openFiles, log.folder, facts, log.policy.indexIntervalBytes, this.pool);
  }

  tailShrunk(bytes: number): void {
    this.tailBytes -= bytes;
    this.roomChanged();
  }

  // What the journal asks.

  goDirect(bundle: Bundle): { readonly runs: readonly DirectRun[]; readonly done: Promise<unknown> } {
    const runs: DirectRun[] = [];
    const done: Promise<void>[] = [];
    if (bundle.appendedBytes >= this.options.directBytesMin) {
      for (const log of bundle.logs) {
        if (log.deleted || !log.canGoDirect(this.options.directBytesMin)) continue;
        const started = log.writeDirect();
        runs.push(started.run);
        done.push(started.done);
      }
    }
    return { runs, done: Promise.all(done) };
  }

  wayClear(gathering: Bundle): Promise<void> | null {
    const bytesMin = this.options.directBytesMin * waitsAtTimesDirect;
    if (gathering.appendedBytes < bytesMin) return null;
    for (const log of gathering.logs) {
      // Most of the bundle, so that there is nobody much who would not wait for the run itself.
      if (log.bundleBytes * 2 < gathering.appendedBytes) continue;
      const flush = log.flushBefore(bytesMin);
      if (flush !== null) return flush;
    }
    return null;
  }

  bundleClosed(): void {
    this.checkpoints.boundary();
  }

  becameDurable(bundle: Bundle): void {
    for (let index = 0; index < bundle.logs.length; index++) {
      bundle.logs[index]!.becameDurable(bundle.logEnds[index]!);
    }
    this.checkpoints.becameDurable(bundle.number);
    this.roomChanged();
  }

  fileFilled(): void {
    this.requestCheckpoint();
  }

  requestCheckpoint(): void {
    this.checkpoints.request();
  }

  checkpoint(): Promise<void> {
    return this.checkpoints.next();
  }

  /** Writes out what is gathered, takes a last checkpoint and lets go of every file. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    try {
      await this.checkpoints.last();
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'no last checkpoint; the next start reads the journal');
    }
    this.closed = true;
    const checkpointed = this.checkpoints.end();
    this.roomChanged();
    const clean = await this.journal.close();
    if (!clean) this.logger.error({}, 'closed with writes that could not be made durable; nobody was told they were');
    await Promise.all(this.background);
    await checkpointed;
    await this.segmentWriter.close();
    await Promise.all([...this.logs.values()].map((log) => log.exclusive(async () => {})));
    await this.openFiles.close();
    this.roomChanged();
  }
}
