import {
  attributes,
  baseOffset,
  batchBytes,
  batchHeaderBytes,
  compression,
  isControl,
  isTransactional,
  nextOffset,
  producerId,
  putInt16,
  putInt32,
} from '../../log/batch.js';
import { decompress, ready } from '../../log/compression.js';
import { RecordCursor } from '../../log/records.js';
import { MessageCursor } from '../queue/message-cursor.js';
import type { Past } from './past.js';

/** What is read at a time. */
const windowBytes = 256 * 1024;
const inflatedBytesMax = 256 * 1024 * 1024;
const compressionBits = 0b111;
const none = Buffer.alloc(0);

/** What came of looking for the next message. */
export const found = { here: 0, end: 1, later: 2 } as const;
export type Found = (typeof found)[keyof typeof found];

/** Where in a log to begin. */
export type StartingPoint =
  | { readonly kind: 'first' }
  | { readonly kind: 'last' }
  | { readonly kind: 'next' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly timestampMs: number };

/** Walks the messages of a log from some point on, whoever wrote them; they stay where they are. */
export class Reader {
  /** Stands on the message when `advance` has found one. */
  readonly cursor: MessageCursor = new MessageCursor(null);
  private readonly past: Past;
  private readonly unreadable: (offset: number, error: unknown) => void;
  /** The first offset that was not seen. */
  private next = -1;
  /** Whole batches, of which those before `windowAt` were seen. */
  private window: Buffer = none;
  private windowAt = 0;

  /** `unreadable`: told of batches that are passed over, because they are not as they say. */
  constructor(past: Past, unreadable: (offset: number, error: unknown) => void) {
    this.past = past;
    this.unreadable = unreadable;
  }

  /** Finds the place to begin at; has to be done first. */
  async begin(point: StartingPoint): Promise<void> {
    this.next = await this.placeOf(point);
  }

  /** The offset that is meant. */
  async placeOf(point: StartingPoint): Promise<number> {
    const { startOffset, endOffset } = this.past;
    if (point.kind === 'first') return startOffset;
    if (point.kind === 'next') return endOffset;
    if (point.kind === 'last') return Math.max(startOffset, endOffset - 1);
    if (point.kind === 'offset') return Math.max(startOffset, point.offset);
    return this.offsetForTime(point.timestampMs);
  }

  private async offsetForTime(timestampMs: number): Promise<number> {
    const { past } = this;
    const batch = await past.batchForTime(timestampMs);
    if (batch === undefined) return past.endOffset;
    const { cursor } = this;
    try {
      const whole = await inflated(batch);
      if (!past.isOwn) checkRecords(whole, 0);
      cursor.open(whole, 0);
    } catch (error) {
      this.unreadable(baseOffset(batch, 0), error);
    }
    let offset = nextOffset(batch, 0);
    while (cursor.next()) {
      if (cursor.timestampMs < timestampMs) continue;
      offset = Math.max(cursor.offset, past.startOffset);
      break;
    }
    // Reading begins anew from there: what was looked at here was not handed out.
    cursor.rest();
    return offset;
  }

  /**
   * Goes to the next message. `later`: what follows has to be brought by `load` first; `end`: there is nothing more now.
   */
  advance(): Found {
    for (;;) {
      while (this.cursor.next()) {
        if (this.cursor.offset < this.next) continue;
        this.next = this.cursor.offset + 1;
        return found.here;
      }
      const opened = this.openBatch();
      if (opened !== found.here) return opened;
    }
  }

  private openBatch(): Found {
    const { past } = this;
    for (;;) {
      if (this.windowAt >= this.window.length) {
        this.next = Math.max(this.next, past.startOffset);
        if (past.isGone || this.next >= past.endOffset) {
          // Many wait for long: they hold nothing meanwhile.
          this.rest();
          return found.end;
        }
        const pieces: Buffer[] = [];
        const read = past.readTail(this.next, windowBytes, pieces);
        if (read === null) return found.later;
        if (read.bytes === 0) return found.end;
        this.take(pieces);
      }
      const { window, windowAt: at } = this;
      const hidden =
        isControl(window, at) ||
        (isTransactional(window, at) && past.isAborted(producerId(window, at), baseOffset(window, at)));
      if (!hidden && compression(window, at) !== 0) return found.later;
      this.windowAt += batchBytes(window, at);
      if (hidden || !this.isReadable(window, at)) {
        this.next = Math.max(this.next, nextOffset(window, at));
        continue;
      }
      this.cursor.open(window, at);
      return found.here;
    }
  }

  private isReadable(window: Buffer, at: number): boolean {
    if (this.past.isOwn) return true;
    try {
      checkRecords(window, at);
      return true;
    } catch (error) {
      this.unreadable(baseOffset(window, at), error);
      return false;
    }
  }

  private take(pieces: readonly Buffer[]): void {
    this.window = Buffer.concat(pieces);
    this.windowAt = 0;
  }

  /** Brings what `advance` could not find: from a segment, or out of a compressed batch. */
  async load(): Promise<void> {
    const { window, windowAt: at } = this;
    if (at < window.length) {
      const end = at + batchBytes(window, at);
      try {
        this.take([await inflated(window.subarray(at, end)), window.subarray(end)]);
      } catch (error) {
        this.unreadable(baseOffset(window, at), error);
        this.next = Math.max(this.next, nextOffset(window, at));
        this.windowAt = end;
      }
      return;
    }
    const pieces: Buffer[] = [];
    const from = this.next;
    const { bytes, nextOffset: behind } = await this.past.read(from, windowBytes, pieces);
    this.take(pieces);
    // Nothing is left of what was there.
    if (bytes === 0) this.next = Math.max(from, behind);
  }

  /** Lets go of what it has read. */
  rest(): void {
    this.cursor.rest();
    this.window = none;
    this.windowAt = 0;
  }
}

/** Throws a DecodeError where records are not as their lengths say: the cursor believes them. */
function checkRecords(batch: Buffer, at: number): void {
  const records = new RecordCursor(batch, at, inflatedBytesMax);
  while (records.next()) records.headers();
}

/** The same batch with its records as they are uncompressed. */
async function inflated(batch: Buffer): Promise<Buffer> {
  const codec = compression(batch, 0);
  if (codec === 0) return batch;
  await ready(codec);
  const records = decompress(codec, batch.subarray(batchHeaderBytes), inflatedBytesMax);
  const whole = Buffer.concat([batch.subarray(0, batchHeaderBytes), records]);
  putInt32(whole, 8, whole.length - 12);
  putInt16(whole, 21, attributes(whole, 0) & ~compressionBits);
  return whole;
}
