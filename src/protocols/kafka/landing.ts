import type { Log } from '../../log/log.js';
import { blockBytes } from '../../store/files.js';

/**
 * Foresees where in its page a large request had best begin, so that its batch lies there as it will lie in its block of
 * the segment: then it is written from where it was read to, and not copied once more. One request of a producer is like
 * the other, so the next is expected to go where the last one went; where it does not, it is copied.
 */
export class Landing {
  private log: Log | null = null;
  /** How far behind the request's first byte the batch began. */
  private behind = 0;
  private frameAt = 0;

  /** A request is looked at. */
  frame(buffer: Buffer, start: number): void {
    this.frameAt = buffer.byteOffset + start;
  }

  /** A batch of it went to this log. */
  landed(log: Log, batch: Buffer): void {
    this.log = log;
    this.behind = batch.byteOffset - this.frameAt;
  }

  get at(): number {
    if (this.log === null) return 0;
    const at = (this.log.nextPosition - this.behind) % blockBytes;
    return at < 0 ? at + blockBytes : at;
  }
}
