import { batchHeaderBytes, noProducerId, putBatchHeader, seal } from '../../log/batch.js';
import type { Slabs } from '../../log/slab.js';
import { envelopeHeader } from './message.js';

/** What a run may hold: a batch is read whole, so a consumer that takes single messages should not read megabytes. */
const runBytesMax = 128 * 1024;
const runCountMax = 4096;
const smallest = 16 * 1024;
/** Copying up to here byte by byte is quicker than a call into native code. */
const copyFromBytes = 40;

const envelopeName = Buffer.from(envelopeHeader);
const none = Buffer.alloc(0);

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
  private end = batchHeaderBytes;
  private timestamp = 0;
  private key: Buffer = none;
  private exchange: Buffer = none;
  private kind = 0;

  get keyText(): string {
    return this.key.toString();
  }

  get keyBytes(): Buffer {
    return this.key;
  }

  get full(): boolean {
    return this.end >= runBytesMax || this.count >= runCountMax;
  }

  /** Begins a run; the buffers are kept and must not change. */
  begin(exchange: Buffer, key: Buffer, kind: number, nowMs: number): void {
    this.exchange = exchange;
    this.key = key;
    this.kind = kind;
    this.timestamp = nowMs;
    // One large message should not be paid for ever after.
    if (this.bytes.length > runBytesMax * 2) this.bytes = Buffer.allocUnsafeSlow(smallest);
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
    const { key, exchange } = this;
    const keyLength = key.length;
    const exchangeLength = exchange.length;
    const envelopeLength = 2 + exchangeLength + contentLength;
    const extraLength = extra === null ? 0 : extra.length;
    const delta = this.count;
    const length =
      2 +
      lengthBytes(delta) +
      lengthBytes(keyLength) +
      keyLength +
      lengthBytes(bodyLength) +
      bodyLength +
      // the number of headers, and the envelope's name with its length
      2 +
      envelopeName.length +
      lengthBytes(envelopeLength) +
      envelopeLength +
      extraLength;
    let at = this.end;
    if (at + length + 5 > this.bytes.length) this.grow(at + length + 5);
    const bytes = this.bytes;
    at = putLength(bytes, at, length);
    bytes[at] = 0;
    bytes[at + 1] = 0;
    at = putLength(bytes, at + 2, delta);
    at = putLength(bytes, at, keyLength);
    at = put(bytes, at, key, 0, keyLength);
    at = putLength(bytes, at, bodyLength);
    at = put(bytes, at, body, bodyAt, bodyLength);
    at = putLength(bytes, at, 1 + extraCount);
    at = putLength(bytes, at, envelopeName.length);
    at = put(bytes, at, envelopeName, 0, envelopeName.length);
    at = putLength(bytes, at, envelopeLength);
    bytes[at] = exchangeLength;
    at = put(bytes, at + 1, exchange, 0, exchangeLength);
    bytes[at] = this.kind;
    at = put(bytes, at + 1, content, contentAt, contentLength);
    if (extra !== null) at = put(bytes, at, extra, 0, extraLength);
    this.end = at;
    this.count = delta + 1;
    this.bodyBytes += bodyLength;
  }

  private grow(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2, smallest));
    this.bytes.copy(bytes, 0, 0, this.end);
    this.bytes = bytes;
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
  place(slabs: Slabs, count: number = this.count): void {
    const { bytes, timestamp } = this;
    const end = count === this.count ? this.end : this.endOf(count);
    putBatchHeader(bytes, 0, end, 0, count - 1, timestamp, timestamp, noProducerId, -1, -1, count);
    seal(bytes, 0);
    slabs.place(bytes, 0, end);
    this.buffer = slabs.buffer;
    this.at = slabs.at;
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
  let left = value * 2;
  let to = at;
  while (left >= 128) {
    bytes[to++] = (left & 0x7f) | 0x80;
    left = Math.floor(left / 128);
  }
  bytes[to] = left;
  return to + 1;
}

function put(into: Buffer, at: number, from: Buffer, start: number, length: number): number {
  if (length < copyFromBytes) for (let index = 0; index < length; index++) into[at + index] = from[start + index]!;
  else from.copy(into, at, start, start + length);
  return at + length;
}
