import type { Bundle, Waiter } from '../../src/log/bundle.js';
import type { Log } from '../../src/log/log.js';
import type { SegmentFacts } from '../../src/log/segment.js';
import { Storage, type StorageOptions, type StorageParts } from '../../src/log/storage.js';

/** A way of being wrong on purpose: the checker has to notice each. */
export type Breakage =
  | 'none'
  /** Answers as durable what is only recorded. */
  | 'early-durable'
  /** Answers as written what is only recorded. */
  | 'early-written'
  /** Some operations of ledgers are never recorded. */
  | 'forgets-operations'
  /** What belongs into one bundle is recorded in two. */
  | 'tears-stretches'
  /** The disk says it has synced, and has not. */
  | 'lying-disk';

/** Who is told what the storage does by itself. */
export interface StorageWatcher {
  trimRecorded(log: Log, offset: number): void;
  replacementRecorded(log: Log): void;
  checkpointed(): void;
  wentDirect(runs: number): void;
}

export class WatchedStorage extends Storage {
  private readonly watcher: StorageWatcher;
  private readonly breakage: Breakage;

  constructor(parts: StorageParts, options: StorageOptions, watcher: StorageWatcher, breakage: Breakage) {
    super(parts, options);
    this.watcher = watcher;
    this.breakage = breakage;
  }

  override recordTrim(log: Log, offset: number): void {
    super.recordTrim(log, offset);
    this.watcher.trimRecorded(log, offset);
  }

  override recordReplacement(log: Log, removed: readonly number[], added: readonly SegmentFacts[]): void {
    super.recordReplacement(log, removed, added);
    this.watcher.replacementRecorded(log);
  }

  override async checkpoint(): Promise<void> {
    await super.checkpoint();
    this.watcher.checkpointed();
  }

  override goDirect(bundle: Bundle): ReturnType<Storage['goDirect']> {
    const direct = super.goDirect(bundle);
    this.watcher.wentDirect(direct.runs.length);
    return direct;
  }

  override whenDurable(waiter: Waiter): void {
    if (this.breakage === 'early-durable') this.clock.soon(() => waiter.settled(null));
    else super.whenDurable(waiter);
  }

  override whenWritten(waiter: Waiter): void {
    if (this.breakage === 'early-written') this.clock.soon(() => waiter.settled(null));
    else super.whenWritten(waiter);
  }
}
