import type { Log } from '../../log/log.js';
import { blockBytes } from '../../store/files.js';

/** Smaller batches are copied anyway. */
const largeBytes = 512 * 1024;

/**
 * Foresees where in its page a large request had best begin, so that its batch lies there as it will lie in its block of
 * the segment: then it is written from where it was read to, and not copied once more. One request of a producer is like
 * the other, so the next is expected to go where the last one went; where it does not, it is copied.
 */
export class Landing {
  /** Not to keep what was deleted. */
  private log: WeakRef<Log> | null = null;
  /** How far behind the request's first byte the batch began. */
  private behind = 0;

  /** A batch of a request went to this log. One with so large a batch was put together: it begins where its memory does. */
  landed(log: Log, batch: Buffer, request: Buffer): void {
    if (batch.length < largeBytes) return;
    if (this.log?.deref() !== log) this.log = new WeakRef(log);
    this.behind = batch.byteOffset - request.byteOffset;
  }

  get at(): number {
    const log = this.log?.deref();
    if (log === undefined) return 0;
    const at = (log.nextPosition - this.behind) % blockBytes;
    return at < 0 ? at + blockBytes : at;
  }
}
