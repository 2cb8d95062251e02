import { DecodeError } from '../../lib/byte-reader.js';
import {
  baseOffset,
  baseTimestamp,
  batchBytes,
  batchHeaderBytes,
  compression,
  lastOffsetDelta,
  recordCount,
} from '../../log/batch.js';
import type { Log } from '../../log/log.js';
import { type Deaths, decodeDeaths } from './deaths.js';
import { contentKind, envelopeHeader, messageHeader, readTexts } from './message.js';
import type { MessageRun } from './message-run.js';

const none = Buffer.alloc(0);
const envelopeName = Buffer.from(envelopeHeader);
/** What is read from a segment at a time. */
const windowBytes = 1024 * 1024;

/**
 * Walks a queue's messages, wherever they are; itself the message it stands on, so that nothing is made per message.
 * Going on to the next one costs some 20 ns; a step to elsewhere looks for the batch and walks it from its start.
 *
 * What is no longer in the log's tail has to be brought by `load` first.
 */
export class MessageCursor {
  private readonly log: Log | null;

  /** The record's fields: positions in `bytes`. */
  bytes: Buffer = none;
  offset = -1;
  timestampMs = 0;
  keyAt = 0;
  keyLength = 0;
  bodyAt = 0;
  bodyLength = 0;
  exchangeAt = 0;
  exchangeLength = 0;
  /** One of `contentKind`. */
  kind = 0;
  contentAt = 0;
  contentLength = 0;
  /** Headers behind the envelope. */
  extraCount = 0;
  extraAt = 0;

  /** Where the next record of the batch begins, and which offset it will have at least. */
  private nextAt = 0;
  private left = 0;
  private batchBase = 0;
  private batchTimestamp = 0;
  /** The batch lies in the log's tail: good until that lets go of it. */
  private inTail = false;
  /** The offset behind the batch. */
  private batchNext = -1;

  /** Batches read from a segment, whole: those of [windowFrom, windowTo). */
  private window: Buffer = none;
  private windowFrom = 0;
  private windowTo = 0;
  /** Where in the window the batch under the cursor ends; -1 when it is not from there. */
  private windowAt = -1;

  /** Position behind the varint read last. */
  private at = 0;

  /** Without a log it walks the one batch it is given by `open`. */
  constructor(log: Log | null) {
    this.log = log;
  }

  /** Goes to the start of a batch: `next` is its first message. */
  open(bytes: Buffer, at: number): void {
    this.windowAt = -1;
    this.begin(bytes, at, baseOffset(bytes, at));
  }

  /** On to the next message of the batch; false behind the last. */
  next(): boolean {
    if (this.left === 0) return false;
    this.step();
    return true;
  }

  /** Moves to the message at `offset`; false when it is not in memory: `load`, then try again. */
  seek(offset: number): boolean {
    if (this.inTail && this.log!.tail.firstBase > this.batchBase) this.forget();
    if (offset === this.offset) return true;
    if (offset <= this.offset || offset >= this.batchNext || this.left === 0) {
      if (!this.enter(offset)) return false;
    }
    while (this.left > 0) {
      this.step();
      if (this.offset >= offset) break;
    }
    if (this.offset === offset) return true;
    throw new DecodeError(`the message ${offset} is not in its batch`);
  }

  /** Goes to the start of the batch that holds `offset`. */
  private enter(offset: number): boolean {
    const { log } = this;
    if (this.windowAt >= 0 && offset === this.batchNext && this.windowAt < this.window.length) {
      this.begin(this.window, this.windowAt, baseOffset(this.window, this.windowAt));
      this.windowAt += batchBytes(this.window, this.windowAt);
      if (offset < this.batchNext) return true;
    }
    if (log === null) return false;
    const { tail } = log;
    const index = tail.find(offset);
    if (index < tail.count && tail.base(index) <= offset) {
      this.windowAt = -1;
      // Its slab is used again once the tail lets go of the batch: see `seek`.
      this.begin(tail.memory(index), tail.at(index), tail.base(index));
      this.inTail = true;
      return true;
    }
    return offset >= this.windowFrom && offset < this.windowTo && this.enterWindow(offset);
  }

  private enterWindow(offset: number): boolean {
    const { window } = this;
    let at = 0;
    while (at < window.length) {
      const base = baseOffset(window, at);
      const end = at + batchBytes(window, at);
      if (base > offset) break;
      if (base + lastOffsetDelta(window, at) >= offset) {
        this.begin(window, at, base);
        this.windowAt = end;
        return true;
      }
      at = end;
    }
    throw new DecodeError(`the message ${offset} is not there`);
  }

  private begin(bytes: Buffer, at: number, base: number): void {
    if (compression(bytes, at) !== 0) throw new DecodeError('a compressed batch in the log of a queue');
    this.bytes = bytes;
    this.inTail = false;
    this.offset = -1;
    this.batchBase = base;
    this.batchNext = base + lastOffsetDelta(bytes, at) + 1;
    this.batchTimestamp = baseTimestamp(bytes, at);
    this.left = recordCount(bytes, at);
    this.nextAt = at + batchHeaderBytes;
  }

  /** Brings the messages from `offset` on into memory. */
  async load(offset: number): Promise<void> {
    const log = this.log!;
    const pieces: Buffer[] = [];
    await log.read(offset, windowBytes, log.endOffset, pieces);
    const window = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    let at = 0;
    let next = offset;
    while (at < window.length) {
      next = baseOffset(window, at) + lastOffsetDelta(window, at) + 1;
      at += batchBytes(window, at);
    }
    if (next <= offset) throw new DecodeError(`the messages of ${log.name} from ${offset} on are not there`);
    if (this.windowAt >= 0) this.forget();
    this.window = window;
    this.windowFrom = window.length > 0 ? Math.min(offset, baseOffset(window, 0)) : offset;
    this.windowTo = next;
  }

  /** Lets go of what it points at. */
  rest(): void {
    this.forget();
    this.window = none;
    this.windowFrom = 0;
    this.windowTo = 0;
  }

  private forget(): void {
    this.inTail = false;
    this.bytes = none;
    this.offset = -1;
    this.left = 0;
    this.batchNext = -1;
    this.windowAt = -1;
  }

  private varint(bytes: Buffer): number {
    const first = bytes[this.at]!;
    if (first < 128) {
      this.at++;
      return first & 1 ? -((first + 1) >>> 1) : first >>> 1;
    }
    return this.longVarint(bytes);
  }

  /** Of more than one byte: apart, so that the short ones need no call. */
  private longVarint(bytes: Buffer): number {
    let at = this.at;
    let value = bytes[at++]! & 0x7f;
    const second = bytes[at]!;
    if (second < 128) {
      value |= second << 7;
      this.at = at + 1;
      return value & 1 ? -((value + 1) >>> 1) : value >>> 1;
    }
    let factor = 128;
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 128) break;
      if (at >= bytes.length) throw new DecodeError('a message goes on behind its batch');
      factor *= 128;
    }
    this.at = at;
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  private step(): void {
    const { bytes } = this;
    this.left--;
    this.at = this.nextAt;
    const length = this.varint(bytes);
    this.nextAt = this.at + length;
    this.at++;
    this.timestampMs = this.batchTimestamp + this.varint(bytes);
    this.offset = this.batchBase + this.varint(bytes);
    this.keyLength = this.varint(bytes);
    this.keyAt = this.at;
    if (this.keyLength > 0) this.at += this.keyLength;
    this.bodyLength = this.varint(bytes);
    this.bodyAt = this.at;
    if (this.bodyLength > 0) this.at += this.bodyLength;
    this.extraCount = this.varint(bytes);
    this.extraAt = this.at;
    if (this.extraCount > 0) this.openEnvelope(bytes);
    else this.withoutEnvelope();
  }

  /** The first header, if it is an envelope; its name is told by its length and first letter, and then looked at. */
  private openEnvelope(bytes: Buffer): void {
    const nameLength = this.varint(bytes);
    const nameAt = this.at;
    if (!isEnvelope(bytes, nameAt, nameLength)) {
      this.withoutEnvelope();
      return;
    }
    this.at += 4;
    const length = this.varint(bytes);
    const at = this.at;
    // Whoever writes to a topic may give a header that name: only one that can be an envelope is taken for one.
    if (length < 2 || bytes[at]! + 2 > length) {
      this.withoutEnvelope();
      return;
    }
    this.exchangeLength = bytes[at]!;
    this.exchangeAt = at + 1;
    const kindAt = this.exchangeAt + this.exchangeLength;
    this.kind = bytes[kindAt]!;
    this.contentAt = kindAt + 1;
    this.contentLength = length - 2 - this.exchangeLength;
    this.extraCount--;
    this.extraAt = at + length;
  }

  /** Written by another front: all headers are extra. */
  private withoutEnvelope(): void {
    this.exchangeLength = 0;
    this.exchangeAt = this.extraAt;
    this.kind = contentKind.none;
    this.contentAt = this.extraAt;
    this.contentLength = 0;
  }

  /**
   * Looks for a header behind the envelope and answers where its value begins, or -1; its length is then in
   * `foundLength`. Only messages of which something special is to be said have any.
   */
  find(name: string): number {
    const { bytes } = this;
    this.at = this.extraAt;
    for (let left = this.extraCount; left > 0; left--) {
      const nameLength = this.varint(bytes);
      const nameAt = this.at;
      this.at += nameLength;
      const length = this.varint(bytes);
      const valueAt = this.at;
      if (length > 0) this.at += length;
      if (nameLength === name.length && bytes.toString('latin1', nameAt, nameAt + nameLength) === name) {
        this.foundLength = length;
        return valueAt;
      }
    }
    return -1;
  }
  foundLength = 0;

  /** Where the headers behind the envelope end. */
  get extraEnd(): number {
    return this.nextAt;
  }

  /** Begins a run of messages that came by the same exchange and key as this one, and at the same time. */
  beginRun(run: MessageRun): void {
    const { bytes, exchangeAt, keyAt } = this;
    const key = bytes.subarray(keyAt, keyAt + Math.max(0, this.keyLength));
    run.begin(bytes.subarray(exchangeAt, exchangeAt + this.exchangeLength), key, this.kind, this.timestampMs);
  }

  /** Adds the message to a run, with other headers behind its envelope. */
  addTo(run: MessageRun, extra: Buffer | null, extraCount: number): void {
    const { bytes, contentAt, contentLength, bodyAt } = this;
    run.add(bytes, contentAt, contentLength, bytes, bodyAt, Math.max(0, this.bodyLength), extra, extraCount);
  }

  /** When the message's own time is over, or Infinity. */
  get expiresMs(): number {
    if (this.extraCount === 0) return Number.POSITIVE_INFINITY;
    const at = this.find(messageHeader.expires);
    if (at < 0 || this.foundLength !== 8) return Number.POSITIVE_INFINITY;
    return Number(this.bytes.readBigInt64BE(at));
  }

  /** 0 where nobody gave it one. */
  get priority(): number {
    if (this.extraCount === 0) return 0;
    const at = this.find(messageHeader.priority);
    return at < 0 ? 0 : this.bytes[at]!;
  }

  get deaths(): Deaths | null {
    if (this.extraCount === 0) return null;
    const at = this.find(messageHeader.deaths);
    return at < 0 ? null : decodeDeaths(this.bytes, at, this.foundLength);
  }

  /** Routing keys beside `key`. */
  get copies(): string[] {
    const at = this.extraCount === 0 ? -1 : this.find(messageHeader.copies);
    return at < 0 ? [] : readTexts(this.bytes, at, this.foundLength);
  }

  get key(): string {
    return this.keyLength > 0 ? this.bytes.toString('utf8', this.keyAt, this.keyAt + this.keyLength) : '';
  }

  get exchange(): string {
    return this.bytes.toString('utf8', this.exchangeAt, this.exchangeAt + this.exchangeLength);
  }
}

function isEnvelope(bytes: Buffer, at: number, length: number): boolean {
  if (length !== envelopeName.length) return false;
  for (let index = 0; index < length; index++) if (bytes[at + index] !== envelopeName[index]) return false;
  return true;
}
