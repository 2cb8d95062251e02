import { copyShort, LastView, viewOf } from '../../lib/short-copy.js';
import { batchHeaderBytes, noProducerId, putBatchHeader, seal } from '../../log/batch.js';
import type { SlabPool } from '../../log/slab-pool.js';
import { envelopeHeader } from './message.js';

/** What a run may hold: a batch is read whole, so a consumer that takes single messages should not read megabytes. */
const runBytesMax = 128 * 1024;
const runCountMax = 4096;
const smallest = 16 * 1024;
const envelopeName = Buffer.from(envelopeHeader);
const none = Buffer.alloc(0);
const sources = new LastView();

/** Bytes of a zig-zag varint of a length. */
function lengthBytes(value: number): number {
  if (value < 64) return 1;
  if (value < 8192) return 2;
  if (value < 1_048_576) return 3;
  if (value < 134_217_728) return 4;
  return 5;
}

/**
 * Messages of one exchange and routing key, written one behind the other as the records of one batch. Nothing is made
 * per message: 100 B messages go in at some 10 million a second.
 */
export class MessageRun {
  /** Where `place` put the batch. */
  buffer: Buffer = none;
  at = 0;
  size = 0;
  count = 0;
  /** Of these, how many the queue with the least room took when the run was published. */
  accepted = 0;
  /** Bytes of the bodies together. */
  bodyBytes = 0;
  /** None before the first message: most connections and queues that have a run never use it. */
  private bytes: Buffer = none;
  private view: DataView = viewOf(none);
  private end = batchHeaderBytes;
  private timestamp = 0;
  private key: Buffer = none;
  private exchange: Buffer = none;
  private kind = 0;
  /**
   * What is the same in all records of the run: the key with its length, the envelope's name with its length, and what the
   * envelope begins with. Each begins where the one before it ends.
   */
  private constants: Buffer = none;
  private constantsView: DataView = this.view;
  private keyEnd = 0;
  private nameEnd = 0;
  private envelopeEnd = 0;

  get keyText(): string {
    return this.key.toString();
  }

  get keyBytes(): Buffer {
    return this.key;
  }

  get full(): boolean {
    return this.end >= runBytesMax || this.count >= runCountMax;
  }

  /** Begins a run. The buffers are kept and must never change: the same ones again are believed to say the same. */
  begin(exchange: Buffer, key: Buffer, kind: number, nowMs: number): void {
    if (key !== this.key || exchange !== this.exchange || kind !== this.kind || this.envelopeEnd === 0) {
      this.exchange = exchange;
      this.key = key;
      this.kind = kind;
      this.makeConstants();
    }
    this.timestamp = nowMs;
    // One large message should not be paid for ever after.
    if (this.bytes.length > runBytesMax * 2) this.use(Buffer.allocUnsafeSlow(smallest));
    this.end = batchHeaderBytes;
    this.count = 0;
    this.bodyBytes = 0;
  }

  /** `extra`: headers behind the envelope, encoded as records have them, and how many that are. */
  add(
    content: Buffer,
    contentAt: number,
    contentLength: number,
    body: Buffer,
    bodyAt: number,
    bodyLength: number,
    extra: Buffer | null = null,
    extraCount = 0,
  ): void {
    const { constants, constantsView, keyEnd, nameEnd, envelopeEnd } = this;
    const envelopeLength = envelopeEnd - nameEnd + contentLength;
    const extraLength = extra === null ? 0 : extra.length;
    const delta = this.count;
    const length =
      2 +
      lengthBytes(delta) +
      keyEnd +
      lengthBytes(bodyLength) +
      bodyLength +
      // the number of headers
      1 +
      (nameEnd - keyEnd) +
      lengthBytes(envelopeLength) +
      envelopeLength +
      extraLength;
    let at = this.end;
    if (at + length + 5 > this.bytes.length) this.grow(at + length + 5);
    const { bytes, view } = this;
    at = putLength(bytes, at, length);
    view.setUint16(at, 0);
    at = putLength(bytes, at + 2, delta);
    at = copyShort(bytes, view, at, constants, constantsView, 0, keyEnd);
    at = putLength(bytes, at, bodyLength);
    at = copyShort(bytes, view, at, body, sources.of(body), bodyAt, bodyLength);
    at = putLength(bytes, at, 1 + extraCount);
    at = copyShort(bytes, view, at, constants, constantsView, keyEnd, nameEnd - keyEnd);
    at = putLength(bytes, at, envelopeLength);
    at = copyShort(bytes, view, at, constants, constantsView, nameEnd, envelopeEnd - nameEnd);
    at = copyShort(bytes, view, at, content, sources.of(content), contentAt, contentLength);
    if (extra !== null) at += extra.copy(bytes, at);
    this.end = at;
    this.count = delta + 1;
    this.bodyBytes += bodyLength;
  }

  private makeConstants(): void {
    const { key, exchange } = this;
    const most = 5 + key.length + 1 + envelopeName.length + 2 + exchange.length;
    if (this.constants.length < most) {
      this.constants = Buffer.allocUnsafe(most);
      this.constantsView = viewOf(this.constants);
    }
    const { constants } = this;
    let at = putLength(constants, 0, key.length);
    at = putFew(constants, at, key);
    this.keyEnd = at;
    at = putFew(constants, putLength(constants, at, envelopeName.length), envelopeName);
    this.nameEnd = at;
    constants[at] = exchange.length;
    at = putFew(constants, at + 1, exchange);
    constants[at] = this.kind;
    this.envelopeEnd = at + 1;
  }

  private grow(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2, smallest));
    this.bytes.copy(bytes, 0, 0, this.end);
    this.use(bytes);
  }

  private use(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /** Makes a batch of it where it is, good until the run changes. */
  sealed(count: number = this.count): Buffer {
    const { bytes, timestamp } = this;
    const end = count === this.count ? this.end : this.endOf(count);
    putBatchHeader(bytes, 0, end, 0, count - 1, timestamp, timestamp, noProducerId, -1, -1, count);
    seal(bytes, 0);
    return bytes.subarray(0, end);
  }

  /** Makes a batch of it in a slab, or of its first `count` messages. The run is as it was until `begin`. */
  place(pool: SlabPool, count: number = this.count): void {
    const { bytes, timestamp } = this;
    const end = count === this.count ? this.end : this.endOf(count);
    putBatchHeader(bytes, 0, end, 0, count - 1, timestamp, timestamp, noProducerId, -1, -1, count);
    seal(bytes, 0);
    pool.place(bytes, 0, end);
    this.buffer = pool.buffer;
    this.at = pool.at;
    this.size = end;
  }

  /** Where the first `count` messages end. */
  private endOf(count: number): number {
    const { bytes } = this;
    let at = batchHeaderBytes;
    for (let left = count; left > 0; left--) {
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++]!;
        length |= (byte & 0x7f) << shift;
        if (byte < 128) break;
      }
      at += length >>> 1;
    }
    return at;
  }
}

function putLength(bytes: Buffer, at: number, value: number): number {
  if (value < 64) {
    bytes[at] = value << 1;
    return at + 1;
  }
  // Most lengths and numbers of messages have two bytes.
  if (value < 8192) {
    bytes[at] = (value << 1) | 0x80;
    bytes[at + 1] = value >>> 6;
    return at + 2;
  }
  let left = value * 2;
  let to = at;
  while (left >= 128) {
    bytes[to++] = (left & 0x7f) | 0x80;
    left = Math.floor(left / 128);
  }
  bytes[to] = left;
  return to + 1;
}

/** Of a buffer that is looked at once: a view of it costs more than copying a handful of bytes without one. */
function putFew(into: Buffer, at: number, from: Buffer): number {
  if (from.length > 40) from.copy(into, at);
  else for (let index = 0; index < from.length; index++) into[at + index] = from[index]!;
  return at + from.length;
}
