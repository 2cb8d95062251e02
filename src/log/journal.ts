import { assert } from '../lib/assert.js';
import { type Clock, sleep, type Timer } from '../lib/clock.js';
import { Histogram } from '../lib/histogram.js';
import type { Logger } from '../lib/logger.js';
import { piecesBytes } from '../lib/pieces.js';
import type { Random } from '../lib/random.js';
import { type Files, type StoredFile, StoreError } from '../store/files.js';
import { Bundle, blockBytes, type DirectRun, type Waiter } from './bundle.js';
import { LogError } from './errors.js';
import { encodeFileHeader, type JournalFile, journalFileName } from './journal-file.js';
import { type FreeFile, JournalSpares } from './journal-spares.js';
import type { SlabPool } from './slab-pool.js';

export interface JournalOptions {
  /** Size of a journal file. */
  readonly fileBytes: number;
  /**
   * With so many files that no checkpoint covers yet, publishers wait. What is gathered already is written all the
   * same, if need be to one file more: the checkpoint that makes room waits for it.
   */
  readonly filesMax: number;
}

/** What the journal asks of the storage it belongs to. */
export interface JournalOwner {
  /** Starts writing to their segments the logs whose run in this bundle is large; empty when `again`. */
  goDirect(bundle: Bundle): { readonly runs: readonly DirectRun[]; readonly done: Promise<unknown> };
  /** What the bundle had best wait for, so that more of it can go direct; null for nothing. It gathers meanwhile. */
  wayClear(gathering: Bundle): Promise<void> | null;
  /** The bundle takes no more; the next one is empty at this moment. */
  bundleClosed(): void;
  /** Everything recorded in the bundle is durable. */
  becameDurable(bundle: Bundle): void;
  /** A file was filled: time for a checkpoint, so that files come free. */
  fileFilled(): void;
  /** There is room again, or none any more. */
  roomChanged(): void;
}

const retryMs = 250;
/** With so many bundles written and not synced the next one waits, and gathers more. */
const behindMax = 8;
/**
 * So many bundles are on their way to being durable at the same time: the second is written while the device flushes the
 * first. With 20 batches of 16 KB in flight produce gains 8 to 18 % by that, at the same processor time.
 */
const underWayMax = 2;
/**
 * A bundle that nobody waits for and that adds to no log rests so long, or until it has so many bytes: acks, which are not
 * answered. Each flush of theirs would be one that confirms wait behind.
 */
const restMs = 5;
const restBytesMax = 64 * 1024;
/** A bundle of so many bytes that need not be durable before it is answered is written without leaving this thread. */
const writtenAtOnceMax = 64 * 1024;

/**
 * Where fresh writes of all logs and states become durable together. While two bundles are written and synced the next
 * one gathers; whoever waits is answered when the bundle he recorded into has reached his rung.
 *
 * After a failed write nothing is known of the file's end, so the same bundle is written again into another file
 * until that succeeds. Meanwhile `failure` is set, everybody who waits gets it, and nothing new may be recorded.
 * What is in memory is therefore always what is in the journal or will be next.
 */
export class Journal {
  private readonly files: Files;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly logger: Logger;
  private readonly options: JournalOptions;
  private readonly owner: JournalOwner;

  gathering: Bundle;
  private readonly idle: Bundle[] = [];
  private readonly pool: SlabPool | null;
  /** The bundle being written. */
  private writing: Bundle | null = null;
  /** Written and told so, not yet durable, in order: all in the file that is written to, for the sync under way or the next. */
  private readonly behind: Bundle[] = [];
  private syncing: Promise<void> | null = null;
  /** On their way to being durable, in order, behind nothing else: each may be there before those before it, and waits for them. */
  private readonly underWay: Bundle[] = [];
  /** Until none of them is. It never fails: those that could not be written are in `again` then. */
  private arriving: Promise<void> | null = null;
  /** Of these a write or a sync failed: they are written again before anything else. */
  private readonly again: Bundle[] = [];
  private scheduled = false;
  private resting: Timer | null = null;
  private running: Promise<void> | null = null;
  private closing = false;
  private closed = false;

  failure: LogError | null = null;
  /** The file with bundles of which somebody was told that they are written, and which are not durable; 0 for none. */
  private toldFile = 0;
  /** The last bundle known to be durable. */
  durableBundle = 0;
  /** Bytes handed to the journal, with those that went directly to segments; never goes back. */
  bytesTaken = 0;
  /** From when a bundle began to gather until it was durable: the longest that anybody waited for it. */
  readonly appendSeconds: Histogram = new Histogram();
  /** Of that, writing and syncing. */
  readonly syncSeconds: Histogram = new Histogram();
  /** Writes that had to be made again elsewhere. */
  failures = 0;
  private gatheringSinceMs = 0;

  /** Files with bundles that are still needed, oldest first; the last one is written to. */
  private readonly kept: JournalFile[] = [];
  private readonly spares: JournalSpares;
  private position = 0;

  constructor(
    files: Files,
    clock: Clock,
    random: Random,
    logger: Logger,
    options: JournalOptions,
    owner: JournalOwner,
    pool: SlabPool | null = null,
  ) {
    this.pool = pool;
    this.gathering = new Bundle(pool);
    this.files = files;
    this.clock = clock;
    this.random = random;
    this.logger = logger;
    this.options = options;
    this.owner = owner;
    this.spares = new JournalSpares(files, logger, options.fileBytes);
  }

  /** Takes over from recovery: what it read, and the number the next bundle gets. A new file is begun. */
  begin(nextBundle: number, kept: readonly JournalFile[], free: readonly FreeFile[]): void {
    this.gathering.number = nextBundle;
    this.durableBundle = nextBundle - 1;
    this.kept.push(...kept);
    let nextFileNumber = 1;
    for (const file of [...kept, ...free.map((entry) => ({ fileNumber: Number(entry.name.slice(-24, -4)) }))]) {
      nextFileNumber = Math.max(nextFileNumber, file.fileNumber + 1);
    }
    this.spares.begin(nextFileNumber, free);
  }

  /** Answers when what was recorded so far has been handed to the operating system: it survives a crash of the process. */
  whenWritten(waiter: Waiter): void {
    if (this.closed) {
      this.refuse(waiter);
      return;
    }
    this.gathering.writtenWaiters.push(waiter);
    this.schedule();
  }

  /** Answers when what was recorded so far survives a power cut. */
  whenDurable(waiter: Waiter): void {
    if (this.closed) {
      this.refuse(waiter);
      return;
    }
    this.gathering.durableWaiters.push(waiter);
    this.schedule();
  }

  private refuse(waiter: Waiter): void {
    this.clock.soon(() => waiter.settled(new LogError('closed', 'the journal is closed')));
  }

  /** To be called after recording anything: the bundle closes when this turn's work is done, unless it may rest. */
  schedule(): void {
    if (this.scheduled || this.occupied) return;
    if (!this.mayRest) this.scheduleNow();
    else this.resting ??= this.clock.after(restMs, () => this.scheduleNow());
  }

  /** The bundle that gathers has to wait, and will be thought of. */
  private get occupied(): boolean {
    return this.running !== null || this.underWay.length >= underWayMax;
  }

  private get mayRest(): boolean {
    const { gathering } = this;
    if (gathering.durableWaiters.length > 0 || gathering.writtenWaiters.length > 0) return false;
    return gathering.logs.length === 0 && gathering.bytes < restBytesMax && this.again.length === 0;
  }

  private scheduleNow(): void {
    this.endRest();
    if (this.scheduled || this.occupied) return;
    this.scheduled = true;
    this.gatheringSinceMs = this.clock.monotonic();
    this.clock.soon(() => {
      this.scheduled = false;
      if (!this.occupied && !this.gathering.empty) this.start();
    });
  }

  private endRest(): void {
    this.resting?.cancel();
    this.resting = null;
  }

  private start(): void {
    this.running = this.run().finally(() => {
      this.running = null;
      this.goOn();
    });
  }

  /** With what has to be written again, or what has gathered meanwhile. */
  private goOn(): void {
    if (this.running !== null || this.closing) return;
    if (this.again.length > 0 ? this.underWay.length === 0 : this.mayGoOn && !this.scheduled) this.start();
    else if (!this.gathering.empty) this.schedule();
  }

  /** Bytes recorded and not yet durable. */
  get pendingBytes(): number {
    let bytes = this.gathering.bytes + (this.writing?.bytes ?? 0);
    for (const bundle of this.underWay) bytes += bundle.bytes;
    for (const bundle of this.behind) bytes += bundle.bytes;
    for (const bundle of this.again) bytes += bundle.bytes;
    return bytes;
  }

  /** Files that are still needed, and those that wait to be used again. */
  get fileCounts(): { readonly kept: number; readonly free: number } {
    return { kept: this.kept.length, free: this.spares.count };
  }

  /** Their size on the disk. */
  get fileBytes(): number {
    let bytes = this.spares.totalBytes;
    for (const { sizeBytes } of this.kept) bytes += sizeBytes;
    return bytes;
  }

  /** Half of the files it may have are in use: a checkpoint is due. */
  get crowded(): boolean {
    return this.kept.length * 2 > this.options.filesMax;
  }

  /** All files it may have are in use. */
  get full(): boolean {
    return this.kept.length >= this.options.filesMax;
  }

  private async run(): Promise<void> {
    do {
      const clear = this.owner.wayClear(this.gathering);
      if (clear !== null) await clear;
      const bundle = this.gathering;
      bundle.sinceMs = this.gatheringSinceMs;
      this.gatheringSinceMs = this.clock.monotonic();
      this.gathering = this.idle.pop() ?? new Bundle(this.pool);
      this.gathering.number = bundle.operations.length > 0 ? bundle.number + 1 : bundle.number;
      this.writing = bundle;
      for (let index = 0; index < bundle.logs.length; index++) bundle.logEnds[index] = bundle.logs[index]!.endOffset;
      if (bundle.operations.length > 0) this.owner.bundleClosed();
      const outcome = await this.writeUntilDone(bundle);
      if (outcome === 'closed') return;
      this.writing = null;
      if (outcome === 'durable') this.done(bundle);
    } while (this.again.length > 0 || this.mayGoOn);
  }

  private get mayGoOn(): boolean {
    return this.underWay.length < underWayMax && !this.gathering.empty && !this.mayRest;
  }

  private done(bundle: Bundle): void {
    if (bundle.operations.length > 0) {
      this.appendSeconds.observe((this.clock.monotonic() - bundle.sinceMs) / 1000);
      this.durableBundle = bundle.number;
      this.owner.becameDurable(bundle);
    }
    settle(bundle, null);
    bundle.clear();
    this.idle.push(bundle);
    // One bundle may be more than may gather: only now is there room for whoever waits because of it.
    this.owner.roomChanged();
  }

  /** `later` when somebody else sees to it that it becomes durable, `closed` when the journal was closed before. */
  private async writeUntilDone(bundle: Bundle): Promise<'durable' | 'later' | 'closed'> {
    for (let attempt = 0; ; attempt++) {
      try {
        const outcome = await this.write(bundle, attempt === 0);
        // Only what is durable shows that the store takes writes: of a bundle that has set out nothing is known yet.
        if (this.failure !== null && outcome === 'durable' && this.again.length === 0) {
          this.failure = null;
          this.logger.info({}, 'the journal can be written again');
          this.owner.roomChanged();
        }
        return outcome;
      } catch (error) {
        this.failed(error, bundle);
        if (this.closing) return 'closed';
        await sleep(this.clock, retryMs);
        if (this.closing) return 'closed';
      }
    }
  }

  private failed(error: unknown, bundle: Bundle): void {
    this.failures++;
    const failure =
      error instanceof StoreError && error.code === 'full'
        ? new LogError('full', `no room for the journal: ${error.message}`, { cause: error })
        : new LogError('failed', `the journal cannot be written: ${String(error)}`, { cause: error });
    if (this.failure === null) this.logger.error({ bundle: bundle.number, error: String(error) }, failure.message);
    this.failure = failure;
    this.owner.roomChanged();
    settle(bundle, failure);
    settle(this.gathering, failure);
    // The end of this file is in doubt. One that holds nothing else yet may be begun again, so that a store that
    // fails for hours does not fill up with beginnings; but not over what somebody was told is written.
    const last = this.kept.at(-1);
    const { number } = this.again[0] ?? bundle;
    const again = last?.firstBundle === number && last.fileNumber !== this.toldFile;
    this.position = again ? blockBytes : Number.POSITIVE_INFINITY;
  }

  private async write(bundle: Bundle, first: boolean): Promise<'durable' | 'later'> {
    // What goes direct is decided before anything is awaited: the logs go on.
    const direct = first ? this.owner.goDirect(bundle) : nothingDirect;
    const { durableWaiters, writtenWaiters } = bundle;
    const tells = first && durableWaiters.length === 0 && writtenWaiters.length > 0 && direct.runs.length === 0;
    const alone = this.again.length === 0 && this.behind.length === 0;
    if (first && alone && !tells && direct.runs.length === 0 && bundle.operations.length > 0) {
      await this.setOut(bundle);
      return 'later';
    }
    if (!tells || this.again.length > 0 || this.underWay.length > 0 || this.behind.length >= behindMax) {
      // Segments first: flushed at the same time as the journal, batches of a megabyte had a sixth less of the rate.
      await direct.done;
      await this.settleBehind();
    }
    if (bundle.operations.length === 0) return 'durable';
    if (tells) {
      await this.writeBehind(bundle);
      return 'later';
    }
    await this.writeDurable(bundle, direct.runs);
    return 'durable';
  }

  private async writeDurable(bundle: Bundle, direct: readonly DirectRun[]): Promise<void> {
    const file = await this.fileFor(bundle, direct);
    const pieces = bundle.encode(file.fileNumber, file.salt, this.clock.now(), direct, this.durableBundle);
    const startedMs = this.clock.monotonic();
    await file.handles!.durable.writeBlocks(pieces, this.position);
    this.syncSeconds.observe((this.clock.monotonic() - startedMs) / 1000);
    this.wrote(bundle, piecesBytes(pieces));
  }

  /** Writes a bundle of which nothing goes direct; it is `arrive` that says when it is durable. */
  private async setOut(bundle: Bundle): Promise<void> {
    const file = await this.fileFor(bundle, nothingDirect.runs);
    if (this.again.length > 0) throw this.failure!;
    const pieces = bundle.encode(file.fileNumber, file.salt, this.clock.now(), nothingDirect.runs, this.durableBundle);
    const written = file.handles!.durable.writeBlocks(pieces, this.position);
    this.wrote(bundle, piecesBytes(pieces));
    this.underWay.push(bundle);
    this.arriving = this.arrive(bundle, written, this.arriving);
  }

  private async arrive(bundle: Bundle, written: Promise<void>, before: Promise<void> | null): Promise<void> {
    const startedMs = this.clock.monotonic();
    let failure: unknown;
    try {
      await written;
      this.syncSeconds.observe((this.clock.monotonic() - startedMs) / 1000);
    } catch (error) {
      failure = error;
    }
    await before;
    this.underWay.shift();
    if (this.underWay.length === 0) this.arriving = null;
    if (failure === undefined && this.again.length === 0) {
      this.done(bundle);
    } else {
      // Behind a gap nothing is found: what comes after one that failed is written again with it.
      this.again.push(bundle);
      if (failure !== undefined) this.failed(failure, bundle);
      assert(this.failure !== null, 'a bundle waits for one that did not fail');
      settle(bundle, this.failure);
    }
    this.goOn();
  }

  private wrote(bundle: Bundle, size: number): void {
    this.position += size;
    this.prepareNext();
    this.bytesTaken += Math.max(size, bundle.bytes);
  }

  // Bundles that are told when they are written do not wait for each other's syncs: one sync behind them covers as many
  // as were written before it began. Whoever wants more than that waits for the sync first, so durable they become in order.

  private async writeBehind(bundle: Bundle): Promise<void> {
    const file = await this.fileFor(bundle, nothingDirect.runs);
    const pieces = bundle.encode(file.fileNumber, file.salt, this.clock.now(), nothingDirect.runs, this.durableBundle);
    const { plain } = file.handles!;
    const size = piecesBytes(pieces);
    if (size <= writtenAtOnceMax) plain.writeSync(Buffer.concat(pieces, size), this.position);
    else await plain.write(pieces, this.position);
    if (this.again.length > 0) throw this.failure!;
    this.wrote(bundle, size);
    this.toldFile = file.fileNumber;
    this.behind.push(bundle);
    settleAll(bundle.writtenWaiters, null);
    this.syncing ??= this.syncBehind(plain);
  }

  private async syncBehind(plain: StoredFile): Promise<void> {
    let failure: unknown;
    while (this.behind.length > 0) {
      const covered = this.behind.length;
      const startedMs = this.clock.monotonic();
      try {
        await plain.sync();
      } catch (error) {
        failure = error;
        break;
      }
      this.syncSeconds.observe((this.clock.monotonic() - startedMs) / 1000);
      for (const bundle of this.behind.splice(0, covered)) this.done(bundle);
    }
    this.syncing = null;
    if (failure === undefined) {
      this.toldFile = 0;
      return;
    }
    this.again.push(...this.behind.splice(0));
    this.failed(failure, this.again[0]!);
    this.goOn();
  }

  /** What set out or was told and is not durable becomes so: by what is under way, or by being written again. */
  private async settleBehind(): Promise<void> {
    await this.arriving;
    while (this.again.length > 0) {
      await this.writeDurable(this.again[0]!, nothingDirect.runs);
      this.done(this.again.shift()!);
      if (this.again.length === 0) this.toldFile = 0;
    }
    await this.behindSynced();
  }

  private async behindSynced(): Promise<void> {
    const { arriving, syncing } = this;
    if (arriving === null && syncing === null) return;
    await arriving;
    await syncing;
    if (this.again.length > 0) throw this.failure!;
  }

  private async fileFor(bundle: Bundle, direct: readonly DirectRun[]): Promise<JournalFile> {
    let directBytes = 0;
    for (const run of direct) directBytes += run.bytes;
    const most = bundle.bytes - directBytes + 64 * (direct.length + 2) + blockBytes;
    const needed = Math.ceil(most / blockBytes) * blockBytes;
    const current = this.kept.at(-1);
    if (current !== undefined && current.handles !== null && this.position + needed <= current.sizeBytes) {
      return current;
    }
    return this.roll(bundle.number, needed);
  }

  private async roll(firstBundle: number, neededBytes: number): Promise<JournalFile> {
    // The handles that it syncs with are closed here.
    await this.behindSynced();
    const before = this.kept.at(-1);
    if (before?.handles) {
      const { durable, plain } = before.handles;
      before.handles = null;
      await durable.close();
      await plain.close();
      this.owner.fileFilled();
    }
    const first = before === undefined;
    const ready = await this.spares.take(blockBytes + neededBytes, first);
    const { fileNumber, sizeBytes, handles } = ready;
    const salt = this.random.below(2 ** 32);
    const header = { fileNumber, firstBundle, salt, toldFile: this.toldFile };
    try {
      await handles.durable.writeBlocks([encodeFileHeader(header)], 0);
      if (first) await this.files.syncFolder('');
    } catch (error) {
      await this.spares.putBack(ready);
      throw error;
    }
    const file: JournalFile = { ...header, sizeBytes, handles };
    this.kept.push(file);
    this.position = blockBytes;
    return file;
  }

  /** The next file is made ready while this one fills: that takes longer than anybody should wait. */
  private prepareNext(): void {
    const { sizeBytes } = this.kept.at(-1)!;
    const share = sizeBytes < this.options.fileBytes ? 1 : this.position / sizeBytes;
    this.spares.filled(share, this.kept.length < this.options.filesMax);
  }

  /** Bundles before `bundle` are needed no more: files that hold nothing else are used again. */
  async release(bundle: number): Promise<void> {
    // The bundle that cannot be written may have been answered as written in a file before the last one.
    if (this.failure !== null) return;
    while (this.kept.length > 1 && this.kept[1]!.firstBundle <= bundle && this.kept[0]!.handles === null) {
      const file = this.kept.shift()!;
      await this.spares.give({ name: journalFileName(file.fileNumber), sizeBytes: file.sizeBytes });
    }
    await this.spares.trim();
    this.owner.roomChanged();
  }

  /** Writes what is gathered and ends. Answers whether everything is durable. */
  async close(): Promise<boolean> {
    const deadline = this.clock.monotonic() + retryMs * 8;
    while (this.running !== null || this.arriving !== null || this.syncing !== null || !this.gathering.empty) {
      if (this.running === null && !this.gathering.empty) this.start();
      if (this.failure !== null && this.clock.monotonic() > deadline) break;
      // It may begin to fail only now, and then goes on trying for good.
      const aWhile = sleep(this.clock, retryMs / 2);
      await (this.failure !== null ? aWhile : Promise.race([this.running ?? this.arriving ?? this.syncing, aWhile]));
    }
    const arrived = this.underWay.length === 0 && this.behind.length === 0;
    const clean = this.failure === null && this.gathering.empty && arrived;
    this.closing = true;
    this.endRest();
    await this.running;
    await this.arriving;
    await this.syncing;
    await this.spares.close();
    const last = this.kept.at(-1);
    if (last?.handles) {
      await last.handles.durable.close();
      await last.handles.plain.close();
      last.handles = null;
    }
    assert(!clean || this.writing === null, 'the journal was closed while it wrote');
    this.closed = true;
    const refusal = new LogError('closed', 'the journal was closed before this could be written');
    settle(this.gathering, refusal);
    return clean;
  }
}

const nothingDirect = { runs: [], done: Promise.resolve() };

function settle(bundle: Bundle, error: LogError | null): void {
  settleAll(bundle.writtenWaiters, error);
  settleAll(bundle.durableWaiters, error);
}

function settleAll(waiters: Waiter[], error: LogError | null): void {
  if (waiters.length === 0) return;
  // Whoever is told of a failure may wait again at once, in the very list that is being told.
  const told = waiters.splice(0);
  for (let index = 0; index < told.length; index++) told[index]!.settled(error);
}
