import type { Clock, Timer } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import type { Files } from '../store/files.js';

/** How often room is looked at while there is enough, and while there is not. */
const checkMs = 10_000;
const lowCheckMs = 500;

/**
 * Whether the disk runs low. Publishers are made to wait before it is full: a full disk would keep acks and deletions
 * from being recorded too, and those are what makes room again.
 */
export class DiskSpace {
  /** Less is free than the options ask for. */
  low = false;
  /** As of the last look; Infinity before the first. */
  freeBytes: number = Number.POSITIVE_INFINITY;
  /** 0 asks for none. */
  readonly freeBytesMin: number;
  private readonly files: Files;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private timer: Timer | null = null;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(files: Files, clock: Clock, logger: Logger, freeBytesMin: number) {
    this.files = files;
    this.clock = clock;
    this.logger = logger;
    this.freeBytesMin = freeBytesMin;
  }

  /** Looks once, and from then on by itself. */
  start(): Promise<void> {
    this.looking = this.look().then(() => this.goOn());
    return this.looking;
  }

  private goOn(): void {
    if (this.stopped || this.freeBytesMin === 0) return;
    this.timer = this.clock.after(this.low ? lowCheckMs : checkMs, () => {
      this.looking = this.look().then(() => this.goOn());
    });
  }

  async look(): Promise<void> {
    try {
      this.freeBytes = await this.files.freeBytes();
    } catch (error) {
      // What cannot be asked is no reason to stop anybody: writes will tell.
      this.logger.warn({ error: String(error) }, 'the free space of the disk could not be read');
      return;
    }
    const low = this.freeBytes < this.freeBytesMin;
    if (low === this.low) return;
    this.low = low;
    const fields = { freeBytes: this.freeBytes, freeBytesMin: this.freeBytesMin };
    if (low) this.logger.warn(fields, 'the disk runs low: AMQP publishers wait');
    else this.logger.info(fields, 'the disk has room again');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.looking;
  }
}
