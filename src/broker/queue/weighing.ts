import type { Logger } from '../../lib/logger.js';
import type { Log } from '../../log/log.js';
import type { Storage } from '../../log/storage.js';
import type { Ledger } from './ledger.js';
import { MessageCursor } from './message-cursor.js';
import type { MessageRun } from './message-run.js';
import { Sizes } from './sizes.js';

/** As much of a queue as is weighed. */
interface Weighed {
  readonly name: string;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly gone: boolean;
}

/** Other work gets its turn after so many messages. */
const stepCount = 65_536;

/**
 * Tells the ledger of a queue with a limit in bytes how large its messages are. What comes in is measured as it comes; what
 * is there already, after a start or when the limit is new, is read through once, and until that is done the limit does
 * not hold.
 */
export class Weighing {
  private readonly queue: Weighed;
  private readonly storage: Storage;
  private readonly logger: Logger;
  private readonly incoming = new MessageCursor(null);
  private wanted = false;
  private reading = false;

  constructor(queue: Weighed, storage: Storage, logger: Logger) {
    this.queue = queue;
    this.storage = storage;
    this.logger = logger;
  }

  want(wanted: boolean): void {
    if (this.wanted === wanted) return;
    this.wanted = wanted;
    if (!wanted) this.queue.ledger.measureBy(null);
    else if (!this.reading) void this.readThrough();
  }

  /** A batch is in the log, but not yet in the ledger. */
  came(buffer: Buffer, at: number): void {
    const { incoming } = this;
    const sizes = this.queue.ledger.sizes!;
    incoming.open(buffer, at);
    while (incoming.next()) sizes.add(Math.max(0, incoming.bodyLength));
    incoming.rest();
  }

  /** How many messages of a run, from the first on and at most `most`, have at most so many bytes together. */
  fitting(run: MessageRun, most: number, bytesMax: number): number {
    const { incoming } = this;
    incoming.open(run.sealed(), 0);
    let count = 0;
    let bytes = 0;
    while (count < most && incoming.next()) {
      bytes += Math.max(0, incoming.bodyLength);
      if (bytes > bytesMax) break;
      count++;
    }
    incoming.rest();
    return count;
  }

  private async readThrough(): Promise<void> {
    this.reading = true;
    try {
      await this.measure();
    } catch (error) {
      this.logger.error(
        { queue: this.queue.name, error: String(error) },
        'a queue cannot be weighed: no limit in bytes',
      );
    } finally {
      this.reading = false;
    }
  }

  /** No await lies between the last size and telling the ledger. */
  private async measure(): Promise<void> {
    const { log, ledger } = this.queue;
    const cursor = new MessageCursor(log);
    let sizes = new Sizes(ledger.doneBefore);
    for (let step = 1; this.wanted && !this.queue.gone && sizes.end < log.endOffset; step++) {
      if (step % stepCount === 0) await new Promise<void>((resolve) => this.storage.clock.soon(resolve));
      // What was done meanwhile may not be there any more.
      if (sizes.end < log.startOffset) sizes = new Sizes(log.startOffset);
      if (cursor.seek(sizes.end)) sizes.add(Math.max(0, cursor.bodyLength));
      else if (sizes.end < log.endOffset) await cursor.load(sizes.end);
    }
    if (this.wanted && !this.queue.gone) ledger.measureBy(sizes);
  }
}
