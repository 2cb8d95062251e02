import { AssertionError } from '../../lib/assert.js';
import { DecodeError } from '../../lib/byte-reader.js';
import type { Logger } from '../../lib/logger.js';
import type { Consumers, QueueConsumer } from '../queue/consumers.js';
import { MessageCursor } from '../queue/message-cursor.js';
import type { Runs } from '../queue/runs.js';
import type { QueueOptions, QueueSettings } from '../queue/settings.js';
import type { Source } from '../queue/source.js';
import { RecordWindow, type WindowWatcher } from './record-window.js';
import type { SharePartition } from './share-partition.js';

/** The queue that a partition is part of. */
export interface WholeQueue {
  readonly name: string;
  readonly options: QueueOptions;
  readonly settings: QueueSettings;
  readonly consumers: Consumers;
  wanted(): void;
  unconsume(consumer: QueueConsumer): boolean;
  /** What was not in memory is, or cannot be read: then it is looked at again after a while. */
  loaded(error: unknown): void;
}

/**
 * One partition of a topic that a group works off: where its records are handed out from, and where it is said what became
 * of them.
 */
export class QueuedPartition implements Source, WindowWatcher {
  readonly share: SharePartition;
  readonly cursor: MessageCursor = new MessageCursor(null);
  private readonly queue: WholeQueue;
  private readonly logger: Logger;
  /** What comes next, and what came back: so that a record that is tried again does not cost reading all anew. */
  private readonly ahead: RecordWindow;
  private readonly behind: RecordWindow;
  /** Where the cursor is. */
  private opened: Buffer | null = null;
  private openedAt = 0;
  /** Settles when what is being read is there; null when nothing is. */
  loading: Promise<void> | null = null;

  constructor(share: SharePartition, queue: WholeQueue, windowBytes: number, logger: Logger) {
    this.share = share;
    this.queue = queue;
    this.logger = logger;
    this.ahead = new RecordWindow(share.partition, this, windowBytes);
    this.behind = new RecordWindow(share.partition, this, windowBytes);
  }

  get name(): string {
    return this.queue.name;
  }

  get options(): QueueOptions {
    return this.queue.options;
  }

  get settings(): QueueSettings {
    return this.queue.settings;
  }

  get consumers(): Consumers {
    return this.queue.consumers;
  }

  get gone(): boolean {
    return this.share.isGone;
  }

  ack(holder: number, from: number, to: number): number {
    return this.share.ack(holder, from, to);
  }

  release(holder: number, from: number, to: number, countsAsAttempt = true): number {
    return this.share.release(holder, from, to, countsAsAttempt);
  }

  reject(holder: number, from: number, to: number): number {
    return this.share.reject(holder, from, to);
  }

  wanted(): void {
    this.queue.wanted();
  }

  unconsume(consumer: QueueConsumer): boolean {
    return this.queue.unconsume(consumer);
  }

  // As the watcher of its windows.

  readonly hole = (from: number, to: number): void => this.share.passOver(from, to);

  readonly unreadable = (offset: number, error: unknown): void =>
    this.logger.warn({ queue: this.name, offset, error: String(error) }, 'what cannot be read is passed over');

  // --- handing out ---

  /** The first record that is ready and in memory; -1 when there is none, or it has to be read first. */
  head(): number {
    for (;;) {
      if (this.loading !== null) return -1;
      const head = this.share.nextReady();
      if (head < 0 || this.ahead.covers(head) || this.behind.covers(head)) return head;
      const window = this.windowFor(head);
      const limit = this.share.partition.lastStableOffset;
      this.opened = null;
      if (!window.fill(head, limit)) this.load(window, head, limit);
      else if (!window.covers(head)) return -1;
    }
  }

  private windowFor(offset: number): RecordWindow {
    return offset < this.ahead.from ? this.behind : this.ahead;
  }

  private load(window: RecordWindow, offset: number, limit: number): void {
    this.loading = window.load(offset, limit).then(
      () => this.loaded(null),
      (error: unknown) => {
        if (error instanceof AssertionError) throw error;
        this.loaded(error);
      },
    );
  }

  private loaded(error: unknown): void {
    this.loading = null;
    this.opened = null;
    this.queue.loaded(error);
  }

  /** Locks what `head` has found, and what is behind it and in memory as well, up to `countMax`. */
  acquire(holder: number, head: number, countMax: number, deadlineMs: number, out: Runs): number {
    const window = this.ahead.covers(head) ? this.ahead : this.behind;
    return this.share.take(holder, countMax, window.from, window.to, deadlineMs, out);
  }

  /** What a record takes, about. */
  get recordBytes(): number {
    return this.ahead.recordBytes;
  }

  /** Hands [from, to) over, which was acquired just now. */
  handOver(consumer: QueueConsumer, from: number, to: number, deliveries: number, attempts: number): void {
    for (let at = from; at < to; ) {
      const end = Math.min(to, this.open(at));
      if (end <= at) {
        this.missing(at);
        at++;
        continue;
      }
      let reached = at;
      try {
        reached = consumer.deliver(this, at, end, deliveries, attempts);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        this.unreadable(at, error);
      }
      if (reached <= at) {
        this.missing(at);
        reached = at + 1;
      }
      at = reached;
    }
  }

  /** It was counted as there, and is not. */
  private missing(offset: number): void {
    this.share.discard(offset, offset + 1);
  }

  /** Brings the cursor to the batch that the record is in; answers the offset behind it, or -1. */
  private open(offset: number): number {
    const window = this.ahead.covers(offset) ? this.ahead : this.behind;
    if (!window.seek(offset)) return -1;
    const { memory, position, end } = window;
    if (this.opened !== memory || this.openedAt !== position || this.cursor.offset >= offset) {
      this.cursor.open(memory, position);
      this.opened = memory;
      this.openedAt = position;
    }
    return end;
  }

  /** Puts the cursor on one record; false when it is not in memory: `bring`. */
  seek(offset: number): boolean {
    return this.open(offset) >= 0 && this.cursor.seek(offset);
  }

  /** Reads one record back that somebody holds. */
  async bring(offset: number): Promise<void> {
    if (this.loading !== null) {
      await this.loading;
      return;
    }
    this.opened = null;
    await this.behind.load(offset, offset + 1);
  }

  /** Lets go of what it has read. */
  rest(): void {
    if (this.loading !== null) return;
    this.ahead.rest();
    this.behind.rest();
    this.opened = null;
    this.cursor.rest();
  }
}
