import { batchBytes, batchHeaderBytes, lastOffsetDelta, recordCount } from '../../log/batch.js';
import { envelopeHeader } from '../queue/message.js';

const envelopeName = Buffer.from(envelopeHeader);
const varintBytesMax = 10;
const recordBytesMin = 6;

/** Told of offsets of a batch at which there is nothing to be handed out. */
export type Hole = (from: number, to: number) => void;

export interface CheckWatcher {
  readonly hole: Hole;
  readonly unreadable: (offset: number, error: unknown) => void;
}

/**
 * Whether records lie in a batch as their lengths say: whoever walks it for consumers believes them, and a checksum only
 * says that they are as they were sent. Some 15 ns to a record; nothing is made for any of them.
 */
export class RecordCheck {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;
  private broken = false;

  /**
   * False where the batch is not as it says. `hole` is told where compaction took records out, and of records whose
   * envelope is none: of those `unreadable` as well.
   */
  passes(bytes: Buffer, at: number, base: number, { hole, unreadable }: CheckWatcher): boolean {
    this.bytes = bytes;
    this.at = at + batchHeaderBytes;
    this.end = at + batchBytes(bytes, at);
    this.broken = false;
    const last = lastOffsetDelta(bytes, at);
    let expected = 0;
    for (let left = recordCount(bytes, at); left > 0; left--) {
      const length = this.varint();
      const end = this.at + length;
      if (this.broken || length < recordBytesMin || end > this.end) return false;
      this.at++;
      this.varint();
      const delta = this.varint();
      if (delta < expected || delta > last) return false;
      if (delta > expected) hole(base + expected, base + delta);
      expected = delta + 1;
      this.skip();
      this.skip();
      const headers = this.varint();
      if (headers < 0) return false;
      const isSound = this.headers(headers);
      if (this.broken || this.at > end) return false;
      if (!isSound) {
        hole(base + delta, base + delta + 1);
        unreadable(base + delta, 'what it calls its envelope is none');
      }
      this.at = end;
    }
    if (expected <= last) hole(base + expected, base + last + 1);
    return true;
  }

  /** False where the first one says that it is an envelope and has no room for what that consists of. */
  private headers(count: number): boolean {
    let isSound = true;
    for (let index = 0; index < count && !this.broken; index++) {
      const nameLength = this.varint();
      const nameAt = this.at;
      if (nameLength < 0) this.broken = true;
      this.at += nameLength;
      const length = this.varint();
      if (index === 0 && !this.broken && this.isEnvelopeName(nameAt, nameLength)) {
        isSound = length >= 2 && this.at + length <= this.end && length >= 2 + this.bytes[this.at]!;
      }
      if (length > 0) this.at += length;
      if (length < -1 || this.at > this.end) this.broken = true;
    }
    return isSound;
  }

  private isEnvelopeName(at: number, length: number): boolean {
    if (length !== envelopeName.length || at + length > this.end) return false;
    for (let index = 0; index < length; index++) if (this.bytes[at + index] !== envelopeName[index]) return false;
    return true;
  }

  /** Passes over a key or a value. */
  private skip(): void {
    const length = this.varint();
    if (length < -1) this.broken = true;
    if (length > 0) this.at += length;
    if (this.at > this.end) this.broken = true;
  }

  private varint(): number {
    const { bytes, end } = this;
    let at = this.at;
    if (at < end && bytes[at]! < 128) {
      const byte = bytes[at]!;
      this.at = at + 1;
      return byte & 1 ? -((byte + 1) >>> 1) : byte >>> 1;
    }
    let value = 0;
    let factor = 1;
    for (let count = 0; count < varintBytesMax && at < end; count++) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 128) {
        this.at = at;
        return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
      }
      factor *= 128;
    }
    this.broken = true;
    return 0;
  }
}
