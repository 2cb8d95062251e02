import type { Log } from './log.js';
import type { Storage } from './storage.js';

/**
 * Writes tails of streams to their segments before a checkpoint asks for it, one log at a time: what goes there anyway
 * goes while it is in the processor's cache, and its memory is soon used again. With all of it kept for a checkpoint,
 * bulk produce of 1 KB records had 230,000/s at 3.8 CPU seconds a million; with 256 KB a time 345,000/s at 2.8. One log
 * at a time, because the journal's writes need threads and the device too; what gathers meanwhile makes larger pieces.
 */
export class SegmentWriter {
  private readonly storage: Storage;
  private readonly waiting = new Set<Log>();
  private writing: Promise<void> | null = null;
  private closed = false;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  /** More of the log's tail is durable. */
  grown(log: Log): void {
    if (this.closed || !this.wants(log)) return;
    this.waiting.add(log);
    this.writing ??= this.write().finally(() => {
      this.writing = null;
    });
  }

  private wants(log: Log): boolean {
    const { options, journal } = this.storage;
    // Something else is done to its files, for however long: the log comes again when more of it is durable.
    if (log.tail.bytes < options.flushAheadBytes || log.working > 0) return false;
    // The bundle that gathers will take the tail along: a flush under way would send it through the journal instead.
    return log.bundleNumber !== journal.gathering.number || !log.canGoDirect(options.directBytesMin);
  }

  private async write(): Promise<void> {
    for (const log of this.waiting) {
      this.waiting.delete(log);
      // A checkpoint tells of what went wrong, and tries again.
      if (!this.closed && this.wants(log)) await log.flushAhead().catch(() => {});
    }
  }

  /** What has not begun is left: the journal has it. */
  async close(): Promise<void> {
    this.closed = true;
    await this.writing;
  }
}
