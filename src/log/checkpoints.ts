import { ByteWriter } from '../lib/byte-writer.js';
import type { Timer } from '../lib/clock.js';
import { beginCheckpoint, checkpointName, checkpointPrefix, encodeLogFacts, sealCheckpoint } from './checkpoint.js';
import type { LogError } from './errors.js';
import type { Log } from './log.js';
import type { Storage } from './storage.js';

interface Snapshot {
  readonly nextBundle: number;
  readonly firstBundle: number;
  readonly bytes: Buffer;
}

/** A checkpoint under way waits for a boundary between bundles, or for a bundle to be durable. */
interface SnapshotWait {
  /** Infinity: for the next boundary. */
  readonly bundle: number;
  readonly resolve: () => void;
  readonly reject: (error: LogError) => void;
}

/** Logs flushed at the same time: libuv has four threads for files. */
const flushesAtOnce = 4;
const retryMs = 1000;

/** When a checkpoint is taken, and how: one at a time, again and again until it worked. */
export class Checkpoints {
  private readonly storage: Storage;
  /** One that was asked for by the storage itself. */
  private requested: Promise<void> | null = null;
  private again = false;
  /** All that were asked for by now. */
  private work: Promise<void> = Promise.resolve();
  /** Set while they fail: there is one that is tried again, whoever else asks for one meanwhile. */
  private retry: Timer | null = null;
  private timer: Timer | null = null;
  private ended = false;
  private bytesAtLast = 0;
  private bundleAtLast = 0;
  private snapshotWaits: SnapshotWait | null = null;
  /** First bundles that the kept checkpoints need, older one first. */
  private neededBundles: number[] = [];

  constructor(storage: Storage) {
    this.storage = storage;
  }

  /** The checkpoint that was read needs the journal from this bundle on. */
  begin(firstBundle: number): void {
    this.neededBundles = [firstBundle];
    this.schedule();
  }

  private schedule(): void {
    const { clock, options, pool, journal } = this.storage;
    this.timer = clock.after(options.checkpointEveryMs, () => {
      pool.rest();
      if (journal.durableBundle >= this.bundleAtLast) this.request();
      this.schedule();
    });
  }

  /** One soon, or as soon as one works again; whoever asks while one is taken may be answered by that. */
  request(): void {
    if (this.ended) return;
    if (this.requested !== null) {
      this.again = true;
      return;
    }
    this.requested = this.storage.checkpoint().then(
      () => this.worked(),
      (error: unknown) => this.failed(error),
    );
  }

  private worked(): void {
    this.requested = null;
    if (this.retry !== null) this.storage.logger.info({}, 'checkpoints can be written again');
    this.retry?.cancel();
    this.retry = null;
    const { again } = this;
    this.again = false;
    // One asked for while the last one ran may have been answered by it; a full journal may need the second, for the
    // files that the checkpoint before needs are kept too.
    const { journal } = this.storage;
    if (journal.full || (again && (this.tailsAreLong || journal.crowded))) this.request();
  }

  private failed(error: unknown): void {
    this.requested = null;
    // A store that refuses for hours is worth one line.
    const fields = { error: String(error) };
    if (this.retry === null) this.storage.logger.warn(fields, 'the checkpoint failed and will be tried again');
    this.retry?.cancel();
    this.retry = this.storage.clock.after(retryMs, () => this.request());
  }

  private get tailsAreLong(): boolean {
    return this.storage.tailBytes > this.storage.options.tailBytesMax / 2;
  }

  /** A bundle is closed: what is recorded from now on goes into the next one. */
  boundary(): void {
    if (this.snapshotWaits?.bundle === Number.POSITIVE_INFINITY) this.snapshotWaits.resolve();
  }

  becameDurable(bundle: number): void {
    if (this.snapshotWaits !== null && bundle >= this.snapshotWaits.bundle) this.snapshotWaits.resolve();
    const since = this.storage.journal.bytesTaken - this.bytesAtLast;
    if (since > this.storage.options.checkpointEveryBytes || this.tailsAreLong) this.request();
  }

  /** Nothing can be recorded now, so no boundary will come. */
  refused(error: LogError): void {
    this.snapshotWaits?.reject(error);
  }

  /**
   * Moves tails to segments, writes down everything else, and lets go of the journal files that this covers. Whoever
   * asks while one is taken gets the next.
   */
  next(): Promise<void> {
    const taken = this.work.then(() => this.take());
    this.work = taken.catch(() => {});
    return taken;
  }

  private async take(): Promise<void> {
    if (this.ended) return;
    const { storage } = this;
    const { journal, objects } = storage;
    this.bytesAtLast = journal.bytesTaken;
    await this.flushTails();
    const taken = await this.snapshot();
    // What it leaves out must be gone for good: nobody would know whose files those were.
    await storage.removed();
    await objects.put(checkpointName(taken.nextBundle), [taken.bytes]);
    this.bundleAtLast = taken.nextBundle;
    for (const log of storage.logs.values()) log.checkpointed();
    const names = (await objects.list(checkpointPrefix)).map((entry) => entry.name);
    const own = names.indexOf(checkpointName(taken.nextBundle));
    for (const name of names.slice(0, Math.max(0, own - 1))) await objects.remove(name);
    this.neededBundles = [...this.neededBundles.slice(-1), taken.firstBundle];
    await journal.release(this.neededBundles[0]!);
  }

  private async flushTails(): Promise<void> {
    const waiting: Log[] = [];
    for (const log of this.storage.logs.values()) {
      if (log.unflushed) waiting.push(log);
      else log.rest();
    }
    let next = 0;
    const flushNext = async (): Promise<void> => {
      while (next < waiting.length) {
        const log = waiting[next++]!;
        await log.flush();
        await log.mendIndexes();
        log.rest();
      }
    };
    // One log that fails keeps the others from nothing, a disk that fails all is not tried for each. It is over when all
    // of it is: nothing may be written any more once a storage is closed.
    const flushed = await Promise.allSettled(Array.from({ length: flushesAtOnce }, flushNext));
    for (const flush of flushed) if (flush.status === 'rejected') throw flush.reason;
  }

  /** Everything as of the next boundary between bundles, once what it speaks of is durable. */
  private async snapshot(): Promise<Snapshot> {
    const { journal } = this.storage;
    let taken: Snapshot | undefined;
    if (journal.gathering.operations.length === 0) taken = this.encode();
    else {
      // Taken in the very moment of the boundary: a promise would run after the next operation.
      await this.snapshotWait(Number.POSITIVE_INFINITY, () => {
        taken = this.encode();
      });
    }
    const last = taken!.nextBundle - 1;
    if (journal.durableBundle < last) await this.snapshotWait(last, () => {});
    return taken!;
  }

  private async snapshotWait(bundle: number, act: () => void): Promise<void> {
    const { refusal } = this.storage;
    if (refusal !== null) throw refusal;
    try {
      await new Promise<void>((resolve, reject) => {
        this.snapshotWaits = {
          bundle,
          reject,
          resolve: () => {
            this.snapshotWaits = null;
            try {
              act();
              resolve();
            } catch (error) {
              reject(error);
            }
          },
        };
      });
    } finally {
      this.snapshotWaits = null;
    }
  }

  private encode(): Snapshot {
    const { journal, logs, states, nextLogId } = this.storage;
    const nextBundle = journal.gathering.number;
    let firstBundle = nextBundle;
    for (const log of logs.values()) {
      if (log.tail.count > 0) firstBundle = Math.min(firstBundle, log.tail.bundle(0));
    }
    const into = beginCheckpoint(nextBundle, firstBundle, nextLogId);
    into.uvarint(logs.size);
    for (const log of logs.values()) {
      log.snapshotOffset = log.flushedOffset;
      encodeLogFacts(into, {
        id: log.id,
        name: log.name,
        startOffset: log.startOffset,
        flushedOffset: log.flushedOffset,
        segments: log.segments.map((segment) => segment.facts()),
      });
    }
    const ids = [...states.keys()].sort((left, right) => left - right);
    const state = new ByteWriter(1024);
    into.uvarint(ids.length);
    for (const id of ids) {
      state.clear();
      states.get(id)!.snapshot(state);
      into.uvarint(id);
      into.u32(state.length);
      into.view(state.bytes());
    }
    return { nextBundle, firstBundle, bytes: sealCheckpoint(into) };
  }

  /** The last one, of all that is recorded. */
  async last(): Promise<void> {
    this.timer?.cancel();
    await this.requested;
    await this.storage.durable();
    await this.storage.checkpoint();
  }

  /** None is begun any more; the promise settles when none is under way. */
  end(): Promise<void> {
    this.ended = true;
    this.retry?.cancel();
    return this.work;
  }
}
